import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { APP, appOf, factsOf } from "./support/app.js";
import { documentOf, openProject, type Project } from "./support/project.js";

describe("the main job", () => {
  let project: Project;
  const factsAt = async (environment: string) => factsOf((await project.get(environment)).body);

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP, manifest: OVERLAYS });
    return project.close;
  });

  it("a push makes an environment that answers with its commit and its own settings", async () => {
    const commit = project.branch("env-alice");
    const { exit, stderr } = await project.push(["env-alice"]);

    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(/remote: http:\/\/alice\.shop\.localhost:\d+/);
    expect(await factsAt("alice")).toMatchObject({
      environment: "alice",
      branch: "env-alice",
      commit,
      greeting: "hello from alice",
    });
  });

  it("`up` of another branch makes another one, and prints its URL and nothing else", async () => {
    project.branch("env-bob");
    const { exit, stdout } = await project.paas(["up"]);

    expect(exit).toBe(0);
    expect(stdout).toMatch(/^http:\/\/bob\.shop\.localhost:\d+\n$/);
    expect(await factsAt("bob")).toMatchObject({ environment: "bob", greeting: "hello from bob" });
  });

  it("a change reaches its own environment, and every listing names the new commit", async () => {
    const [first, before] = [await factsAt("alice"), await factsAt("bob")];
    const commit = project.branch("env-alice", appOf("two"));
    const { exit, stderr } = await project.push(["--force", "env-alice"]);

    expect(exit, stderr).toBe(0);
    expect(await factsAt("alice")).toMatchObject({ version: "two", commit });
    expect(await factsAt("bob")).toEqual(before);
    const { environments } = documentOf(await project.paas(["ls", "--json"])) as { environments: { commit: string }[] };
    expect(environments.map((environment) => environment.commit)).toEqual([
      commit,
      project.git("rev-parse", "env-bob"),
    ]);
    expect(documentOf(await project.paas(["status", "alice", "--json"]))).toMatchObject({
      environment: { commit },
      deployments: [{ commit }, { commit: first.commit }],
    });
  });

  it("a second `up` without a change restarts nothing, and says so", async () => {
    const before = await factsAt("alice");
    const { exit, stderr } = await project.paas(["up", "alice"]);

    expect(exit).toBe(0);
    expect(stderr).toContain("deploy web       unchanged, not restarted");
    expect((await factsAt("alice")).pid).toBe(before.pid);
  });

  it("plans no change after `up`, twice, whatever was committed elsewhere", async () => {
    for (const _ of ["once", "twice"]) {
      const { exit, stdout } = await project.paas(["plan", "alice", "--detailed-exitcode"]);
      expect(exit).toBe(0);
      expect(stdout).toBe("alice: no change\n");
    }
  });

  it("plans the container whose settings alone are other ones", async () => {
    project.branch("env-bob", { "paas.yaml": read("paas.yaml").replace("hello from bob", "good day from bob") });
    const { exit, stdout } = await project.paas(["plan", "bob", "--detailed-exitcode"]);

    expect(stdout).toBe("  ~ service.web\nbob: 1 to update\n");
    expect(exit).toBe(2);
  });

  it("a change of settings alone restarts the app and rebuilds nothing", async () => {
    const before = await factsAt("bob");
    const { exit, stderr } = await project.paas(["up", "bob"]);

    expect(exit).toBe(0);
    expect(stderr).toContain("build web        unchanged, not rebuilt");
    expect(stderr).toMatch(/deploy web {7}healthy/);
    const after = await factsAt("bob");
    expect(after.greeting).toBe("good day from bob");
    expect(after.pid).not.toBe(before.pid);
  });

  it("destroys one of the two and leaves nothing of it", async () => {
    const alice = (await project.done(["open", "alice"])).trim();
    const { exit, stdout } = await project.paas(["destroy", "alice", "--yes"]);

    expect(exit).toBe(0);
    expect(stdout).toBe("environment alice is destroyed\n");
    expect(fs.existsSync(path.join(project.folder, ".paas/work/local/alice"))).toBe(false);
    expect(await project.done(["ls"])).not.toContain("alice");
    const again = await project.paas(["open", "alice"]);
    expect([again.exit, again.stderr]).toEqual([3, expect.stringContaining("there is no environment alice")]);
    expect((await project.get("bob")).status).toBe(200);
    expect(alice).toContain("alice.shop.localhost");
  });

  const read = (file: string) => fs.readFileSync(path.join(project.folder, file), "utf8");
});

const OVERLAYS = `
environments:
  alice: { services: { web: { env: { GREETING: hello from alice } } } }
  bob: { services: { web: { env: { GREETING: hello from bob } } } }
`;
