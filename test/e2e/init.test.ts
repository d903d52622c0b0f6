import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { paas, run } from "../helpers/paas.js";
import { gitRepo, type Repository } from "../helpers/repository.js";
import { APP } from "./support/app.js";
import { documentOf } from "./support/project.js";

describe("what init writes for GitHub", () => {
  const removals: (() => void)[] = [];
  let repository: Repository;
  const call = (words: string[]) => paas(words, { cwd: repository.folder });
  const inRepository = (file: string) => path.join(repository.folder, file);

  beforeAll(async () => {
    repository = gitRepo(APP, { removeAfter: (remove) => removals.push(remove) });
    const { exit, stderr } = await call(["init", "--yes", "--name", "shop", "--codeowners", "@acme/platform"]);
    expect(exit, stderr).toBe(0);
    repository.commit("Add paas");
    return () => {
      for (const remove of removals) remove();
    };
  });

  it("is committed as a whole", () => {
    const files = repository.git("ls-files", ".github", "infra/vendor").split("\n");
    expect(files).toEqual([
      ".github/CODEOWNERS",
      ".github/dependabot.yml",
      ".github/workflows/paas-environment.yml",
      ".github/workflows/paas-nightly.yml",
      ".github/workflows/paas-pull-request.yml",
      expect.stringMatching(/^infra\/vendor\/paas-cli-.*\.tgz$/),
    ]);
  });

  it("is nothing new when init runs again", async () => {
    const { stdout } = await call(["init", "--yes"]);
    expect(stdout).toMatch(/^nothing to write: every file is there\n/);
    expect(repository.git("status", "--porcelain")).toBe("");
  });

  it("has no finding", async () => {
    const { exit, stdout } = await call(["workflow", "lint"]);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: "no findings in 3 workflow files\n" });
  });

  it("is a package below 3 MB", () => {
    const [file = ""] = fs.readdirSync(inRepository("infra/vendor"));
    const { size } = fs.statSync(inRepository(path.join("infra/vendor", file)));
    expect(size).toBeGreaterThan(500_000);
    expect(size).toBeLessThan(3_000_000);
  });

  describe("installed by npm as the workflows do it", () => {
    const pinned = "infra/node_modules/.bin/paas";
    beforeAll(() => {
      const words = ["ci", "--ignore-scripts", "--prefix", "infra", "--prefer-offline", "--no-audit", "--no-fund"];
      execFileSync("npm", words, { cwd: repository.folder, stdio: "pipe" });
    });
    const callPinned = (words: string[]) => run(inRepository(pinned), words, { cwd: repository.folder });

    it("is the same version", async () => {
      const [own, installed] = [await call(["--version"]), await callPinned(["--version"])];
      expect(installed).toEqual({ exit: 0, stdout: own.stdout, stderr: "" });
    });

    it("would write the same: nothing", async () => {
      const { exit, stdout } = await callPinned(["init", "--yes"]);
      expect(exit).toBe(0);
      expect(stdout).toMatch(/^nothing to write: every file is there\n/);
      expect(repository.git("status", "--porcelain")).toBe("");
    });

    it("finds its own esbuild and builds the stack with the packages beside it", async () => {
      const cache = inRepository(".paas/no-cache");
      const variables = { PAAS_CACHE_DIR: cache };
      repository.git("checkout", "--quiet", "-b", "env-alice");
      try {
        const words = ["up", "alice", "--json"];
        const outcome = await run(inRepository(pinned), words, { cwd: repository.folder, variables });
        expect(outcome.exit, outcome.stderr + outcome.stdout).toBe(0);
        expect(documentOf(outcome)).toMatchObject({ environment: { envId: "alice" } });
        expect(fs.existsSync(cache)).toBe(false);
      } finally {
        await callPinned(["local", "stop"]);
      }
    });
  });
});
