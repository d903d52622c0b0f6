import fs from "node:fs";
import path from "node:path";
import { EXIT, PaasError } from "../../src/errors.js";
import type { Owner } from "./remains.js";

/** All that it takes to remove what a run has made, whatever becomes of the run. */
export type CleanUp = {
  schemaVersion: 1;
  /** True when it was made of stand-ins, which end with whoever started them. */
  simulated: boolean;
  /** RFC 3339, UTC. */
  began: string;
  subscription: string;
  tenant: string;
  owner: Owner;
  /** Folder of the run, where its repository and its log are. */
  folder: string;
  /** Process id of the command that was running; null = none. */
  running: number | null;
};

/** Written whole or not at all, and on disk before this returns. */
export function writeCleanUp(file: string, cleanUp: CleanUp): void {
  const next = `${file}.next`;
  const handle = fs.openSync(next, "w", 0o600);
  fs.writeFileSync(handle, `${JSON.stringify(cleanUp, null, 2)}\n`);
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  fs.renameSync(next, file);
}

/** @throws PaasError `no-clean-up` (exit 2) */
export function readCleanUp(file: string): CleanUp {
  const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "{}";
  const found = JSON.parse(text) as CleanUp;
  if (found.schemaVersion === 1) return found;
  throw new PaasError("no-clean-up", `${path.resolve(file)} is no clean-up file of a live run`, {
    next: "a run prints the path of its own once it has written it; one that removed everything has none any more",
    exit: EXIT.usage,
  });
}
