import { DescriptionDictionary, data } from "@actions/expressions";
import { validate } from "@actions/languageservice";
import { clearCache } from "@actions/languageservice/utils/workflow-cache";
import { TextDocument } from "vscode-languageserver-textdocument";
import { PINS } from "../../src/workflow/pins.js";

let checked = 0;
/** Verdicts by text: files of different manifests are often the same, and a verdict takes half a second. */
const verdicts = new Map<string, Promise<string[]>>();

/** The variables that bootstrap makes; any other name is a mistake. */
const VARIABLES = ["AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID"];

/** What GitHub's own editor support says against a workflow file, `line: message`. */
export function githubSays(path: string, text: string): Promise<string[]> {
  const verdict = verdicts.get(text) ?? judge(path, text);
  verdicts.set(text, verdict);
  return verdict;
}

async function judge(path: string, text: string): Promise<string[]> {
  // Results are kept by address, also those of another text.
  clearCache();
  const document = TextDocument.create(`file:///${++checked}/${path}`, "yaml", 0, text);
  const diagnostics = await validate(document, {
    fileProvider: { getFileContent: () => Promise.reject(new Error("there are no reusable workflows here")) },
    actionsMetadataProvider: { fetchActionMetadata: async ({ owner, name }) => metadataOf(`${owner}/${name}`) },
    contextProviderConfig: {
      getContext: async (name, known) => (name === "vars" ? names(VARIABLES) : name === "secrets" ? names([]) : known),
    },
  });
  return diagnostics.map(({ range, message }) => `${range.start.line + 1}: ${message}`);
}

function names(known: string[]): DescriptionDictionary {
  const dictionary = new DescriptionDictionary();
  for (const name of known) dictionary.add(name, new data.StringData("***"));
  return dictionary;
}

function metadataOf(action: string) {
  const pin = Object.values(PINS).find((candidate) => candidate.action === action);
  if (!pin) return undefined;
  const required: readonly string[] = pin.required;
  const inputs = pin.inputs.map((name) => [name, { description: "", required: required.includes(name) }] as const);
  return {
    name: action,
    description: "",
    inputs: Object.fromEntries(inputs),
    outputs: { "cache-hit": { description: "" } },
  };
}
