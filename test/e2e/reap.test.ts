import { beforeAll, describe, expect, it } from "vitest";
import { APP, appOf, factsOf } from "./support/app.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { SHAPES } from "./support/shapes.js";
import { resourcesIn, tagGroup } from "./support/store.js";

describe("what a night finds", () => {
  let project: Project;
  const json = async (...words: string[]) => {
    const outcome = await project.paas([...words, "--json"]);
    return { ...outcome, document: documentOf(outcome) };
  };
  const ids = async () => SHAPES.ls.parse((await json("ls")).document).environments.map(({ envId }) => envId);

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    for (const branch of ["env-alice", "env-bob", "env-staging"]) project.branch(branch);
    const { exit, stderr } = await project.push(["env-alice", "env-bob", "env-staging"]);
    expect(exit, stderr).toBe(0);
    return project.close;
  });

  it("drift: nothing at first, then what somebody changed in the cloud, by name and never by value", async () => {
    const calm = await json("drift");
    expect(calm.exit, calm.stderr).toBe(0);
    expect(SHAPES.drift.parse(calm.document).environments.map(({ status }) => status)).toEqual([
      "none",
      "none",
      "none",
    ]);
    expect(await project.done(["drift", "alice"])).toBe("alice  no drift");

    await project.done(["local", "stop"]);
    const group = resourcesIn(project.folder, "rg-shop-alice").find(({ type }) => type === "azurerm_resource_group");
    const tags = group?.attributes.tags as Record<string, string>;
    tagGroup(project.folder, "rg-shop-alice", { ...tags, owner: "somebody-else" });

    const { exit, document, stdout } = await json("drift");
    expect(exit).toBe(1);
    expect(SHAPES.drift.parse(document).environments).toMatchObject([
      {
        envId: "alice",
        status: "drift",
        resources: [{ type: "azurerm_resource_group", action: "update", attributes: ["tags.owner"] }],
      },
      { envId: "bob", status: "none" },
      { envId: "staging", status: "none" },
    ]);
    expect(stdout).not.toContain("somebody-else");
    const text = await project.paas(["drift", "alice"]);
    expect([text.exit, text.stdout]).toEqual([
      1,
      expect.stringMatching(/^alice {2}drift\n {2}~ \S+ {2}tags\.owner\n$/),
    ]);
    expect((await project.paas(["drift", "nobody"])).exit).toBe(3);
  });

  it("reap: lists and removes what lost its branch, and nothing else", async () => {
    expect(SHAPES["reap --plan"].parse((await json("reap", "--plan")).document).environments).toEqual([]);
    const remote = ["--git-dir", ".paas/remote.git"];
    for (const branch of ["env-bob", "env-staging"]) {
      project.git(...remote, "update-ref", "-d", `refs/heads/${branch}`);
    }

    const plan = SHAPES["reap --plan"].parse((await json("reap", "--plan")).document);
    const why = "branch env-bob is not in remote local";
    expect(plan.environments).toEqual([{ envId: "bob", branch: "env-bob", reason: "gone", why }]);
    expect(plan.kept).toMatchObject([
      { envId: "alice", reason: "wanted" },
      { envId: "staging", reason: "protected" },
    ]);
    expect(await ids()).toEqual(["alice", "bob", "staging"]);
    expect(await json("reap")).toMatchObject({ exit: 2, document: { error: { code: "confirmation-needed" } } });

    const { exit, document } = await json("reap", "--yes");
    expect(exit).toBe(0);
    expect(SHAPES.reap.parse(document).environments).toMatchObject([{ envId: "bob", status: "removed" }]);
    expect(await ids()).toEqual(["alice", "staging"]);
    expect((await project.get("alice")).status).toBe(200);
  });

  it("reap: without a branch in the remote nothing is removed", async () => {
    project.git("--git-dir", ".paas/remote.git", "update-ref", "-d", "refs/heads/env-alice");
    const refused = { exit: 5, document: { error: { code: "branches-unknown" } } };
    expect(await json("reap", "--yes")).toMatchObject(refused);
    expect(await json("reap", "alice", "--yes")).toMatchObject(refused);
    expect(await ids()).toEqual(["alice", "staging"]);
    await project.push(["env-alice"]);
  });

  it("rollback: serves the version before, without a build and without Terraform", async () => {
    const version = async () => factsOf((await project.get("alice")).body);
    const first = project.git("rev-parse", "env-alice");
    project.git("checkout", "--quiet", "env-alice");
    expect(await json("rollback")).toMatchObject({ exit: 3, document: { error: { code: "nothing-to-go-back-to" } } });
    project.write(appOf("two"));
    const second = project.commit("Two");
    expect((await project.push(["env-alice"])).exit).toBe(0);
    expect(await version()).toMatchObject({ version: "two", commit: second });

    const { exit, document, stderr } = await json("rollback", "alice");
    expect(exit, stderr).toBe(0);
    const { environment, durations } = SHAPES.up.parse(document);
    expect(environment.commit).toBe(first);
    expect(Object.keys(durations)).toEqual(["lock", "images", "deploy web", "record"]);
    expect(await version()).toMatchObject({ version: "one", commit: first });
    const { deployments } = SHAPES.status.parse((await json("status")).document);
    expect(deployments.slice(0, 2).map(({ commit }) => commit)).toEqual([first, second]);

    await project.done(["rollback", "--to", second.slice(0, 8)]);
    expect(await version()).toMatchObject({ version: "two", commit: second });
    expect((await json("rollback", "--to", "0000")).exit).toBe(3);
  });
});
