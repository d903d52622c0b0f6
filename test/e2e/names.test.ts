import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { APP, factsOf } from "./support/app.js";
import { ask } from "./support/ask.js";
import { documentOf, openProject, type Project } from "./support/project.js";

/** Branches that differ in case, look like code, or do not fit into any name of Azure. */
const HOSTILE = [
  "env-alice",
  "env-Alice",
  "env-env-alice",
  "env-$(touch>x)",
  "env-a;b",
  "env-🚀",
  `env-${"y".repeat(200)}`,
];

type Listed = { environments: { envId: string; branch: string; url: string; status: string }[] };

describe("branches pushed to the local remote", () => {
  let project: Project;
  const listed = async () => (documentOf(await project.paas(["ls", "--json"])) as Listed).environments;
  const remoteBranches = () => project.git("ls-remote", "--heads", "local").split("\n").filter(Boolean).length;

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    for (const branch of HOSTILE) project.git("branch", branch);
    return project.close;
  });

  it("whatever their names are, each becomes an environment of its own", async () => {
    const { exit, stderr } = await project.push(HOSTILE);
    expect(exit, stderr).toBe(0);

    const environments = await listed();
    expect(environments.map(({ branch }) => branch).sort()).toEqual([...HOSTILE].sort());
    expect(new Set(environments.map(({ envId }) => envId)).size).toBe(HOSTILE.length);
    for (const { branch, envId, url } of environments) {
      const { status, body } = await ask(url);
      expect([status, factsOf(body)]).toEqual([200, expect.objectContaining({ environment: envId, branch })]);
    }
  });

  it("no name was ever read by a shell", () => {
    const files = fs.readdirSync(project.folder, { recursive: true, encoding: "utf8" });
    expect(files.filter((file) => path.basename(file) === "x")).toEqual([]);
  });

  it("one is named by its id or by its branch", async () => {
    const { envId } = (await listed()).find(({ branch }) => branch === "env-a;b") as Listed["environments"][0];
    expect(await project.done(["open", envId])).toBe(await project.done(["open", "env-a;b"]));
    const outcome = await project.paas(["up", envId]);
    expect([outcome.exit, outcome.stdout]).toEqual([0, `${await project.done(["open", envId])}\n`]);
  });

  it("deleting the branches destroys the environments", async () => {
    const { exit, stderr } = await project.push(["--delete", ...HOSTILE]);
    expect(exit, stderr).toBe(0);
    expect(await listed()).toEqual([]);
    expect(remoteBranches()).toBe(0);
    const all = documentOf(await project.paas(["ls", "--all", "--json"])) as Listed;
    expect(all.environments.map(({ status }) => status)).toEqual(HOSTILE.map(() => "destroyed"));
  });
});
