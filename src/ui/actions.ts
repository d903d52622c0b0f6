import { randomUUID } from "node:crypto";
import fs from "node:fs/promises";
import type { PaasError } from "../errors.js";
import { ManifestError } from "../manifest/problem.js";
import { printable } from "./wording.js";

/** Where an annotation points; without a file it stands on the page of the run. */
export type Annotation = { title?: string; file?: string; line?: number; col?: number };

/** What the runner of GitHub Actions understands beside plain lines. */
export type Actions = {
  /** Hides a value in everything that is printed from here on. */
  mask(value: string): void;
  notice(text: string): void;
  warning(text: string): void;
  error(text: string, annotation: Annotation): void;
  /** Lines that are folded away under a title. */
  group(title: string, lines: string[]): void;
  /** Adds outputs of the step; does nothing without a file. */
  outputs(file: string | null, values: Record<string, string>): Promise<void>;
  /** Adds to the step's summary; `render` is told how many bytes are there already. */
  summary(file: string | null, render: (used: number) => string): Promise<void>;
};

/** Variables whose values are secrets of an environment. */
const SECRET = /^PAAS_SECRET_./;

/** @param write prints one raw line where the runner reads */
export function createActions(write: (line: string) => void): Actions {
  const say = (name: string, text: string, annotation: Annotation = {}) =>
    write(workflowCommand(name, annotation, printable(text)));
  return {
    mask: (value) => write(workflowCommand("add-mask", {}, value)),
    notice: (text) => say("notice", text),
    warning: (text) => say("warning", text),
    error: (text, annotation) => say("error", text, annotation),
    group: (title, lines) => {
      say("group", title.replace(/\s+/g, " "));
      for (const line of lines) write(withoutCommands(printable(line)));
      write("::endgroup::");
    },
    outputs: async (file, values) => {
      if (file) await fs.appendFile(file, outputText(values, `paas_${randomUUID()}`));
    },
    summary: async (file, render) => {
      if (!file) return;
      const used = await fs.stat(file).then(
        ({ size }) => size,
        () => 0,
      );
      await fs.appendFile(file, render(used));
    },
  };
}

/** Hides the values of secrets that the workflow passed in. */
export function maskSecrets(actions: Actions, variables: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(variables)) if (value && SECRET.test(name)) actions.mask(value);
}

/** An error beside the lines that it is about, where it knows them. */
export function annotate(actions: Actions, error: PaasError): void {
  if (error instanceof ManifestError) annotateManifest(actions, error);
  else {
    const text = [error.message, ...error.details.slice(0, 10), ...(error.next ? [`next: ${error.next}`] : [])];
    actions.error(text.join("\n"), { title: error.code });
  }
}

function annotateManifest(actions: Actions, error: ManifestError): void {
  for (const { file, line, column, path, message } of error.problems) {
    const text = path === "" ? message : `${path}: ${message}`;
    // `paas.yaml (main)` is the file of another commit than the one that is looked at.
    const place = file.includes(" (") ? {} : { file, line, col: column };
    actions.error(text, { ...place, title: file.includes(" (") ? `${error.code} in ${file}` : error.code });
  }
}

/** `::error file=paas.yaml,line=3::message`, with everything escaped that would end a part of it. */
export function workflowCommand(name: string, properties: Annotation, data: string): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
  return `::${name}${pairs.length > 0 ? ` ${pairs.join(",")}` : ""}::${escapeData(data)}`;
}

/** Values in the form that may span lines; no value can hold the delimiter, which nobody could foresee. */
export function outputText(values: Record<string, string>, delimiter: string): string {
  const parts = Object.entries(values).map(([name, value]) => {
    if (value.includes(delimiter)) throw new Error(`output ${name} contains its own delimiter`);
    return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
  });
  return parts.join("");
}

/** Output of builds and apps must not speak to the runner: both spellings of a command are broken by an unseen space. */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, "$1:\u200b").replaceAll("##[", "##\u200b[");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
