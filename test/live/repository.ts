import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const APP = path.join(import.meta.dirname, "app");

const IDENTITY = {
  GIT_AUTHOR_NAME: "Live run",
  GIT_AUTHOR_EMAIL: "live@example.com",
  GIT_COMMITTER_NAME: "Live run",
  GIT_COMMITTER_EMAIL: "live@example.com",
};

/** A fresh repository with the app of `test/live/app` in it; nothing is ever pushed. */
export type Repository = {
  folder: string;
  /** Makes it, with one commit. */
  make(): void;
  git(...words: string[]): string;
  read(file: string): string;
  /** Changes the text of a file; one that stays as it was is an error. */
  change(file: string, change: (text: string) => string): void;
  /** Commits everything on the current branch; gives the commit's full sha. */
  commit(message: string): string;
};

export function openRepository(folder: string, variables: NodeJS.ProcessEnv): Repository {
  const git = (...words: string[]) =>
    execFileSync("git", words, { cwd: folder, env: { ...variables, ...IDENTITY }, encoding: "utf8" }).trimEnd();
  const read = (file: string) => fs.readFileSync(path.join(folder, file), "utf8");
  const repository: Repository = {
    folder,
    make: () => {
      fs.cpSync(APP, folder, { recursive: true });
      git("init", "--quiet", "--initial-branch", "main");
      repository.commit("The app");
    },
    git,
    read,
    change: (file, change) => {
      const [before, place] = [read(file), path.join(folder, file)];
      const after = change(before);
      if (after === before) throw new Error(`${file} has nothing that could be changed so`);
      fs.writeFileSync(place, after);
    },
    commit: (message) => {
      git("add", "--all");
      git("commit", "--quiet", "--message", message);
      return git("rev-parse", "HEAD");
    },
  };
  return repository;
}
