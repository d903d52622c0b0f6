import { beforeAll, describe, expect, it } from "vitest";
import { infraPackages, packageCache } from "../../src/terraform/packages.js";
import { gitRepo, type Repository } from "../helpers/repository.js";
import { APP, appOf, factsOf } from "./support/app.js";
import { type Island, openIsland } from "./support/island.js";
import { documentOf } from "./support/project.js";

const ELSEWHERE = `require("node:net").connect(443, "192.0.2.1").on("error", ({ code }) => console.log(code));`;

/** The main job where no other machine can be reached: it needs none, and tries none. */
describe("without a network", () => {
  let island: Island;
  let repository: Repository;
  const removals: (() => void)[] = [];
  const cwd = () => repository.folder;
  const paas = async (...words: string[]) => {
    const { exit, stdout, stderr } = await island.paas(words, { cwd: cwd() });
    expect(exit, `paas ${words.join(" ")}\n${stderr}`).toBe(0);
    return stdout.trimEnd();
  };
  const push = async (...words: string[]) => {
    const { exit, stderr } = await island.run("git", ["push", "local", ...words], { cwd: cwd() });
    expect(exit, stderr).toBe(0);
  };
  const factsAt = async (environment: string) => factsOf((await island.ask(await paas("open", environment))).body);

  beforeAll(async () => {
    await fillCache();
    island = await openIsland();
    repository = gitRepo(APP, { removeAfter: (remove) => removals.push(remove) });
    return async () => {
      await island.paas(["local", "stop"], { cwd: cwd() });
      await island.close();
      for (const remove of removals) remove();
    };
  });

  it("there is none: only the loopback interface, and what tries another machine fails and is counted", async () => {
    expect(await island.interfaces()).toEqual(["lo"]);
    const before = await island.attempts();
    const { stdout } = await island.run(process.execPath, ["-e", ELSEWHERE], { cwd: cwd() });
    expect(stdout).toBe("ENETUNREACH\n");
    expect(await island.attempts()).toBeGreaterThan(before);
  });

  it("init, two pushes, a change, a destroy: all of it works, and nothing tries to leave the machine", async () => {
    const before = await island.attempts();
    await paas("init", "--yes", "--name", "shop");
    repository.commit("Start");
    for (const name of ["env-alice", "env-bob"]) repository.git("branch", name);
    await push("env-alice", "env-bob");
    expect(await factsAt("alice")).toMatchObject({ environment: "alice", branch: "env-alice", version: "one" });
    expect(await factsAt("bob")).toMatchObject({ environment: "bob", branch: "env-bob", version: "one" });

    repository.git("switch", "--quiet", "env-alice");
    repository.write(appOf("two"));
    const commit = repository.commit("Two");
    await push("env-alice");
    expect(await factsAt("alice")).toMatchObject({ commit, version: "two" });
    expect(await factsAt("bob")).toMatchObject({ version: "one" });

    const url = await paas("open", "alice");
    expect(await paas("destroy", "alice", "--yes")).toBe("environment alice is destroyed");
    expect((await island.ask(url)).status).toBe(404);
    expect((await factsAt("bob")).environment).toBe("bob");

    const { refused } = documentOf({ stdout: await paas("local", "status", "--json") });
    expect(refused).toEqual([]);
    expect(await paas("local", "stop")).toBe("stopped");
    expect(await island.attempts()).toBe(before);
  });
});

/** The packages of a new project's `infra/` come from the user's cache: the one thing that a network was needed for. */
async function fillCache(): Promise<void> {
  const request = { infra: "templates/infra", cache: packageCache(process.env), install: true, onLine: () => {} };
  await infraPackages({ ...request, signal: AbortSignal.timeout(100_000) });
}
