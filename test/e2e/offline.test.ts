import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gitRepo } from "../helpers/repository.js";
import { APP, appOf, factsOf } from "./support/app.js";
import { goOffline, type Offline } from "./support/offline.js";
import { documentOf, openProject, type Project } from "./support/project.js";

const KNOCK_ELSEWHERE = `require("node:net").connect(443, "192.0.2.1").on("error", ({ code }) => console.log(code));`;

describe("without any network but the loopback interface", () => {
  let project: Project;
  let offline: Offline;
  let attempts: number;
  const push = (...words: string[]) => offline.run("git", ["push", "local", ...words], project.folder);
  const paas = async (...words: string[]) => {
    const outcome = await offline.paas(words, project.folder);
    expect(outcome.exit, outcome.stderr).toBe(0);
    return outcome;
  };
  const factsAt = async (envId: string) => factsOf(await offline.ask((await paas("open", envId)).stdout.trim()));

  beforeAll(async () => {
    // The packages of infra/ are fetched once per machine.
    project = await openProject({ name: "shop", files: APP, init: ["--install"] });
    offline = await goOffline();
  });
  afterAll(async () => {
    await paas("local", "stop");
    await offline.close();
    await project.close();
  });

  it("there is nobody else to talk to", async () => {
    const { stdout } = await offline.run("ip", ["-brief", "link"], project.folder);
    expect(stdout.trim().split("\n")).toEqual([expect.stringMatching(/^lo /)]);
  });

  it("what tries to reach another machine fails, and is counted", async () => {
    const before = await offline.attempts();
    const { stdout } = await offline.run(process.execPath, ["-e", KNOCK_ELSEWHERE], project.folder);
    expect(stdout).toBe("ENETUNREACH\n");
    attempts = await offline.attempts();
    expect(attempts).toBeGreaterThan(before);
  });

  it("init makes a project", async () => {
    const { folder } = gitRepo(APP);
    const { exit, stderr } = await offline.paas(["init", "--yes", "--name", "fresh"], folder);
    expect(exit, stderr).toBe(0);
    expect(fs.readFileSync(path.join(folder, "paas.yaml"), "utf8")).toContain("name: fresh\n");
  });

  it("pushes make environments that answer, each with its own commit", async () => {
    for (const envId of ["alice", "bob"]) {
      const commit = project.branch(`env-${envId}`, appOf(envId));
      const { exit, stderr } = await push(`env-${envId}`);
      expect(exit, stderr).toBe(0);
      expect(await factsAt(envId)).toMatchObject({ commit, version: envId });
    }
  });

  it("a change goes live, a broken one is refused and the version before goes on", async () => {
    const commit = project.branch("env-alice", appOf("two"));
    expect((await push("--force", "env-alice")).exit).toBe(0);
    expect(await factsAt("alice")).toMatchObject({ commit, version: "two" });

    project.branch("env-alice", { "server.js": 'throw new Error("no database");\n' });
    const { exit, stderr } = await push("--force", "env-alice");
    expect(exit).toBe(1);
    expect(stderr).toContain("no database");
    expect(await factsAt("alice")).toMatchObject({ commit, version: "two" });
  });

  it("destroy removes one and leaves the other", async () => {
    await paas("destroy", "alice", "--yes");
    expect(documentOf(await paas("ls", "--json"))).toMatchObject({ environments: [{ envId: "bob" }] });
    expect(await factsAt("bob")).toMatchObject({ version: "bob" });
  });

  it("nothing that Terraform asked for lay outside the local cloud", async () => {
    expect(documentOf(await paas("local", "status", "--json"))).toMatchObject({ refused: [] });
  });

  it("nothing at all has tried to reach another machine", async () => {
    expect((await paas("local", "stop")).stdout).toBe("stopped\n");
    expect(await offline.attempts()).toBe(attempts);
  });
});
