import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { type Outcome, paas, run } from "../../helpers/paas.js";
import { gitRepo, type Repository } from "../../helpers/repository.js";
import { type Answer, ask } from "./ask.js";

/** A repository made a project by `paas init`, with its own local cloud, as a user has it. */
export type Project = Repository & {
  /** Runs the CLI in the repository, whatever it ends with. */
  paas(words: string[], variables?: NodeJS.ProcessEnv): Promise<Outcome>;
  /** Runs the CLI, which must succeed; returns what it printed on stdout, without the last line end. */
  done(words: string[], variables?: NodeJS.ProcessEnv): Promise<string>;
  /** `git push local …` */
  push(words: string[], variables?: NodeJS.ProcessEnv): Promise<Outcome>;
  /** Makes a branch of what is committed on `main`, with these files on top; leaves it checked out. */
  branch(name: string, files?: Record<string, string>): string;
  /** Asks the public URL of an environment, or of one of its services. */
  get(environment: string, options?: { service?: string; place?: string }): Promise<Answer>;
  /** Ends the local cloud and removes the repository. */
  close(): Promise<void>;
};

export type Wanted = {
  name: string;
  /** Files of the app, committed on `main` with what `init` writes. */
  files: Record<string, string>;
  init?: string[];
  /** Appended to the `paas.yaml` that `init` writes. */
  manifest?: string;
};

/** Makes a project for the tests of a file; close it after them. */
export async function openProject({ name, files, init = [], manifest = "" }: Wanted): Promise<Project> {
  const removals: (() => void)[] = [];
  const repository = gitRepo({}, { removeAfter: (remove) => removals.push(remove) });
  const { folder, git } = repository;
  const call = (words: string[], variables: NodeJS.ProcessEnv = {}) => paas(words, { cwd: folder, variables });
  const done = async (words: string[], variables?: NodeJS.ProcessEnv) => {
    const { exit, stdout, stderr } = await call(words, variables);
    expect(exit, `paas ${words.join(" ")}\n${stderr}`).toBe(0);
    return stdout.trimEnd();
  };

  repository.write(files);
  await done(["init", "--yes", "--name", name, ...init]);
  if (manifest !== "") fs.appendFileSync(path.join(folder, "paas.yaml"), manifest);
  repository.commit("Start");
  return {
    ...repository,
    paas: call,
    done,
    push: (words, variables = {}) => run("git", ["push", "local", ...words], { cwd: folder, variables }),
    branch: (branchName, changed = {}) => {
      git("checkout", "--quiet", "-B", branchName, "main");
      repository.write(changed);
      return repository.commit(`Work of ${branchName}`);
    },
    get: async (environment, { service, place = "/" } = {}) => {
      const url = await done(["open", environment, ...(service ? ["--service", service] : [])]);
      return ask(`${url}${place}`);
    },
    close: async () => {
      await done(["local", "stop"]);
      for (const remove of removals) remove();
    },
  };
}

/** The one document on stdout, which is all there may be on it. */
export function documentOf({ stdout }: Pick<Outcome, "stdout">): Record<string, unknown> {
  return JSON.parse(stdout) as Record<string, unknown>;
}
