import fs from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../../helpers/repository.js";
import { type Started, startPaas } from "./started.js";

/**
 * Runs the CLI and ends it, as by SIGKILL from outside, at the very moment that it says that a step is done: it is told
 * to do so by a module that is loaded before it.
 */
export function paasKilledAfter(step: string, words: string[], cwd: string): Started["ended"] {
  const module = path.join(temporaryFolder("killed-"), "killed.mjs");
  fs.writeFileSync(module, killedAfter(step));
  return startPaas(words, cwd, { NODE_OPTIONS: `--import=${module}` }).ended;
}

function killedAfter(step: string): string {
  return `const write = process.stderr.write;
process.stderr.write = (chunk, ...more) => {
  const written = write.call(process.stderr, chunk, ...more);
  if (String(chunk).startsWith(${JSON.stringify(`✓ ${step} `)})) process.kill(process.pid, "SIGKILL");
  return written;
};
`;
}
