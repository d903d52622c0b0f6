import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../helpers/paas.js";
import { APP, appOf, factsOf } from "./support/app.js";
import { addressOf } from "./support/daemon.js";
import { openProject, type Project } from "./support/project.js";

const WORKFLOW = ".github/workflows/paas-environment.yml";
const CI = `name: CI
on: push
jobs:
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: acme/unheard-of@v1
`;

describe("a push goes through the committed workflow", () => {
  let project: Project;
  const read = (file: string) => fs.readFileSync(path.join(project.folder, file), "utf8");
  const written = (name: string) => path.join(project.folder, ".paas", name);
  const factsAt = async (environment: string) => factsOf((await project.get(environment)).body);
  const exists = async (environment: string) => (await project.paas(["status", environment])).exit === 0;
  /** What git relayed, without what it says itself. */
  const relayed = ({ stderr }: Outcome) =>
    stderr
      .split("\n")
      .filter((line) => line.startsWith("remote: ") && !line.includes("error: hook declined"))
      .map((line) => line.slice("remote: ".length).trimEnd());

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: { ...APP, ".github/workflows/ci.yml": CI } });
    return project.close;
  });

  it("and shows which one starts and why, its job and the lines of its script, and nothing of the runner", async () => {
    const commit = project.branch("env-alice");
    const outcome = await project.push(["env-alice"]);
    expect(outcome.exit, outcome.stderr).toBe(0);
    const lines = relayed(outcome);
    expect(lines.slice(0, 4)).toEqual([
      "paas-environment.yml starts: env-alice is among branches (GitHub Actions is simulated)",
      "left out, since they have nothing to do with environments: ci.yml",
      "job up",
      "step Create or update the environment of the branch",
    ]);
    expect(lines).toContain(`environment alice · env-alice · ${commit.slice(0, 8)} Work of env-alice`);
    expect(lines).toContainEqual(expect.stringMatching(/^✓ deploy web +healthy {2}[\d.]+s$/));
    expect(lines.at(-1)).toMatch(/^http:\/\/alice\.shop\.localhost:\d+$/);
    expect(outcome.stderr).not.toMatch(/::|cache-hit|actions\/|Process completed/);
    expect(await factsAt("alice")).toMatchObject({ commit, branch: "env-alice", version: "one" });
  });

  it("with steps of one's own: what one of them writes is there afterwards", async () => {
    const step = `      - name: Write down\n        run: echo "$GITHUB_REF_NAME" > '${written("written")}'; echo written down\n`;
    const job = read(WORKFLOW).replace("\n\n  destroy:", `\n\n${step}\n  destroy:`);
    project.branch("env-alice", { [WORKFLOW]: job, ...appOf("two") });
    const outcome = await project.push(["--force", "env-alice"]);
    expect(outcome.exit, outcome.stderr).toBe(0);
    expect(fs.readFileSync(written("written"), "utf8")).toBe("env-alice\n");
    expect(relayed(outcome).slice(-2)).toEqual(["step Write down", "written down"]);
    expect((await factsAt("alice")).version).toBe("two");
  });

  it("which rejects it when a step of one's own fails", async () => {
    const step = "      - name: Smoke test\n        run: echo no answer && exit 3\n";
    const job = read(WORKFLOW).replace("\n\n  destroy:", `\n\n${step}\n  destroy:`);
    project.branch("env-smoke", { [WORKFLOW]: job });
    const outcome = await project.push(["env-smoke"]);
    expect(outcome.exit).toBe(1);
    expect(relayed(outcome)).toContain("no answer");
    expect(relayed(outcome).slice(-3)).toEqual([
      'error: job up of paas-environment.yml: step "Smoke test" failed  [job-failed]',
      "  Process completed with exit code 3.",
      "  next: mend the workflow file, commit, and push again",
    ]);
  });

  it("that does not deploy when its condition is turned round: the push is taken, and says why", async () => {
    const turned = read(WORKFLOW).replace("github.event_name == 'push' &&", "github.event_name != 'push' &&");
    project.branch("env-turned", { [WORKFLOW]: turned });
    const outcome = await project.push(["env-turned"]);
    expect(outcome.exit, outcome.stderr).toBe(0);
    expect(relayed(outcome)).toContain("! no job runs for env-turned: stored, nothing deployed");
    expect(relayed(outcome)).toContain("  job up of paas-environment.yml: its condition is false");
    expect(await exists("turned")).toBe(false);
  });

  it("whose filters leave the branch out: taken, not deployed, the reason for each file", async () => {
    const narrow = read(WORKFLOW).replace("- env-**", "- env-other");
    project.branch("env-narrow", { [WORKFLOW]: narrow });
    const outcome = await project.push(["env-narrow"]);
    expect(outcome.exit, outcome.stderr).toBe(0);
    expect(relayed(outcome)).toContain("  paas-environment.yml does not start: env-narrow is not among branches");
    expect(relayed(outcome)).toContain("  paas-nightly.yml does not start: it is not on: push");
    expect(await exists("narrow")).toBe(false);
  });

  it("of the default branch when the branch is deleted", async () => {
    expect(project.git("ls-remote", "local", "main")).toBe("");
    const outcome = await project.push(["--delete", "env-alice"]);
    expect(outcome.exit, outcome.stderr).toBe(0);
    expect(relayed(outcome).slice(0, 4)).toEqual([
      "paas-environment.yml starts: every deleted branch or tag starts it (GitHub Actions is simulated)",
      "left out, since they have nothing to do with environments: ci.yml",
      "job destroy",
      "step Remove the environment of the deleted branch",
    ]);
    expect(relayed(outcome).at(-1)).toBe("environment alice is destroyed");
    expect(await exists("alice")).toBe(false);
    expect(project.git("ls-remote", "local", "env-alice")).toBe("");
    expect(project.git("ls-remote", "local", "main")).toBe("");
  });

  it.each([["env-$(touch$IFS%)"], ["env-`touch$IFS%`"], ["env-x;touch$IFS%;"]])(
    "and a branch that is called %s is only a name",
    async (name) => {
      const canary = path.join(project.folder, "canary");
      const branch = name.replace("%", canary);
      project.git("branch", branch, "main");
      const pushed = await project.push([branch]);
      expect(pushed.exit, pushed.stderr).toBe(0);
      const [, envId = ""] = /^environment (\S+) · env-/m.exec(relayed(pushed).join("\n")) ?? [];
      expect(await factsAt(envId)).toMatchObject({ branch });
      const deleted = await project.push(["--delete", branch]);
      expect(deleted.exit, deleted.stderr).toBe(0);
      expect(await exists(envId)).toBe(false);
      expect(fs.existsSync(canary)).toBe(false);
    },
  );

  describe("and the paas that infra/ pins", () => {
    const lock = "infra/package-lock.json";
    const tarball = () => `infra/${/file:(vendor\/[^"]+)/.exec(read("infra/package.json"))?.[1]}`;

    it("must be the local cloud's: another one is an error, and does not take its place", async () => {
      const { pid } = addressOf(project.folder);
      project.git("checkout", "--quiet", "-B", "env-other", "main");
      const unpacked = written("unpacked");
      fs.mkdirSync(unpacked);
      execFileSync("tar", ["-xzf", path.join(project.folder, tarball()), "-C", unpacked]);
      fs.writeFileSync(path.join(unpacked, "package", "bin", "paas.js"), 'console.log("9.9.9+other");\n');
      const before = integrityOf(path.join(project.folder, tarball()));
      execFileSync("tar", ["-czf", path.join(project.folder, tarball()), "-C", unpacked, "package"]);
      const after = integrityOf(path.join(project.folder, tarball()));
      project.write({ [lock]: read(lock).replace(before, after) });
      project.commit("Another paas");

      const outcome = await project.push(["env-other"]);
      expect(outcome.exit).toBe(1);
      const [error = "", , next = ""] = relayed(outcome).slice(-3);
      expect(error).toMatch(
        /^error: infra\/ pins paas 9\.9\.9\+other, and the local cloud is paas .* \[local-cloud-version\]$/,
      );
      expect(next).toMatch(/^ {2}next: `paas init` /);
      expect(addressOf(project.folder).pid).toBe(pid);
    });

    it("must be what the lock file says", async () => {
      project.git("checkout", "--quiet", "-B", "env-broken", "main");
      fs.appendFileSync(path.join(project.folder, tarball()), "more");
      project.commit("Changed by hand");
      const outcome = await project.push(["env-broken"]);
      expect(outcome.exit).toBe(1);
      expect(relayed(outcome).slice(-2)[0]).toMatch(/^error: infra\/vendor\/.* \[cli-not-intact\]$/);
    });
  });

  it("and without workflow files is deployed and destroyed directly, which it says", async () => {
    project.git("checkout", "--quiet", "main");
    fs.rmSync(path.join(project.folder, ".github"), { recursive: true });
    project.commit("No workflows");
    const commit = project.branch("env-bare");
    const pushed = await project.push(["env-bare"]);
    expect(pushed.exit, pushed.stderr).toBe(0);
    expect(relayed(pushed)[0]).toBe(
      `no workflow of commit ${commit.slice(0, 8)} runs paas, so it is deployed without one; \`paas init\` writes them`,
    );
    expect(await factsAt("bare")).toMatchObject({ commit });
    const deleted = await project.push(["--delete", "env-bare"]);
    expect(deleted.exit, deleted.stderr).toBe(0);
    expect(relayed(deleted)[0]).toBe(
      "no workflow of the default branch runs paas, so it is destroyed without one; `paas init` writes them",
    );
    expect(await exists("bare")).toBe(false);
  });
});

function integrityOf(file: string): string {
  return `sha512-${createHash("sha512").update(fs.readFileSync(file)).digest("base64")}`;
}
