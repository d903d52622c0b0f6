import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { isAlive } from "./address.js";

const NAME = /^paas-([0-9]+)-[A-Za-z0-9]{6}$/;

/**
 * Makes a private folder for sockets; removes those of daemons that were killed.
 * Paths of sockets may be some 100 characters long, which a repository's folder easily exceeds.
 */
export function makeSocketFolder(): string {
  const temporary = os.tmpdir();
  for (const name of fs.readdirSync(temporary)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = path.join(temporary, name);
    const owner = fs.lstatSync(folder, { throwIfNoEntry: false })?.uid;
    if (owner === process.getuid?.()) fs.rmSync(folder, { recursive: true, force: true });
  }
  return fs.mkdtempSync(path.join(temporary, `paas-${process.pid}-`));
}
