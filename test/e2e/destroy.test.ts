import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { APP, appOf, factsOf } from "./support/app.js";
import { ask } from "./support/ask.js";
import { placesOf, runs, stateOf } from "./support/daemon.js";
import { paasKilledAfter } from "./support/killed.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { resourcesIn, tagGroup } from "./support/store.js";
import { paasOnTerminal } from "./support/terminal.js";

const STACK = "infra/environment-stack.ts";

/** All that are pushed at once, each for what its own tests do to it. */
const BRANCHES = ["env-alice", "env-gone", "env-killed", "env-lost", "env-staging", "env-swapped"];

/** Beside `staging`, which is protected in every project. */
const PROTECTED = "environments: { early: { protected: true } }\n";

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
  project = await openProject({ name: "shop", files: APP, manifest: PROTECTED });
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

  it("is destroyed already the second time, which is no error and no question", async () => {
    const { exit, stdout } = await project.paas(["destroy", "alice", "--yes", "--json"]);
    expect([exit, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ steps: [] })]);
    expect(await project.done(["destroy", "alice"])).toBe("environment alice was destroyed already");
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

describe("one whose creation failed", () => {
  it("before there was a state or a group", async () => {
    project.branch("env-early", { [STACK]: 'throw new Error("no stack");\n' });
    expect((await project.paas(["up", "early"])).exit).toBe(1);
    expect((await statusOf("early")).environment.status).toBe("failed");
    expect(await stateOf(project.folder).blobs.exists(placesOf("early").state)).toBe(false);

    const refused = await project.paas(["destroy", "early", "--yes"]);
    expect([refused.exit, refused.stderr]).toEqual([5, expect.stringContaining("environment early is protected")]);
    expect(await project.done(["destroy", "early", "--yes", "--confirm", "early"])).toBe(
      "environment early is destroyed",
    );
    expect(await isListed("early")).toBe(false);
  });

  it("in its build, beside an apply that went through: asked on a terminal", async () => {
    const scripts = { start: "node server.js", build: "exit 7" };
    project.branch("env-half", { "package.json": JSON.stringify({ name: "app", private: true, scripts }) });
    expect((await project.paas(["up", "half"])).exit).toBe(1);
    const { resourceGroup } = (await statusOf("half")).environment;
    expect(resourcesIn(project.folder, resourceGroup).length).toBeGreaterThan(1);

    const refused = await answered(["destroy", "half"], "n");
    expect(refused.stdout).toContain("Destroy environment half (env-half) and everything in it?");
    expect([refused.exit, await isListed("half")]).toEqual([5, true]);
    const agreed = await answered(["destroy", "half"], "y");
    expect([agreed.exit, await isListed("half")], agreed.stdout).toEqual([0, false]);
    expect(resourcesIn(project.folder, resourceGroup)).toEqual([]);
  });
});

describe("a protected one", () => {
  it("is not destroyed by --yes alone, nor with another id", async () => {
    for (const more of [[], ["--confirm", "stagin"]]) {
      const { exit, stderr } = await project.paas(["destroy", "staging", "--yes", ...more]);
      expect(exit).toBe(5);
      expect(stderr).toContain("next: `paas destroy staging --yes --confirm staging`");
    }
  });

  it("is not destroyed by deleting its branch, which stays", async () => {
    const { exit, stderr } = await project.push(["--delete", "env-staging"]);
    expect(exit).toBe(1);
    expect(stderr).toContain("remote:   deleting its branch does not destroy it");
    expect(stderr).toContain("remote:   next: `paas destroy staging --yes --confirm staging`");
    expect(project.git("ls-remote", "local", "env-staging")).not.toBe("");
    expect((await project.get("staging")).status).toBe(200);
  });

  it("is destroyed on a terminal by typing its id, and by nothing else", async () => {
    const refused = await answered(["destroy", "staging"], "yes");
    expect(refused.stdout).toContain("staging is protected. Type staging to destroy it");
    expect([refused.exit, await isListed("staging")]).toEqual([5, true]);
    const agreed = await answered(["destroy", "staging"], "staging");
    expect([agreed.exit, await isListed("staging")], agreed.stdout).toEqual([0, false]);
    expect(project.git("ls-remote", "local", "env-staging")).toBe("");
  });
});

describe("deleting a branch of the local remote", () => {
  it("destroys its environment", async () => {
    const url = await project.done(["open", "gone"]);
    const { exit, stderr } = await project.push(["--delete", "env-gone"]);
    expect(exit, stderr).toBe(0);
    expect(stderr).toContain("remote: environment gone is destroyed");
    expect((await ask(url)).status).toBe(404);
    expect(await isListed("gone")).toBe(false);
  });

  it("is possible when there is no environment (any more)", async () => {
    const remote = inProject(".paas", "remote.git");
    project.git("--git-dir", remote, "update-ref", "refs/heads/env-nowhere", project.git("rev-parse", "main"));
    const { exit, stderr } = await project.push(["--delete", "env-nowhere"]);
    expect(exit, stderr).toBe(0);
    expect(stderr).toContain("remote: there is no environment nowhere: nothing to destroy");
  });
});

