import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ask } from "./support/ask.js";
import { documentOf, openProject, type Project } from "./support/project.js";

const PACKAGE = JSON.stringify({ private: true, scripts: { start: "node server.js" } });

/** Answers with what the api says, and with its own version. */
const WEB = `const http = require("node:http");
http
  .createServer(async (request, response) => {
    const api = request.url === "/deep" ? await (await fetch(process.env.API_URL)).text() : "";
    response.end(["web one", process.pid, api].join("|"));
  })
  .listen(Number(process.env.PORT), "127.0.0.1");
`;
const API = `require("node:http")
  .createServer((request, response) => response.end(["api one", process.pid, process.env.GREETING].join("|")))
  .listen(Number(process.env.PORT), "127.0.0.1");
`;

const FILES = {
  "apps/web/package.json": PACKAGE,
  "apps/web/server.js": WEB,
  "apps/api/package.json": PACKAGE,
  "apps/api/server.js": API,
};

type Up = { services: { name: string; url: string | null; changed: boolean; healthy: boolean }[]; url: string };

describe("a project of two services", () => {
  let project: Project;
  const read = (file: string) => fs.readFileSync(path.join(project.folder, file), "utf8");
  const pids = async () => {
    const [web = "", api = ""] = (await project.get("alice", { place: "/deep" })).body.split(/(?<=^web \w+\|\d+)\|/);
    return { web: web.split("|")[1], api: api.split("|")[1], greeting: api.split("|")[2] };
  };
  const commit = (files: Record<string, string>) => {
    project.write(files);
    project.commit("Change");
  };

  beforeAll(async () => {
    const init = ["--service", "web=apps/web", "--service", "api=apps/api"];
    project = await openProject({ name: "shop", files: FILES, init });
    const manifest = read("paas.yaml").replace(/( {2}api:\n)/, "$1    internal: true\n    env: { GREETING: hello }\n");
    project.write({ "paas.yaml": manifest });
    project.commit("The api is internal");
    project.branch("env-alice");
    return project.close;
  });

  it("both run, and one finds the other", async () => {
    const { exit, stdout, stderr } = await project.paas(["up", "--json"]);
    expect(exit, stderr).toBe(0);
    const { services, url } = JSON.parse(stdout) as Up;

    expect(services.map(({ name, healthy, changed }) => [name, healthy, changed])).toEqual([
      ["web", true, true],
      ["api", true, true],
    ]);
    expect(url).toMatch(/^http:\/\/alice\.shop\.localhost:\d+$/);
    expect((await ask(`${url}/deep`)).body).toMatch(/^web one\|\d+\|api one\|\d+\|hello$/);
  });

  it("the internal one has no way in from outside", async () => {
    const { url, services } = documentOf(await project.paas(["status", "alice", "--json"])) as Up;
    expect(services.map(({ name, url: own }) => [name, own])).toEqual([
      ["web", url],
      ["api", null],
    ]);
    const inner = new URL(url);
    for (const host of [`api.${inner.host}`, `api-${inner.host}`])
      expect((await ask(`http://${host}/`)).status).toBe(404);
    const { exit, stderr } = await project.paas(["open", "alice", "--service", "api"]);
    expect([exit, stderr]).toEqual([1, expect.stringContaining("service api of alice is internal")]);
    expect((await project.paas(["open", "alice", "--service", "shop"])).exit).toBe(3);
  });

  it("a change of one rebuilds and restarts that one alone, and the output says so", async () => {
    const before = await pids();
    commit({ "apps/api/server.js": API.replace("one", "two") });
    const { exit, stderr } = await project.push(["env-alice"]);

    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(/build web +unchanged, not rebuilt/);
    expect(stderr).toMatch(/build api +built/);
    expect(stderr).toMatch(/deploy web +unchanged, not restarted/);
    expect(stderr).toMatch(/deploy api +healthy/);
    const after = await pids();
    expect(after.web).toBe(before.web);
    expect(after.api).not.toBe(before.api);
  });

  it("a change of one's settings restarts that one alone, and rebuilds nothing", async () => {
    const before = await pids();
    commit({ "paas.yaml": read("paas.yaml").replace("GREETING: hello", "GREETING: moin") });
    const { exit, stderr } = await project.paas(["up"]);

    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(/build api +unchanged, not rebuilt/);
    expect(stderr).toMatch(/deploy api +healthy/);
    const after = await pids();
    expect([after.greeting, after.web]).toEqual(["moin", before.web]);
  });

  it("a change of neither restarts none", async () => {
    const before = await pids();
    commit({ "README.md": "Hello\n" });
    const { stdout } = await project.paas(["up", "--json"]);

    expect((JSON.parse(stdout) as Up).services.map(({ changed }) => changed)).toEqual([false, false]);
    expect(await pids()).toEqual(before);
    expect((await project.paas(["plan", "--detailed-exitcode"])).exit).toBe(0);
  });

  it("one that is taken out of the manifest goes, the other learns of it", async () => {
    const before = await pids();
    commit({ "paas.yaml": read("paas.yaml").replace(/ {2}api:\n(?: {4}.*\n)+/, "") });
    const { exit, stderr } = await project.paas(["up"]);

    expect(exit, stderr).toBe(0);
    expect(stderr).toMatch(/plan +1 to delete/);
    expect((await project.get("alice")).body).not.toContain(`|${before.web}|`);
    const { apps } = documentOf(await project.paas(["local", "status", "--json"])) as { apps: { id: string }[] };
    expect(apps.map(({ id }) => id.includes("-web-"))).toEqual([true]);
  });
});
