import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Outcome, paas, run } from "../helpers/paas.js";
import { gitRepo, temporaryFolder } from "../helpers/repository.js";
import { APP, factsOf } from "./support/app.js";
import { openProject, type Project } from "./support/project.js";

const MANIFEST = `name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
services:
  web: { path: ., runtime: node }
`.replace("xyz", "234");

/** An error that says what is wrong and what to do, and nothing on stdout. */
function expectError({ exit, stdout, stderr }: Outcome, code: string, expected: { exit: number; says: string }): void {
  expect(stderr).toContain(`[${code}]`);
  expect(stderr).toContain(expected.says);
  expect(stderr).toContain("\n  next: ");
  expect(stderr).not.toContain("this is a bug");
  expect(exit).toBe(expected.exit);
  expect(stdout).toBe("");
}

describe("a repository that is no project yet", () => {
  it("no git repository", async () => {
    const outcome = await paas(["up"], { cwd: temporaryFolder("plain-") });
    expectError(outcome, "not-a-repository", { exit: 2, says: "is not inside a git repository" });
  });

  it("no manifest", async () => {
    const outcome = await paas(["up"], { cwd: gitRepo({ "a.txt": "a" }).folder });
    expectError(outcome, "manifest-missing", { exit: 2, says: "`paas init` writes one" });
  });

  it("no manifest in the commit, though there is one in the working tree", async () => {
    const repository = gitRepo({ "a.txt": "a" });
    repository.git("checkout", "--quiet", "-b", "env-alice");
    repository.write({ "paas.yaml": MANIFEST });
    const outcome = await paas(["up"], { cwd: repository.folder });
    expectError(outcome, "manifest-missing", { exit: 2, says: "of env-alice has no paas.yaml" });
  });

  it("no commit", async () => {
    const repository = gitRepo();
    repository.git("checkout", "--quiet", "-b", "env-alice");
    repository.write({ "paas.yaml": MANIFEST });
    const outcome = await paas(["up"], { cwd: repository.folder });
    expectError(outcome, "no-commit", { exit: 2, says: 'git commit -m "Start"' });
  });

  it("a branch that is not there is named in a command that can be pasted", async () => {
    const repository = gitRepo({ "paas.yaml": MANIFEST });
    const outcome = await paas(["up", "env-$(touch x)"], { cwd: repository.folder });
    expectError(outcome, "no-such-branch", { exit: 3, says: "`git branch 'env-$(touch x)'`" });
  });

  it("a branch without a name", async () => {
    const outcome = await paas(["up", "env-"], { cwd: gitRepo({ "paas.yaml": MANIFEST }).folder });
    expectError(outcome, "branch-name-empty", { exit: 2, says: "git branch -m env- env-<name>" });
  });

  it.each([
    ["broken YAML", `${MANIFEST}  bad: [\n`, "paas.yaml:"],
    ["an unknown key", MANIFEST.replace("path:", "pth:"), 'services.web.pth: unknown key; did you mean "path"?'],
    ["a service outside of the repository", MANIFEST.replace("path: .", "path: ../other"), "is outside the repository"],
  ])("%s", async (_, manifest, says) => {
    const { folder, git } = gitRepo({ "paas.yaml": manifest });
    git("checkout", "--quiet", "-b", "env-alice");
    const outcome = await paas(["up"], { cwd: folder });
    expectError(outcome, "manifest-invalid", { exit: 2, says });
  });
});