describe("an orphan, whose record and state are lost", () => {
  it("is listed as one, and destroyed by its tags", async () => {
    const url = await project.done(["open", "lost"]);
    const pid = Number(factsOf((await ask(url)).body).pid);
    const { blobs } = stateOf(project.folder);
    for (const place of Object.values(placesOf("lost"))) expect(await blobs.delete(place)).toBe(true);

    expect(await listed()).toContainEqual(expect.objectContaining({ envId: "lost", status: "orphan" }));
    const { exit, stderr } = await project.paas(["destroy", "lost", "--yes"]);
    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(/^✓ resource group +rg-shop-lost deleted/m);
    expect([await isListed("lost"), runs(pid), (await ask(url)).status]).toEqual([false, false, 404]);
  });
});

describe("killed after a step and run again", () => {
  const steps = ["lock", "tombstone", "terraform", "resource group", "images", "state"];

  it.each(steps)("%s", async (step) => {
    const { signal, stderr } = await paasKilledAfter(step, ["destroy", "killed", "--yes"], project.folder);
    expect([signal, stderr.trimEnd().split("\n").at(-1)]).toEqual(["SIGKILL", expect.stringContaining(`✓ ${step}`)]);
    // As a minute later.
    await stateOf(project.folder).records.breakLease(placesOf("killed").record);
    expect((await statusOf("killed")).environment.status).toBe(step === "lock" ? "running" : "destroying");
  });

  it("is no environment that `up` goes on with", async () => {
    const { exit, stderr } = await project.paas(["up", "killed"]);
    expect([exit, stderr]).toEqual([5, expect.stringContaining("next: `paas destroy killed`, then run again")]);
    expect((await statusOf("killed")).environment.status).toBe("destroying");
  });

  it("is finished by the next run", async () => {
    await project.done(["destroy", "killed", "--yes"]);
    expect(await listed("--all")).toContainEqual(expect.objectContaining({ envId: "killed", status: "destroyed" }));
    expect(resourcesIn(project.folder, "rg-shop-killed")).toEqual([]);
  });
});

describe("a resource group of somebody else", () => {
  const foreign = { owner: "somebody else" };
  const tagsOf = (group: string) =>
    resourcesIn(project.folder, group).find(({ id }) => id.endsWith(group))?.attributes.tags;

  beforeAll(async () => {
    project.branch("env-taken");
    await project.done(["local", "stop"]);
    for (const group of ["rg-shop-taken", "rg-shop-swapped"]) tagGroup(project.folder, group, foreign);
  });

  it("with the name of a new environment: `up` refuses, and there is nothing that `destroy` would remove", async () => {
    const { exit, stderr } = await project.paas(["up", "taken"]);
    expect([exit, stderr]).toEqual([5, expect.stringContaining("[foreign-group]")]);
    const destroyed = await project.paas(["destroy", "taken", "--yes"]);
    expect([destroyed.exit, destroyed.stderr]).toEqual([3, expect.stringContaining("no resource group with its tags")]);
    expect(tagsOf("rg-shop-taken")).toEqual(foreign);
    expect((await listed("--all")).map(({ envId }) => envId)).not.toContain("taken");
  });

  it("where an environment's own was: neither `up` nor `destroy` touches it", async () => {
    const before = resourcesIn(project.folder, "rg-shop-swapped");
    for (const words of [["up"], ["destroy", "--yes"]]) {
      const { exit, stderr } = await project.paas([...words, "swapped"]);
      expect([exit, stderr], stderr).toEqual([5, expect.stringContaining("[foreign-group]")]);
    }
    expect(tagsOf("rg-shop-swapped")).toEqual(foreign);
    expect(resourcesIn(project.folder, "rg-shop-swapped").map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(await stateOf(project.folder).blobs.exists(placesOf("swapped").state)).toBe(true);
  });
});

/** Runs the CLI on a terminal and types an answer to its question. */
async function answered(words: string[], answer: string) {
  const run = paasOnTerminal(words, project.folder);
  await run.says(/[?]|destroy it/);
  run.type(`${answer}\r`);
  return run.ended;
}

/** Images younger than a minute stay, for builds beside; this makes them older. */
function agedImages(): void {
  const images = inProject(".paas", "local", "images");
  for (const digest of fs.readdirSync(images)) {
    const file = path.join(images, digest, "image.json");
    const description = JSON.parse(fs.readFileSync(file, "utf8")) as object;
    fs.writeFileSync(file, JSON.stringify({ ...description, createdAt: "2020-01-01T00:00:00.000Z" }));
  }
}
