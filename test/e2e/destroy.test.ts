import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { APP, appOf, factsOf } from "./support/app.js";
import { ask } from "./support/ask.js";
import { placesOf, runs, stateOf } from "./support/daemon.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { resourcesIn } from "./support/store.js";

const STACK = "infra/environment-stack.ts";

/** All that are pushed at once, each for what its own tests do to it. */
const BRANCHES = ["env-alice", "env-gone", "env-killed", "env-lost", "env-staging", "env-swapped"];

type Status = {
  environment: { status: string; generation: number; resourceGroup: string; tags: Record<string, string> };
  services: { image: string }[];
};

let project: Project;
const inProject = (...names: string[]) => path.join(project.folder, ...names);
const statusOf = async (envId: string) => documentOf(await project.paas(["status", envId, "--json"])) as Status;
const listed = async (...flags: string[]) => {
  const { environments } = documentOf(await project.paas(["ls", "--json", ...flags])) as {
    environments: { envId: string; status: string; url: string | null }[];
  };
  return environments;
};
const isListed = async (envId: string) => (await listed()).some((environment) => environment.envId === envId);

beforeAll(async () => {
  project = await openProject({ name: "shop", files: APP });
  for (const branch of BRANCHES) project.branch(branch, branch === "env-alice" ? appOf("alice") : {});
  const { exit, stderr } = await project.push(BRANCHES);
  expect(exit, stderr).toBe(0);
  return project.close;
});

describe("what is not there", () => {
  it("an environment that never was", async () => {
    const { exit, stderr } = await project.paas(["destroy", "nobody", "--yes"]);
    expect([exit, stderr]).toEqual([3, expect.stringContaining("there is no environment nobody")]);
    expect((await listed("--all")).map(({ envId }) => envId)).not.toContain("nobody");
  });
});

describe("one with a hostile branch", () => {
  let canary: string;
  let url: string;
  let before: Status;
  let pid: number;
  let apps: string[];
  const appsOf = (group: string) =>
    resourcesIn(project.folder, group)
      .filter(({ type }) => type === "azurerm_container_app")
      .map(({ id }) => path.basename(id));

  beforeAll(async () => {
    canary = inProject(".paas", "canary");
    url = await project.done(["open", "alice"]);
    before = await statusOf("alice");
    pid = Number(factsOf((await ask(url)).body).pid);
    apps = appsOf(before.environment.resourceGroup);
    project.branch("env-alice", {
      ...appOf("alice"),
      [STACK]: `require("node:fs").writeFileSync(${JSON.stringify(canary)}, "");\nthrow new Error("hostile");\n`,
    });
  });

  it("its code is what a plan runs", async () => {
    const { exit, stderr } = await project.paas(["plan", "alice"]);
    expect([exit, stderr]).toEqual([1, expect.stringContaining("hostile")]);
    expect(fs.existsSync(canary)).toBe(true);
    fs.rmSync(canary);
  });

  it("needs --yes off a terminal", async () => {
    const { exit, stderr } = await project.paas(["destroy", "alice"]);
    expect([exit, stderr]).toEqual([2, expect.stringContaining("next: `paas destroy alice --yes`")]);
    expect(await isListed("alice")).toBe(true);
  });

  it("is destroyed without running any of it", async () => {
    agedImages();
    const { exit, stdout, stderr } = await project.paas(["destroy", "alice", "--yes"]);
    expect([exit, stdout], stderr).toEqual([0, "environment alice is destroyed\n"]);
    expect(fs.existsSync(canary)).toBe(false);
  });

  it("leaves no group, state, process, route, file or unused image", async () => {
    const digest = before.services[0]?.image.split("@sha256:")[1] ?? "";
    expect([digest, apps, pid]).toEqual([
      expect.stringMatching(/^[0-9a-f]{64}$/),
      [expect.anything()],
      expect.any(Number),
    ]);
    expect(resourcesIn(project.folder, before.environment.resourceGroup)).toEqual([]);
    expect(await stateOf(project.folder).blobs.exists(placesOf("alice").state)).toBe(false);
    expect(runs(pid)).toBe(false);
    expect((await ask(url)).status).toBe(404);
    const files = fs.readdirSync(inProject(".paas"), { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => [...apps, "alice", digest].some((trace) => file.includes(trace)))).toEqual([]);
    expect((await project.get("gone")).status).toBe(200);
  });

  it("leaves a tombstone that only `ls --all` shows", async () => {
    expect(await isListed("alice")).toBe(false);
    expect(await project.done(["ls"])).not.toContain("alice");
    expect(await listed("--all")).toContainEqual(
      expect.objectContaining({ envId: "alice", status: "destroyed", url: null }),
    );
  });

  it("is destroyed already the second time, which is no error", async () => {
    const { exit, stdout } = await project.paas(["destroy", "alice", "--yes", "--json"]);
    expect([exit, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ steps: [] })]);
    expect(await project.done(["destroy", "alice", "--yes"])).toBe("environment alice was destroyed already");
  });

  it("lives again under the next generation and other hashed names", async () => {
    project.branch("env-alice", appOf("alice"));
    await project.done(["up", "alice"]);
    const { environment } = await statusOf("alice");
    expect([before.environment.generation, environment.generation]).toEqual([0, 1]);
    expect(environment.tags["paas-generation"]).toBe("1");
    expect(environment.resourceGroup).toBe(before.environment.resourceGroup);
    const now = appsOf(environment.resourceGroup);
    expect(now).toHaveLength(1);
    expect(now).not.toEqual(apps);
    expect(await project.done(["open", "alice"])).toBe(url);
    expect(factsOf((await ask(url)).body).version).toBe("alice");
  });
});

/** Images younger than a minute stay, for builds beside; this makes them older. */
function agedImages(): void {
  const images = inProject(".paas", "local", "images");
  for (const digest of fs.readdirSync(images)) {
    const file = path.join(images, digest, "image.json");
    const description = JSON.parse(fs.readFileSync(file, "utf8")) as object;
    fs.writeFileSync(file, JSON.stringify({ ...description, createdAt: "2020-01-01T00:00:00.000Z" }));
  }
}
