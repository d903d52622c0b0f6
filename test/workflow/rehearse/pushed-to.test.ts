import { afterEach, describe, expect, test } from "vitest";
import { concernsEnvironments } from "../../../src/workflow/concerns.js";
import { parseWorkflowFile } from "../../../src/workflow/rehearse/workflow-file.js";
import { type Repository, temporaryFolder } from "../../helpers/repository.js";
import { generated, projectFiles, type Theatre, theatre } from "./theatre.js";

const removals: (() => void)[] = [];
const lifetime = { removeAfter: (remove: () => void) => removals.push(remove) };
afterEach(() => {
  for (const remove of removals.splice(0)) remove();
});

/** A checkout and the bare repository that it pushes to. */
function pushedFrom(files = projectFiles()): { stage: Theatre; checkout: Repository; remote: string } {
  const stage = theatre(files, lifetime);
  const remote = temporaryFolder("remote-", lifetime);
  stage.repository.git("init", "--quiet", "--bare", remote);
  stage.repository.git("remote", "add", "local", remote);
  stage.branch("env-alice");
  stage.repository.git("push", "--quiet", "local", "env-alice");
  return { stage, checkout: stage.repository, remote };
}

const named = (name: string) => generated("environment").replace("name: Environment", `name: ${name}`);
const FILE = ".github/workflows/paas-environment.yml";

describe("a push to a bare repository", () => {
  test("is of the branches that are there: the checkout's own are not seen", async () => {
    const { stage, remote } = pushedFrom();
    stage.branch("env-bob");
    const { jobs } = await stage.play({ kind: "push", branch: "env-alice" }, { pushedTo: remote });
    expect(jobs).toEqual(["up=success", "destroy=skipped"]);
    const other = stage.play({ kind: "push", branch: "env-bob" }, { pushedTo: remote });
    await expect(other).rejects.toMatchObject({ code: "no-such-commit" });
  });

  test("of a deletion reads the default branch of the checkout, where it was never pushed", async () => {
    const { stage, checkout, remote } = pushedFrom();
    checkout.write({ [FILE]: named("Of the checkout") });
    checkout.commit();
    const { only, paas } = await stage.play({ kind: "delete", branch: "env-alice" }, { pushedTo: remote });
    expect(only.name).toBe("Of the checkout");
    expect(paas[0]?.slice(0, 2)).toEqual(["destroy", "--push"]);
  });

  test("of a deletion reads the default branch as it was pushed, once it was", async () => {
    const { stage, checkout, remote } = pushedFrom();
    checkout.git("push", "--quiet", "local", "main");
    checkout.write({ [FILE]: named("Not pushed") });
    checkout.commit();
    const { only } = await stage.play({ kind: "delete", branch: "env-alice" }, { pushedTo: remote });
    expect(only.name).toBe("Environment");
  });

  test("changes no ref of either", async () => {
    const { stage, checkout, remote } = pushedFrom();
    const refs = () => [checkout.git("for-each-ref"), checkout.git("--git-dir", remote, "for-each-ref")];
    const before = refs();
    await stage.play({ kind: "delete", branch: "env-alice" }, { pushedTo: remote });
    await stage.play({ kind: "push", branch: "env-alice", commit: "main" }, { pushedTo: remote }).catch(() => {});
    expect(refs()).toEqual(before);
  });
});

describe("of the workflow files", () => {
  const foreign = "on: push\njobs: { x: { runs-on: x, steps: [{ uses: acme/unheard-of@v1 }] } }\n";
  const play = (files: Record<string, string>) => {
    const { stage, remote } = pushedFrom({ ...projectFiles(), ...files });
    const takesPart = (file: { path: string }) => !file.path.endsWith("ci.yml");
    return stage.play({ kind: "push", branch: "env-alice" }, { pushedTo: remote, takesPart });
  };

  test("one that takes no part does not start, whatever it uses", async () => {
    const { transcript, only } = await play({ ".github/workflows/ci.yml": foreign });
    expect(only.path).toBe(FILE);
    expect(transcript.workflows.find(({ path }) => path.endsWith("ci.yml"))).toMatchObject({
      starts: false,
      why: "left out: it has nothing to do with environments",
    });
  });

  test("none may be left", async () => {
    const stage = theatre({ ".github/workflows/ci.yml": foreign }, lifetime);
    const played = stage.play({ kind: "push", branch: "main" }, { takesPart: () => false });
    await expect(played).rejects.toMatchObject({ code: "no-workflows" });
  });

  const job = (more: string) => `on: push\njobs:\n  x:\n    runs-on: x\n${more}`;
  test.each([
    ["paas-anything.yml", job("    steps: [{ run: ls }]"), true],
    ["ci.yml", job("    steps: [{ run: npm test }]"), false],
    ["ci.yml", job("    steps: [{ run: npx paas up alice }]"), true],
    ["ci.yml", job("    environment: paas-branch\n    steps: [{ run: ls }]"), true],
    ["ci.yml", job("    environment: prod\n    steps: [{ run: ls }]"), true],
    ["ci.yml", job("    environment: other\n    steps: [{ run: ls }]"), false],
    ["ci.yml", "on: [", false],
    ["ci.yml", "on: [ # paas", true],
  ])("%s, %j: it has to do with environments = %s", async (name, text, expected) => {
    const { workflow } = await parseWorkflowFile(name, text);
    const fixed = [{ envId: "prod", branch: "release", tier: "prod", protected: true }] as const;
    expect(concernsEnvironments({ path: `.github/workflows/${name}`, text, workflow }, fixed)).toBe(expected);
  });
});
