import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "../helpers/paas.js";
import { eventually } from "./support/ask.js";
import { documentOf, openProject, type Project } from "./support/project.js";

/** How the app fails is a setting of each environment, so that all of them run the same commit. */
const SERVER = `const http = require("node:http");
const { BEHAVIOUR, PORT } = process.env;
console.log("behaviour", BEHAVIOUR);
if (BEHAVIOUR === "exits") throw new Error("no database");
const server = http.createServer((request, response) => {
  if (request.url === "/die") process.exit(7);
  if (BEHAVIOUR === "hangs") return;
  response.statusCode = BEHAVIOUR === "500" ? 500 : 200;
  response.end(String(process.pid));
});
const port = BEHAVIOUR === "port" ? 0 : Number(PORT);
const listen = () => server.listen(port, "127.0.0.1", () => console.log("listening on", server.address().port));
setTimeout(listen, { late: 1500, never: 600000 }[BEHAVIOUR] ?? 0);
`;

const service = (behaviour: string, more = "") =>
  `{ services: { web: { env: { BEHAVIOUR: "${behaviour}" }${more} } } }`;

const OVERLAYS = `
environments:
  fine: ${service("fine")}
  late: ${service("late")}
  exits: ${service("exits")}
  never: ${service("never", ", startup: 3s")}
  other-port: ${service("port", ", startup: 3s")}
  broken: ${service("500", ", startup: 3s")}
  hangs: ${service("hangs", ", startup: 3s")}
`;

describe("an app that fails", () => {
  let project: Project;
  const first: Record<string, Outcome> = {};
  const pid = async (environment: string) => (await project.get(environment)).body;
  const read = (file: string) => fs.readFileSync(path.join(project.folder, file), "utf8");

  beforeAll(async () => {
    const files = { "package.json": JSON.stringify({ scripts: { start: "node server.js" } }), "server.js": SERVER };
    project = await openProject({ name: "shop", files, manifest: OVERLAYS });
    const names = ["fine", "late", "exits", "never", "other-port", "broken", "hangs"];
    for (const name of names) project.git("branch", `env-${name}`);
    await project.done(["local", "start"]);
    const outcomes = await Promise.all(names.map(async (name) => [name, await project.paas(["up", name])] as const));
    Object.assign(first, Object.fromEntries(outcomes));
    return project.close;
  });

  it("by listening late is healthy all the same, if it does so within startup", async () => {
    expect(first.late?.exit, first.late?.stderr).toBe(0);
    expect((await project.get("late")).status).toBe(200);
  });

  it.each([
    ["exits", "exited with code 1 after", "Error: no database"],
    ["never", "never listened on PORT", "behaviour never"],
    ["broken", "answered 500 on / (healthy is 2xx or 3xx), not healthy within 3 s", "behaviour 500"],
    ["hangs", "accepted the connection but did not answer /", "behaviour hangs"],
  ])("at its first deployment (%s) is refused, with the reason and its last output", async (name, reason, output) => {
    const { exit, stdout, stderr } = first[name] as Outcome;
    expect([exit, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`error: service web of ${name} did not get healthy: `);
    expect(stderr).toContain(reason);
    expect(stderr).toMatch(new RegExp(`last output of commit [0-9a-f]{8}:\\n(    .*\\n)*    .*${output}`));
    expect(stderr).toContain("  nothing serves yet: there was no version before\n");
    expect(stderr).toContain("  next: ");
    expect((await project.get(name).catch(() => null))?.status ?? 503).not.toBe(200);
    expect(await project.done(["status", name])).toMatch(/^status +failed; nothing serves yet$/m);
  });

  it("by listening on another port is told which one", () => {
    const { stderr } = first["other-port"] as Outcome;
    const port = /listening on (\d+)/.exec(stderr)?.[1];
    expect(stderr).toMatch(
      new RegExp(`the app listens on ${port}, not on PORT \\(\\d+\\): listen on process.env.PORT`),
    );
  });

  it("is healed by the next `up`", async () => {
    project.branch("env-exits", { "paas.yaml": read("paas.yaml").replace('"exits"', '"fine"') });
    await project.done(["up", "exits"]);
    expect((await project.get("exits")).status).toBe(200);
  });

  it.each([
    ["whose build fails", { "package.json": buildBy("console.error('no compiler'); process.exit(3)") }, "no compiler"],
    ["that exits at once", { "server.js": "console.log('bye')\n" }, "bye"],
  ])("in a new version %s goes on serving with the old one, infrastructure untouched", async (_, files, output) => {
    const [before, status] = [await pid("fine"), documentOf(await project.paas(["status", "fine", "--json"]))];
    project.branch("env-fine", files);
    const { exit, stderr } = await project.push(["--force", "env-fine"]);

    expect(exit).toBe(1);
    expect(stderr).toContain(output);
    expect(stderr).toContain("goes on serving");
    expect(stderr).toContain("plan             no change");
    expect(await pid("fine")).toBe(before);
    const after = documentOf(await project.paas(["status", "fine", "--json"]));
    expect(after.deployments).toEqual(status.deployments);
    expect(after.environment).toMatchObject({ status: "failed" });
  });

  it("runs its release command before traffic moves; a failing one stops the deployment", async () => {
    const before = await pid("fine");
    const release = (command: string) => ({
      "paas.yaml": read("paas.yaml").replace("    health: /", `    health: /\n    release: ${command}`),
    });
    project.git("checkout", "--quiet", "main");
    project.branch("env-fine", release("node -e \"console.log('migrating'); process.exit(4)\""));
    const failed = await project.paas(["up", "fine"]);
    expect(failed.exit).toBe(1);
    expect(failed.stderr).toContain("migrating");
    expect(failed.stderr).toMatch(/✗ release web/);
    expect(failed.stderr).not.toMatch(/deploy web/);
    expect(await pid("fine")).toBe(before);

    project.git("checkout", "--quiet", "main");
    project.branch("env-fine", release("node -e \"console.log('migrated', process.env.BEHAVIOUR)\""));
    const { exit, stderr } = await project.paas(["up", "fine"]);
    expect(exit, stderr).toBe(0);
    expect(stderr).toContain("migrated fine");
    expect(stderr.indexOf("✓ release web")).toBeLessThan(stderr.indexOf("✓ deploy web"));
    expect(await pid("fine")).not.toBe(before);
  });

  it("that dies later is started again, and status and logs say so", async () => {
    const before = await pid("late");
    await project.get("late", { place: "/die" }).catch(() => null);
    const again = await eventually(async () => {
      const { status, body } = await project.get("late").catch(() => ({ status: 0, body: "" }));
      return status === 200 && body !== before ? body : undefined;
    }, "the app to answer again");

    expect(again).toMatch(/^\d+$/);
    expect(await project.done(["local", "status"])).toMatch(/^ca-shop-late-web-\w+ +running +1 /m);
    expect(await project.done(["logs", "late"])).toContain("exited with code 7");
  });
});

function buildBy(script: string): string {
  return JSON.stringify({ scripts: { start: "node server.js", build: `node -e "${script}"` } });
}
