import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { APP, appOf, factsOf } from "./support/app.js";
import { openProject, type Project } from "./support/project.js";

describe("a push", () => {
  let project: Project;
  const factsAt = async (environment: string) => factsOf((await project.get(environment)).body);
  const read = (file: string) => fs.readFileSync(path.join(project.folder, file), "utf8");
  const lines = (text: string) => text.split("\n").map((line) => line.trimEnd());

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    return project.close;
  });

  it("of the main branch or a tag is stored, and says that nothing is deployed", async () => {
    project.git("tag", "v1");
    const { exit, stderr } = await project.push(["main", "v1"]);

    expect(exit).toBe(0);
    expect(lines(stderr)).toContain("remote: main is no environment's branch (env-*): stored, nothing deployed");
    expect(lines(stderr)).toContain("remote: refs/tags/v1 is not a branch: stored, nothing deployed");
    expect(project.git("ls-remote", "local")).toMatch(/refs\/heads\/main\n.*refs\/tags\/v1$/);
  });

  it("of two branches of which one is bad rejects the bad one alone", async () => {
    project.branch("env-good");
    project.branch("env-bad", { "paas.yaml": read("paas.yaml").replace("port:", "prot:") });
    project.git("checkout", "--quiet", "main");
    const { exit, stderr } = await project.push(["env-bad", "env-good"]);

    expect(exit).toBe(1);
    expect(stderr).toContain('services.web.prot: unknown key; did you mean "port"?');
    expect(stderr).toMatch(/ ! \[remote rejected\] env-bad -> env-bad/);
    expect(stderr).toMatch(/ \* \[new branch\] +env-good -> env-good/);
    expect((await project.get("good")).status).toBe(200);
    expect((await project.paas(["status", "bad"])).exit).toBe(3);
  });

  it("that was rejected can simply be repeated; one that was accepted has nothing to do", async () => {
    expect((await project.push(["env-bad"])).stderr).toContain("[remote rejected]");
    expect((await project.push(["env-good"])).stderr).toContain("Everything up-to-date");
  });

  it("with force deploys an older commit", async () => {
    const first = project.git("rev-parse", "env-good");
    project.git("checkout", "--quiet", "env-good");
    project.write(appOf("two"));
    project.commit("Two");
    expect((await project.push(["env-good"])).exit).toBe(0);
    expect((await factsAt("good")).version).toBe("two");

    const { exit, stderr } = await project.push(["--force", `${first}:env-good`]);
    expect(exit, stderr).toBe(0);
    expect(await factsAt("good")).toMatchObject({ version: "one", commit: first });
  });

  it("after `paas destroy` makes the environment anew", async () => {
    expect((await project.push(["--force", "env-good"])).exit).toBe(0);
    await project.done(["destroy", "good", "--yes"]);
    const { exit, stderr } = await project.push(["env-good"]);

    expect(exit, stderr).toBe(0);
    expect(stderr).not.toContain("Everything up-to-date");
    expect((await factsAt("good")).version).toBe("two");
  });

  it("beside another one to the same branch waits, and is refused as git would refuse it; what is stored is what serves", async () => {
    const commits = ["three", "four"].map((version) => {
      project.write(appOf(version));
      return project.commit(version);
    });
    const pushes = commits.map((commit) => project.push(["--force", `${commit}:env-good`]));
    const [first, second] = await Promise.all(pushes);

    const said = `${first?.stderr}${second?.stderr}`;
    expect([first?.exit, second?.exit].sort(), said).toEqual([0, 1]);
    expect(said).toContain("waiting for the run of env-good before this one");
    expect(said).toContain("another push moved env-good while this one waited, so nothing was deployed for it");
    const stored = project.git("ls-remote", "local", "env-good").split("\t")[0];
    expect((await factsAt("good")).commit).toBe(stored);
  });

  it("and `up` do not care for a proxy, an editor, a pager or another git's variables", async () => {
    await project.done(["local", "stop"]);
    const proxy = "http://127.0.0.1:9";
    const variables = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, https_proxy: proxy, EDITOR: "false", PAGER: "false" };
    const git = { GIT_EDITOR: "false", GIT_PAGER: "false", GIT_INDEX_FILE: "/nowhere/index", GIT_TRACE: "0" };
    project.git("checkout", "--quiet", "env-good");
    const pushed = await project.push(["HEAD:env-proxied"], { ...variables, ...git });
    expect(pushed.exit, pushed.stderr).toBe(0);

    const elsewhere = { GIT_DIR: "/nowhere/.git", GIT_WORK_TREE: "/nowhere", GIT_OBJECT_DIRECTORY: "/nowhere" };
    expect(await project.done(["up", "good"], { ...variables, ...git, ...elsewhere })).toMatch(/^http:\/\/good\./);
    expect((await project.get("proxied")).status).toBe(200);
  });

  it("different environments are made side by side from one checkout", async () => {
    for (const name of ["env-left", "env-right"]) project.git("branch", name, "main");
    const outcomes = await Promise.all(["left", "right"].map((name) => project.paas(["up", name])));

    expect(outcomes.map(({ exit, stderr }) => [exit, exit === 0 ? "" : stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect([(await factsAt("left")).environment, (await factsAt("right")).environment]).toEqual(["left", "right"]);
  });
});