describe("a project with a running environment", () => {
  let project: Project;
  let first: Record<string, string>;
  const alice = async () => factsOf((await project.get("alice")).body);
  const faulty = async (files: Record<string, string>, variables?: NodeJS.ProcessEnv) => {
    project.branch("env-alice", files);
    return project.paas(["up", "alice"], variables);
  };
  const read = (file: string) => fs.readFileSync(path.join(project.folder, file), "utf8");

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    project.branch("env-alice");
    await project.done(["up"]);
    first = await alice();
    return project.close;
  });

  it("detached HEAD", async () => {
    project.git("checkout", "--quiet", "--detach", "env-alice");
    const outcome = await project.paas(["up"]);
    expectError(outcome, "detached-head", { exit: 2, says: "`paas up alice`" });
    expect((await project.paas(["up", "alice"])).exit).toBe(0);
  });

  it("a dirty tree is a warning, and the commit is what is built", async () => {
    project.git("checkout", "--quiet", "env-alice");
    fs.appendFileSync(path.join(project.folder, "server.js"), "throw new Error('not committed');\n");
    const { exit, stderr } = await project.paas(["up"]);
    project.git("checkout", "--quiet", "server.js");

    expect(exit).toBe(0);
    expect(stderr).toContain(`! uncommitted changes are left out: deploying commit ${first.commit?.slice(0, 8)}\n`);
    expect(stderr).toMatch(/^cloud: local \(simulated\)\n/);
    expect(await alice()).toEqual(first);
  });

  it("a service whose folder is a link that leads outside stops before anything is changed", async () => {
    project.git("checkout", "--quiet", "-B", "env-alice", "main");
    fs.symlinkSync("/etc", path.join(project.folder, "link"));
    const outcome = await faultyAsItIs({ "paas.yaml": read("paas.yaml").replace("path: .", "path: link") });
    expectError(outcome, "service-path-outside", { exit: 2, says: 'the path "link" leads outside the repository' });
    expect(outcome.stderr).not.toContain("plan");
  });

  it("Terraform too old", async () => {
    const binary = path.join(temporaryFolder("terraform-"), "terraform");
    fs.writeFileSync(binary, `#!/bin/sh\necho '{"terraform_version":"1.5.7"}'\n`, { mode: 0o755 });
    const outcome = await project.paas(["up", "alice"], { PAAS_TERRAFORM: binary });
    expectError(outcome, "terraform-too-old", { exit: 1, says: "is version 1.5.7, paas needs 1.9 or newer" });
  });

  it("Terraform missing", async () => {
    const folder = temporaryFolder("path-");
    const { stdout } = await run("sh", ["-c", "command -v git"], { cwd: folder });
    fs.symlinkSync(stdout.trim(), path.join(folder, "git"));
    fs.symlinkSync(process.execPath, path.join(folder, "node"));
    const outcome = await project.paas(["up", "alice"], { PATH: folder });
    expectError(outcome, "terraform-missing", { exit: 1, says: "install Terraform (https://" });
  });

  it("the packages of infra/ cannot be installed", async () => {
    const cache = temporaryFolder("cache-");
    const offline = { PAAS_CACHE_DIR: cache, npm_config_cache: cache, npm_config_registry: "http://127.0.0.1:9" };
    const outcome = await faulty({ "app.txt": "a" }, { ...offline, npm_config_fetch_retries: "0" });
    expectError(outcome, "infra-not-installed", { exit: 1, says: "ECONNREFUSED" });
    expect(outcome.stderr).toContain("error: npm could not install the packages of infra/");
  });

  it("a provider that the local cloud does not serve", async () => {
    const stack = read("infra/environment-stack.ts");
    const changed = stack.replace(/^(.*extends TerraformStack \{[\s\S]*?super\(.*\);\n)/m, `$1${RANDOM}`);
    expect(changed).not.toBe(stack);
    const outcome = await faulty({ "infra/environment-stack.ts": changed });
    expectError(outcome, "provider-not-served", { exit: 1, says: "hashicorp/random" });
  });

  it("a broken stack", async () => {
    const outcome = await faulty({ "infra/environment-stack.ts": "export const nothing: = 1;\n" });
    expectError(outcome, "synth-failed", { exit: 1, says: "infra/environment-stack.ts:1" });
  });

  it("after all that nothing is locked and the first version still serves; `up` of a good commit heals", async () => {
    expect(await alice()).toEqual(first);
    const status = await project.done(["status", "alice"]);
    expect(status).toMatch(/^lock +free$/m);
    expect(status).toMatch(
      new RegExp(`^status +failed in the last run; ${first.commit?.slice(0, 8)} goes on serving$`, "m"),
    );
    project.branch("env-alice");
    await project.done(["up", "alice"]);
    expect(await project.done(["status", "alice"])).toMatch(/^status +running$/m);
    expect(await project.done(["unlock", "alice"])).toBe("environment lock: free; Terraform's lock: free");
  });

  const faultyAsItIs = async (files: Record<string, string>) => {
    project.write(files);
    project.commit("faulty");
    return project.paas(["up", "alice"]);
  };
});

/** What a user might add: a provider that is not azurerm. */
const RANDOM = `    this.addOverride("terraform.required_providers.random", { source: "hashicorp/random", version: "3.7.2" });
    this.addOverride("resource.random_pet.name", {});
`;
