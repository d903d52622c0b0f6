import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "./measure.js";

const ROOT = path.resolve(import.meta.dirname, "..");
export const PAAS = path.join(ROOT, "bin", "paas.js");

const IDENTITY = {
  GIT_AUTHOR_NAME: "Bench",
  GIT_AUTHOR_EMAIL: "bench@example.com",
  GIT_COMMITTER_NAME: "Bench",
  GIT_COMMITTER_EMAIL: "bench@example.com",
};

/** A project of `paas init --sample node` in a temporary folder, with its packages installed. */
export class Project {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "paas-bench-")));
  readonly repository = path.join(this.folder, "shop");
  readonly infra = path.join(this.repository, "infra");

  async create(): Promise<void> {
    fs.mkdirSync(this.repository);
    await this.git("init", "--quiet", "--initial-branch", "main");
    await this.paas("init", "--yes", "--name", "shop", "--sample", "node", "--install");
    await this.commit("Start");
  }

  git(...words: string[]): Promise<string> {
    return run({ words: ["git", ...words], cwd: this.repository, variables: IDENTITY });
  }

  paas(...words: string[]): Promise<string> {
    return run({ words: [process.execPath, PAAS, ...words], cwd: this.repository, variables: { PAAS_CLOUD: "local" } });
  }

  /** Commits everything and gives the commit's sha. */
  async commit(message: string): Promise<string> {
    await this.git("add", "--all");
    await this.git("commit", "--quiet", "--message", message);
    return (await this.git("rev-parse", "HEAD")).trim();
  }

  /** Commits a change of the app's code. */
  async change(): Promise<string> {
    fs.appendFileSync(path.join(this.repository, "server.js"), `// ${performance.now()}\n`);
    return this.commit("Change the app");
  }

  async remove(): Promise<void> {
    await this.paas("local", "stop").catch(() => {});
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
