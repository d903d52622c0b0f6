import fs from "node:fs";
import http from "node:http";
import type net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APP } from "./support/app.js";
import { type Address, addressOf } from "./support/daemon.js";
import { type Listener, listenersOf } from "./support/listeners.js";
import { allProcesses, environmentOf, processesIn } from "./support/processes.js";
import { documentOf, openProject, type Project } from "./support/project.js";
import { request, signedIn } from "./support/request.js";
import { filesWith } from "./support/search.js";

/** What a user's environment may hold, and nothing of it is an app's business. */
const MARKER = "not-for-apps-3f1c";

const BUILD = 'require("node:fs").writeFileSync("variables.json", JSON.stringify(process.env));\n';

describe("what the local cloud opens", () => {
  let project: Project;
  let address: Address;
  const local = (...names: string[]) => path.join(project.folder, ".paas", "local", ...names);
  const app = () => processesIn(local("homes"))[0]?.pid ?? 0;

  beforeAll(async () => {
    const scripts = { start: "node server.js", build: "node build.js" };
    const description = JSON.stringify({ name: "app", private: true, scripts });
    const files = { ...APP, "package.json": description, "build.js": BUILD };
    project = await openProject({ name: "shop", files });
    project.branch("env-alice");
    await project.done(["up", "alice"], { MY_SECRET: MARKER, PAAS_SECRET_OTHER: MARKER, GIT_AUTHOR_NAME: MARKER });
    address = addressOf(project.folder);
  });
  afterAll(() => project.close());

  it("listens on 127.0.0.1 and nowhere else", () => {
    const listeners = listenersOf(address.pid);
    const ports = listeners.map(({ port }) => port);

    expect(ports).toEqual(expect.arrayContaining([address.port, address.doorPort, address.gatewayPort]));
    expect(listeners.filter((listener) => listener.address !== "127.0.0.1")).toEqual([]);
  });

  describe("the HTTPS port", () => {
    const PATHS = [
      "/paas/status",
      "/subscriptions?api-version=2022-09-01",
      "/paas/stop",
      "/account/tier-nonprod?comp=list",
    ];

    it.each(PATHS)("answers %s only to who has the token", async (place) => {
      expect((await request(address, { path: place })).status).toBe(401);
      const wrong = { ...signedIn(address), authorization: `Bearer ${address.token.slice(0, -4)}AAAA` };
      expect((await request(address, { path: place, headers: wrong })).status).toBe(401);
    });

    it.each([
      ["a web page's request", { origin: "https://example.com" }],
      ["a request from its own origin", { origin: "null" }],
      ["a foreign host", { host: "example.com" }],
      ["a name that leads to 127.0.0.1", { host: "localhost.example.com" }],
    ])("refuses %s, token or not", async (_, headers) => {
      const { status } = await request(address, {
        path: "/paas/status",
        headers: { ...signedIn(address), ...headers },
      });
      expect(status).toBe(403);
    });

    it("answers who has it", async () => {
      expect((await request(address, { path: "/paas/status", headers: signedIn(address) })).status).toBe(200);
    });
  });

  describe("the proxy for Terraform", () => {
    const token = () => `Basic ${Buffer.from(`paas:${address.token}`).toString("base64")}`;

    it.each([
      ["without credentials", "management.azure.com:443", undefined],
      ["with wrong credentials", "management.azure.com:443", `Basic ${Buffer.from("paas:wrong").toString("base64")}`],
    ])("leads nowhere %s", async (_, target, authorization) => {
      expect(await connect(target, authorization)).toBe("closed");
    });

    it.each(["example.com:443", "management.azure.com:80", "127.0.0.1:22", "management.azure.com.example.com:443"])(
      "does not lead to %s",
      async (target) => {
        expect(await connect(target, token())).toBe("closed");
      },
    );

    it("leads to Azure's names, that is to the local cloud", async () => {
      expect(await connect("management.azure.com:443", token())).toBe(200);
    });

    it("forwards no plain request, and remembers what was asked for", async () => {
      expect(await get(address.doorPort, "example.com", "http://example.com/")).toBe("closed");
      const { refused } = documentOf(await project.paas(["local", "status", "--json"])) as { refused: string[] };
      expect(refused).toContain("example.com:443");
    });
  });

  describe("the ports of apps", () => {
    it("the gateway knows the names of environments and no other", async () => {
      expect(await get(address.gatewayPort, `alice.shop.localhost:${address.gatewayPort}`)).toBe(200);
      for (const host of ["example.com", "127.0.0.1", "alice.shop.localhost.example.com", ""]) {
        expect(await get(address.gatewayPort, host), host).toBe(404);
      }
    });

    it("an app's own port answers for this machine's names only", async () => {
      const own = [address.port, address.doorPort, address.gatewayPort];
      const others: Listener[] = listenersOf(address.pid).filter(({ port }) => !own.includes(port));
      expect(others).toHaveLength(1);
      for (const { port } of others) {
        expect(await get(port, `127.0.0.1:${port}`)).toBe(200);
        expect(await get(port, `example.com:${port}`)).toBe(404);
      }
    });
  });

  describe("on disk and in processes", () => {
    it("folders are its owner's, and so is every file that it writes itself", () => {
      for (const folder of [local(), local("storage"), local("images"), local("logs"), local("homes")]) {
        expect([folder, mode(folder)]).toEqual([folder, 0o700]);
      }
      const written = fs.readdirSync(local(), { withFileTypes: true }).filter((entry) => entry.isFile());
      expect(written.map(({ name }) => name)).toEqual(expect.arrayContaining(["daemon.json", "store.json", "tls.key"]));
      const open = written.filter(({ name }) => mode(local(name)) !== 0o600).map(({ name }) => name);
      expect(open).toEqual([]);
      for (const name of ["blobs.json", "extents.json"]) expect(mode(local("storage", name))).toBe(0o600);
    });

    it("the provider's socket lies in a folder that only its owner can enter", () => {
      const folder = fs.readdirSync(os.tmpdir()).find((name) => name.startsWith(`paas-${address.pid}-`)) ?? "?";
      expect(mode(path.join(os.tmpdir(), folder))).toBe(0o700);
      expect(fs.readdirSync(path.join(os.tmpdir(), folder))).toEqual(["provider.sock"]);
    });

    it("the token is in its own file and nowhere else", () => {
      expect(filesWith(address.token, project.folder)).toEqual([".paas/local/daemon.json"]);
      expect(allProcesses().filter(({ command }) => command.join(" ").includes(address.token))).toEqual([]);
    });

    it("an app sees nothing of the user's environment, nor a build of what is secret", () => {
      const variables = environmentOf(app());
      expect(variables).toContain("PAAS_ENVIRONMENT=alice");
      expect(variables.filter((entry) => entry.includes(MARKER) || entry.includes(address.token))).toEqual([]);
      const names = variables.map((entry) => entry.split("=")[0] ?? "");
      expect(names.filter((name) => /^(GIT_|npm_|SSH_|USER$|PAAS_CACHE|PAAS_TEST)/.test(name))).toEqual([]);

      const cwd = fs.readlinkSync(`/proc/${app()}/cwd`);
      const build = fs.readFileSync(path.join(cwd, "variables.json"), "utf8");
      expect(JSON.parse(build)).toHaveProperty("PATH");
      expect(build).not.toContain(MARKER);
      expect(build).not.toContain(address.token);
    });
  });

  /** Asks the proxy for a tunnel: the status of its answer, or that it hung up. */
  function connect(target: string, authorization: string | undefined): Promise<number | "closed"> {
    const headers: Record<string, string> = authorization ? { "proxy-authorization": authorization } : {};
    const sent = http.request({ host: "127.0.0.1", port: address.doorPort, method: "CONNECT", path: target, headers });
    return new Promise((resolve) => {
      sent.once("connect", ({ statusCode = 0 }, socket: net.Socket) => {
        socket.destroy();
        resolve(statusCode);
      });
      sent.once("error", () => resolve("closed"));
      sent.end();
    });
  }
});

function mode(place: string): number {
  return fs.statSync(place).mode & 0o777;
}

function get(port: number, host: string, place = "/"): Promise<number | "closed"> {
  return new Promise((resolve) => {
    const sent = http.get({ host: "127.0.0.1", port, path: place, headers: { host }, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once("error", () => resolve("closed"));
  });
}
