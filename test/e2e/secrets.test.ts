import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Outcome, paas as runPaas } from "../helpers/paas.js";
import { APP } from "./support/app.js";
import { addressOf } from "./support/daemon.js";
import { allProcesses } from "./support/processes.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { request, signedIn } from "./support/request.js";
import { filesIn, filesWith } from "./support/search.js";
import { startPaas } from "./support/started.js";

const SERVER = `const { createHash } = require("node:crypto");
const answer = createHash("sha256").update(process.env.STRIPE_KEY).digest("hex");
require("node:http").createServer((_, response) => response.end(answer)).listen(Number(process.env.PORT), "127.0.0.1");
`;

const MANIFEST = `
environments:
  "*": { services: { web: { secrets: [STRIPE_KEY] } } }
`;

describe("a secret", () => {
  const canary = `canary-${randomBytes(12).toString("hex")}`;
  const second = `canary-${randomBytes(12).toString("hex")}`;
  const printed: string[] = [];
  let project: Project;
  const vault = () => path.join(project.folder, ".paas", "secrets", "alice.env");
  const paas = async (words: string[], variables?: NodeJS.ProcessEnv): Promise<Outcome> => {
    const outcome = await project.paas(words, variables);
    printed.push(outcome.stdout, outcome.stderr);
    return outcome;
  };
  const hashOf = (value: string) => createHash("sha256").update(value).digest("hex");
  /** Everywhere that a value was found, the vault left out. */
  const placesWith = async (value: string): Promise<string[]> => {
    const state = await project.done(["terraform", "alice", "--", "state", "pull"]);
    expect(state).toContain("azurerm_container_app");
    const history = project.git("log", "--all", "--patch");
    return [
      ...filesWith(value, project.folder, [".paas/secrets"]),
      ...(state.includes(value) ? ["the state"] : []),
      ...(history.includes(value) ? ["git"] : []),
      ...(printed.join("").includes(value) ? ["the output"] : []),
    ];
  };

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: { ...APP, "server.js": SERVER }, manifest: MANIFEST });
    project.branch("env-alice");
  });
  afterAll(() => project.close());

  it("that is missing stops `up` before anything is made, and the error says how to give it", async () => {
    const { exit, stderr } = await paas(["up", "alice"]);

    expect(exit).toBe(2);
    expect(stderr).toContain("lacks 1 secret: STRIPE_KEY  [secret-missing]");
    expect(stderr).toContain("next: run again with PAAS_SECRET_STRIPE_KEY=… in the environment");
    expect(documentOf(await paas(["ls", "--json"]))).toMatchObject({ environments: [] });
  });

  it("reaches the app, and no command line on its way", async () => {
    const run = startPaas(["up", "alice", "--json"], project.folder, { PAAS_SECRET_STRIPE_KEY: canary });
    const seen = new Set<string>();
    let running = true;
    const watching = (async () => {
      while (running) {
        for (const { command } of allProcesses()) seen.add(command.join(" "));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const { exit, stdout, stderr } = await run.ended;
    running = false;
    await watching;
    printed.push(stdout, stderr);

    expect(exit, stderr).toBe(0);
    expect((await project.get("alice")).body).toBe(hashOf(canary));
    const commands = [...seen].join("\n");
    expect(commands).toContain("terraform apply");
    expect(commands).not.toContain(canary);
    expect(commands).not.toContain(addressOf(project.folder).token);
  });

  it("lies in the vault alone, which only its owner can read", async () => {
    for (const command of [
      ["status", "alice"],
      ["plan", "alice"],
      ["logs", "alice"],
      ["local", "status"],
      ["local", "logs"],
    ]) {
      await paas(command);
      await paas([...command, "--json"]);
    }
    expect(fs.readFileSync(vault(), "utf8")).toContain(canary);
    expect(fs.statSync(vault()).mode & 0o777).toBe(0o600);
    expect(fs.statSync(path.dirname(vault())).mode & 0o777).toBe(0o700);
    expect(filesIn(path.join(project.folder, ".paas", "work")).filter((file) => file.endsWith(".tfplan"))).toEqual([]);
    expect(await placesWith(canary)).toEqual([]);
  });

  it("reaches a command beside the app, and no command line or output on its way", async () => {
    const read =
      'require("node:fs").writeSync(1, crypto.createHash("sha256").update(process.env.STRIPE_KEY).digest("hex"))';
    const wait = `${read}; setTimeout(() => {}, 500)`;
    const seen: string[] = [];
    const run = startPaas(["exec", "alice", "--", "node", "-e", wait], project.folder);
    await run.says(new RegExp(hashOf(canary)));
    for (const { command } of allProcesses()) seen.push(command.join(" "));
    const { exit, stdout, stderr } = await run.ended;
    printed.push(stdout, stderr);
    expect([exit, stdout]).toEqual([0, hashOf(canary)]);
    expect(seen.join("\n")).toContain("writeSync");
    expect(seen.join("\n")).not.toContain(canary);
    expect(await placesWith(canary)).toEqual([]);
  });

  it("that is kept need not be given again, and restarts nothing", async () => {
    const { exit, stderr } = await paas(["up", "alice"]);

    expect(exit, stderr).toBe(0);
    expect(stderr).toContain("unchanged, not restarted");
  });

  it("that changes reaches the app with the next `up`, though nothing else changed", async () => {
    const { exit, stderr } = await paas(["up", "alice"], { PAAS_SECRET_STRIPE_KEY: second });

    expect(exit, stderr).toBe(0);
    expect((await project.get("alice")).body).toBe(hashOf(second));
    expect(await placesWith(second)).toEqual([]);
    expect(await placesWith(canary)).toEqual([]);
  });

  it("that is the tier's reaches an environment that has none of its own, and no command line or output", async () => {
    const standard = `canary-${randomBytes(12).toString("hex")}`;
    const secret = async (words: string[], input?: string) => {
      const outcome = await runPaas(["secret", ...words], { cwd: project.folder, ...(input ? { input } : {}) });
      printed.push(outcome.stdout, outcome.stderr);
      return outcome;
    };
    expect((await secret(["set", "STRIPE_KEY", "--tier", "nonprod"], `${standard}\n`)).exit).toBe(0);
    expect((await paas(["up", "alice"])).exit).toBe(0);
    expect((await project.get("alice")).body).toBe(hashOf(second));

    expect((await secret(["rm", "STRIPE_KEY", "--env", "alice"])).exit).toBe(0);
    expect((await paas(["up", "alice"])).exit).toBe(0);
    expect((await project.get("alice")).body).toBe(hashOf(standard));
    expect((await secret(["ls", "--env", "alice"])).stdout).toBe("STRIPE_KEY\n");
    expect(await placesWith(standard)).toEqual([]);

    expect((await secret(["set", "STRIPE_KEY", "--env", "alice"], second)).exit).toBe(0);
    expect((await paas(["up", "alice"])).exit).toBe(0);
    expect((await project.get("alice")).body).toBe(hashOf(second));
    expect((await secret(["rm", "STRIPE_KEY", "--tier", "nonprod"])).exit).toBe(0);
  });

  it.each([
    ["a name that the manifest could not hold", ["set", "stripe-key"], 2, "secret-name"],
    ["no value", ["set", "STRIPE_KEY"], 2, "secret-value"],
    ["a value that is not there", ["rm", "OTHER_KEY"], 3, "no-such-secret"],
    ["two vaults at once", ["ls", "--tier", "nonprod"], 2, "usage"],
  ])("is refused: %s", async (_, words, exit, code) => {
    const outcome = await paas(["secret", ...words, "--env", "alice"]);
    expect(outcome.exit, outcome.stderr).toBe(exit);
    expect(outcome.stderr).toContain(`[${code}]`);
  });

  it("that a container app held itself would be found by this test", async () => {
    const address = addressOf(project.folder);
    const { resources } = JSON.parse(fs.readFileSync(path.join(project.folder, ".paas/local/store.json"), "utf8")) as {
      resources: Record<string, { id: string; type: string }>;
    };
    const app = Object.values(resources).find(({ type }) => type === "azurerm_container_app")?.id;
    const secrets = [{ name: "stripe-key", value: canary }];
    const { status, body } = await request(address, {
      method: "PATCH",
      path: `${app}?api-version=2025-01-01`,
      headers: signedIn(address),
      body: { properties: { configuration: { secrets } } },
    });
    expect(status, body).toBe(202);
    await project.done(["terraform", "alice", "--", "apply", "-refresh-only", "-auto-approve"]);

    const places = await placesWith(canary);
    expect(places).toContain("the state");
    expect(places).toContainEqual(expect.stringMatching(/^\.paas\/local\/storage\//));
  });

  it("goes with its environment", async () => {
    expect((await paas(["destroy", "alice", "--yes"])).exit).toBe(0);
    expect(filesWith(second, project.folder)).toEqual([]);
    expect((await paas(["up", "alice"])).exit).toBe(2);
  });
});
