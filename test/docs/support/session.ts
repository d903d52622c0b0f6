import fs from "node:fs";
import path from "node:path";
import { inject } from "vitest";
import { run } from "../../helpers/paas.js";
import { GIT_VARIABLES } from "../../helpers/repository.js";

export type Printed = { exit: number | null; text: string };

/** A folder in which the blocks of one document are run, one after the other, as a reader would. */
export type Session = {
  /** Runs lines of shell with the installed `paas` on PATH; gives what is printed on stdout, or on both streams as one. */
  run(lines: string, streams?: "both" | "stdout"): Promise<Printed>;
  write(file: string, text: string): void;
  /** Ends the local clouds that were started, and removes the folder. */
  close(): Promise<void>;
};

/** Where the reader of the documents lives. */
const HOME = "/home/alice";

/** Follows the reader from folder to folder. */
const WRAPPER = 'cd "$(cat "$2")"; source "$1"; pwd >"$2"';

export function openSession(): Session {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(process.env.TMPDIR ?? "/tmp", "reader-")));
  const [block, place] = [path.join(folder, ".block"), path.join(folder, ".place")];
  fs.writeFileSync(place, folder);
  const variables = {
    ...GIT_VARIABLES,
    PATH: `${path.dirname(inject("installedCli").paas)}${path.delimiter}${process.env.PATH}`,
  };
  const here = () => fs.readFileSync(place, "utf8").trimEnd();
  const paas = (words: string[], cwd: string) => run(inject("installedCli").paas, words, { cwd, variables });
  return {
    run: async (lines, streams = "both") => {
      fs.writeFileSync(block, `${lines}\n`);
      const words = ["-e", "-o", "pipefail", "-c", streams === "both" ? `exec 2>&1; ${WRAPPER}` : WRAPPER];
      const call = { cwd: folder, variables };
      const { exit, stdout, stderr } = await run("bash", [...words, "bash", block, place], call);
      return { exit, text: `${stdout}${exit === 0 ? "" : stderr}`.replaceAll(folder, HOME) };
    },
    write: (file, text) => fs.writeFileSync(path.join(here(), file), `${text}\n`),
    close: async () => {
      const projects = fs.readdirSync(folder).filter((name) => fs.existsSync(path.join(folder, name, "paas.yaml")));
      for (const project of projects) await paas(["local", "stop"], path.join(folder, project));
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
