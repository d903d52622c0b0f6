import { EXIT, PaasError } from "../errors.js";
import type { Prompt } from "../ui/prompt.js";
import { ownerProblem } from "../workflow/codeowners.js";
import { type Flags, portProblem } from "./flags.js";
import type { Answers } from "./manifest-text.js";
import { locationProblem, projectNameProblem } from "./names.js";
import type { PlannedFile } from "./plan.js";
import type { Sample } from "./template.js";

/** Asks what the flags have not said, with the suggestion as default. */
export async function askAnswers(suggested: Answers, flags: Flags, prompt: Prompt): Promise<Answers> {
  const name =
    flags.name ??
    (await prompt.text({ message: "Name of the project", initial: suggested.name, validate: projectNameProblem }));
  const location =
    flags.location ??
    (await prompt.text({ message: "Azure region", initial: suggested.location, validate: locationProblem }));
  const [only] = suggested.services;
  if (suggested.services.length !== 1 || only === undefined || flags.port !== null)
    return { ...suggested, name, location };
  const message = `Port that ${only.name} listens on`;
  const port = await prompt.text({ message, initial: String(only.port), validate: portProblem });
  return { name, location, services: [{ ...only, port: Number(port) }] };
}

/**
 * Without anyone to ask, every answer has to be a flag.
 * @throws PaasError `answer-missing`, naming the flags (exit 2)
 */
export function requireAnswers(suggested: Answers, flags: Flags): void {
  const missing = [
    ...(flags.name === null ? [`--name ${suggested.name}`] : []),
    ...(flags.location === null ? [`--location ${suggested.location}`] : []),
  ];
  if (missing.length === 0) return;
  throw new PaasError("answer-missing", "nobody can be asked here, and answers are missing", {
    details: missing.map((flag) => `pass ${flag}`),
    next: "`paas init --yes` takes these as they stand",
    exit: EXIT.usage,
  });
}

/** What to begin with in an empty repository; null = nothing. */
export async function askSample(prompt: Prompt): Promise<Sample | null> {
  const choice = await prompt.select({
    message: "This repository is empty. Begin with a sample?",
    options: [
      { value: "node", label: "Node", hint: "a small web app with a health route" },
      { value: "static", label: "Static", hint: "one page" },
      { value: "none", label: "None", hint: "I will add my app first" },
    ],
    initial: "node",
  });
  return choice === "node" || choice === "static" ? choice : null;
}

/** Who has to look at a change of what runs with credentials; null = nobody in particular. */
export async function askOwners(prompt: Prompt): Promise<string[] | null> {
  const message = "CODEOWNERS of what runs with credentials, like @acme/platform (empty: none)";
  const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);
  const validate = (text: string) => words(text).map(ownerProblem).find(Boolean);
  const owners = words(await prompt.text({ message, initial: "", validate }));
  return owners.length === 0 ? null : owners;
}

/** Shows each difference and asks whether the file is replaced; no is the default. */
export async function askConsent(
  files: readonly PlannedFile[],
  prompt: Prompt,
  show: (file: PlannedFile) => void,
): Promise<PlannedFile[]> {
  const decided: PlannedFile[] = [];
  for (const file of files) {
    if (file.action !== "ask") {
      decided.push(file);
      continue;
    }
    show(file);
    const replace = await prompt.confirm({ message: `Replace ${file.path}?`, initial: false });
    decided.push({ ...file, action: replace ? "replace" : "keep" });
  }
  return decided;
}
