import { beforeAll, describe, expect, it } from "vitest";
import type { z } from "zod";
import { type Outcome, paas } from "../helpers/paas.js";
import { temporaryFolder } from "../helpers/repository.js";
import { APP } from "./support/app.js";
import { placesOf, stateOf } from "./support/daemon.js";
import { openProject, type Project } from "./support/project.js";
import { ERROR, SHAPES } from "./support/shapes.js";

/** The one document on stdout in its shape; anything else on stdout is no JSON. */
function parsed<Shape extends z.ZodType>({ stdout, stderr }: Outcome, shape: Shape): z.infer<Shape> {
  expect(stdout, stderr).toMatch(/^\{[\s\S]*\}\n$/);
  return shape.parse(JSON.parse(stdout));
}

describe("--json", () => {
  let project: Project;
  const json = (...words: string[]) => project.paas([...words, "--json"]);
  const inShape = async (words: string[], shape: z.ZodType) => {
    const outcome = await json(...words);
    expect(outcome.exit, outcome.stderr).toBe(0);
    return parsed(outcome, shape);
  };

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP, manifest: MANIFEST });
    project.branch("env-alice");
    return project.close;
  });

  it("init", async () => {
    expect(await inShape(["init", "--yes", "--dry-run"], SHAPES.init)).toMatchObject({ dryRun: true });
    expect(await inShape(["init", "--yes"], SHAPES.init)).toMatchObject({ dryRun: false });
  });

  it("name, validate and config, without a cloud", async () => {
    const named = await inShape(["name", "env-alice"], SHAPES.name);
    expect(named).toMatchObject({ envId: "alice", resourceGroup: "rg-shop-alice", stateKey: "state/alice.tfstate" });
    await inShape(["validate"], SHAPES.validate);
    expect(await inShape(["doctor"], SHAPES.doctor)).toMatchObject({ ok: true, counts: { warning: 0, failure: 0 } });
    expect(await inShape(["config", "alice"], SHAPES.config)).toMatchObject({ settings: { ttl: 7 * 86_400_000 } });
  });

  it("up, then everything that shows the environment", async () => {
    await inShape(["local", "start"], SHAPES["local start"]);
    expect(await inShape(["plan"], SHAPES.plan)).toMatchObject({ changes: { create: 4 } });
    const up = (await inShape(["up"], SHAPES.up)) as z.infer<typeof SHAPES.up>;
    expect(up.environment.commit).toBe(project.git("rev-parse", "HEAD"));
    expect(Object.keys(up.durations)).toEqual(expect.arrayContaining(["plan", "apply", "build web", "deploy web"]));
    expect(await inShape(["plan"], SHAPES.plan)).toMatchObject({ changes: { create: 0, update: 0 }, resources: [] });

    const ls = (await inShape(["ls"], SHAPES.ls)) as z.infer<typeof SHAPES.ls>;
    expect(ls.environments).toMatchObject([{ envId: "alice", status: "running", locked: false, url: up.url }]);
    const status = (await inShape(["status"], SHAPES.status)) as z.infer<typeof SHAPES.status>;
    expect(status.environment.tags).toMatchObject({ "paas-env": "alice", "paas-commit": up.environment.commit });
    expect(status.services).toMatchObject([{ name: "web", state: "healthy", image: up.services[0]?.image }]);
    expect(await inShape(["open"], SHAPES.open)).toMatchObject({ environment: "alice", url: up.url });
    await inShape(["unlock", "alice"], SHAPES.unlock);
    const local = (await inShape(["local", "status"], SHAPES["local status"])) as { refused: string[] };
    expect(local.refused).toEqual([]);
  });

  it("secret and eject", async () => {
    const set = await paas(["secret", "set", "SPARE_KEY", "--tier", "nonprod", "--json"], {
      cwd: project.folder,
      input: "x\n",
    });
    expect(parsed(set, SHAPES["secret set"])).toMatchObject({ environment: null, tier: "nonprod", name: "SPARE_KEY" });
    const listed = await inShape(["secret", "ls", "--tier", "nonprod"], SHAPES["secret ls"]);
    expect(listed).toMatchObject({ secrets: [{ name: "SPARE_KEY" }] });
    await inShape(["secret", "rm", "SPARE_KEY", "--tier", "nonprod"], SHAPES["secret rm"]);
    const ejected = await inShape(["eject", "--out", ".paas/ejected"], SHAPES.eject);
    expect(ejected).toMatchObject({ environment: { envId: "alice" }, files: ["README.md", "main.tf.json"] });
  });

  it("logs: one document per line", async () => {
    const { exit, stdout } = await json("logs");
    expect(exit).toBe(0);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => SHAPES.log.parse(JSON.parse(line)));
    expect(lines.map(({ text }) => text)).toContain("listening");
  });

  it("without it stdout carries exactly the result", async () => {
    const url = (await project.paas(["up"])).stdout;
    expect(url).toMatch(/^http:\/\/alice\.shop\.localhost:\d+\n$/);
    expect((await project.paas(["open"])).stdout).toBe(url);
    expect((await project.paas(["name", "env-alice"])).stdout).toBe("alice\n");
    expect((await project.paas(["validate"])).stdout).toBe("paas.yaml is valid: project shop, 1 service\n");
    const [header, ...rows] = (await project.paas(["ls"])).stdout.split("\n");
    expect(header).toMatch(/^ENVIRONMENT +BRANCH +STATUS +COMMIT +EXPIRES +URL$/);
    expect(rows).toEqual([expect.stringMatching(/^alice +env-alice +running +[0-9a-f]{8} +in 7 d +http/), ""]);
  });

  describe("an error is the one document, with the exit code of the error", () => {
    const failing = async (words: string[], exit: number, code: string, variables?: NodeJS.ProcessEnv) => {
      const outcome = await project.paas([...words, "--json"], variables);
      expect(outcome.exit, outcome.stderr).toBe(exit);
      expect(outcome.stderr).not.toContain("error:");
      const { error } = parsed(outcome, ERROR);
      expect(error).toMatchObject({ code, next: expect.any(String) });
      return error;
    };

    it("1: failed", () => failing(["up"], 1, "terraform-missing", { PAAS_TERRAFORM: "/nowhere/terraform" }));

    it.each([
      ["an unknown option", ["up", "--frob"]],
      ["an unknown command", ["frob"]],
      ["a missing argument", ["name"]],
      ["an argument too many", ["ls", "more"]],
      ["a value that is not allowed", ["--cloud", "moon", "ls"]],
    ])("2: wrong usage, %s", async (_, words) => {
      const outcome = await json(...words);
      expect([outcome.exit, outcome.stderr]).toEqual([2, ""]);
      const { error } = JSON.parse(outcome.stdout) as z.infer<typeof ERROR>;
      expect(error).toMatchObject({ code: "usage", next: expect.stringMatching(/^see `paas (\w+ )?--help`$/) });
    });

    it("2: no name of an environment", () => failing(["status", "No Name"], 2, "environment-name-invalid"));

    it("2: no repository", async () => {
      const outcome = await paas(["ls", "--json"], { cwd: temporaryFolder("plain-") });
      expect(outcome.exit).toBe(2);
      expect(parsed(outcome, ERROR).error.code).toBe("not-a-repository");
    });

    it("3: no such environment", async () => {
      await failing(["status", "nobody"], 3, "no-such-environment");
      await failing(["destroy", "nobody", "--yes"], 3, "no-such-environment");
    });

    it("5: refused by protection", async () => {
      project.git("branch", "env-staging");
      await project.done(["up", "staging"]);
      const { next } = await failing(["destroy", "staging", "--yes"], 5, "protected");
      expect(next).toBe("`paas destroy staging --yes --confirm staging`");
    });

    it("6: locked, and the lock is left to its holder", async () => {
      const options = { lockTimeout: 0, signal: new AbortController().signal };
      const { records } = stateOf(project.folder);
      const held = await records.hold(placesOf("alice").record, { operation: "up" }, options);
      await failing(["up"], 6, "environment-locked");
      await failing(["unlock", "alice"], 6, "environment-locked");
      const ls = parsed(await json("ls"), SHAPES.ls);
      expect(ls.environments.map(({ locked }) => locked)).toEqual([true, false]);
      await held.release();
    });

    it("with --detailed-exitcode 2 means changes, so wrong usage is 1", async () => {
      expect((await json("plan", "--detailed-exitcode", "--frob")).exit).toBe(1);
      await failing(["plan", "No Name", "--detailed-exitcode"], 1, "environment-name-invalid");
    });
  });

  it("destroy, and the local cloud's end", async () => {
    const destroyed = await inShape(["destroy", "alice", "--yes"], SHAPES.destroy);
    expect(destroyed).toMatchObject({ environment: { envId: "alice", branch: "env-alice" } });
    const again = await inShape(["destroy", "alice", "--yes"], SHAPES.destroy);
    expect(again).toMatchObject({ steps: [] });
    await inShape(["local", "stop"], SHAPES["local stop"]);
    expect(await inShape(["local", "status"], SHAPES["local stop"].partial())).toMatchObject({ running: false });
    await inShape(["local", "reset", "--yes"], SHAPES["local reset"]);
  });
});

const MANIFEST = `
environments:
  alice: { ttl: 7d }
`;
