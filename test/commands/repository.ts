import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { gitEnvironment } from "../../src/git/git.js";
import { type Tools, wireTools } from "../../src/tools.js";
import { createUi } from "../../src/ui/ui.js";
import { writeCliPackage } from "../helpers/cli-package.js";

/** What a command printed. */
export type Printed = { stdout: string; stderr: string };

/**
 * A repository whose branch `main` has these files committed, and the real tools with printing kept in memory and a
 * small package in place of this one.
 */
export type Workbench = { root: string; tools: Tools; printed: Printed; git(...words: string[]): void; remove(): void };

export function workbench(files: Record<string, string>, variables: NodeJS.ProcessEnv = {}): Workbench {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), "paas-command-"));
  const author = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@a", GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@a" };
  const git = (...words: string[]) => {
    execFileSync("git", words, { cwd: root, env: { ...gitEnvironment(), ...author }, stdio: "pipe" });
  };
  git("init", "--quiet", "--initial-branch=main");
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(root, name), text);
  git("add", "--all");
  git("commit", "--quiet", "--allow-empty", "--message=start");

  const printed: Printed = { stdout: "", stderr: "" };
  const ui = createUi(
    { NO_COLOR: "1", ...variables },
    { stdout: sink(printed, "stdout"), stderr: sink(printed, "stderr") },
  );
  const real = wireTools({ directory: root }, variables, new AbortController().signal);
  const cloudName = async () => {
    const name = await real.cloudName();
    ui.useCloud(name);
    return name;
  };
  const cli = `${root}-cli`;
  const packageFolder = async () => writeCliPackage(cli);
  const tools = { ...real, ui, cloudName, packageFolder };
  const remove = () => {
    for (const folder of [root, cli]) fs.rmSync(folder, { recursive: true, force: true });
  };
  return { root, tools, printed, git, remove };
}

function sink(printed: Printed, stream: keyof Printed): NodeJS.WriteStream {
  const write = (text: string) => {
    printed[stream] += text;
    return true;
  };
  return { write, isTTY: false } as NodeJS.WriteStream;
}
