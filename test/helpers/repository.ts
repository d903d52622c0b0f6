import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

export type Repository = {
  folder: string;
  /** Writes files by their path in the repository; a folder on the way is made. */
  write(files: Record<string, string>): void;
  /** Commits everything that is there; returns the commit's sha. */
  commit(message?: string): string;
  /** Runs git in the repository and returns what it printed, without the last line end. */
  git(...words: string[]): string;
};

export type Lifetime = {
  /** When the folder goes: at the end of the test, or `afterAll` for one that a file shares. */
  removeAfter?: (remove: () => void) => void;
};

/** Identity and settings of git in tests; nobody's own configuration is read. */
export const GIT_VARIABLES = {
  GIT_AUTHOR_NAME: "Alice",
  GIT_AUTHOR_EMAIL: "alice@example.com",
  GIT_COMMITTER_NAME: "Alice",
  GIT_COMMITTER_EMAIL: "alice@example.com",
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_CONFIG_NOSYSTEM: "1",
};

/** A real repository on branch `main` in a temporary folder; with files it has one commit, without it has none. */
export function gitRepo(files: Record<string, string> = {}, lifetime: Lifetime = {}): Repository {
  const folder = temporaryFolder("repository-", lifetime);
  const git = (...words: string[]) =>
    execFileSync("git", words, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ...GIT_VARIABLES },
      stdio: ["ignore", "pipe", "pipe"],
    }).trimEnd();
  const repository: Repository = {
    folder,
    git,
    write: (texts) => writeFiles(folder, texts),
    commit: (message = "change") => {
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "--message", message);
      return git("rev-parse", "HEAD");
    },
  };
  git("init", "--quiet", "--initial-branch", "main");
  if (Object.keys(files).length > 0) {
    repository.write(files);
    repository.commit("first");
  }
  return repository;
}

/** A folder that is removed after the test. */
export function temporaryFolder(prefix: string, { removeAfter = onTestFinished }: Lifetime = {}): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), prefix)));
  removeAfter(() => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

export function writeFiles(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}
