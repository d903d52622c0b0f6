import http from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Gateway, startGateway } from "../../../src/local/gateway/gateway.js";
import { appId, get, isRunning, type OpenRuntime, openRuntime, until } from "./open-runtime.js";

let open: OpenRuntime;
let gateway: Gateway;
beforeEach(async () => {
  open = await openRuntime();
  const route = (host: string) => (host === "alice.shop.localhost" ? open.runtime.route(appId("ca-web")) : undefined);
  gateway = await startGateway({ port: 0, route, onError: (error) => open.events.push(String(error)) });
});
afterEach(async () => {
  await gateway.close();
  await open.close();
});

/** Says its version after the milliseconds in the path; ends at once on SIGTERM, whatever it is doing. */
function version(name: string): string {
  return `import http from "node:http";
http.createServer(async (request, response) => {
  request.resume();
  const wait = Number(request.url.slice(1));
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  response.end("${name}");
}).listen(process.env.PORT, process.env.HOST);`;
}

function ask(options: http.RequestOptions = {}, body = ""): Promise<string> {
  const headers = { host: "alice.shop.localhost", "content-length": body.length };
  return new Promise((resolve, reject) => {
    const request = http.request({ host: "127.0.0.1", port: gateway.port, headers, ...options }, (response) => {
      let text = String(response.statusCode);
      response.on("data", (piece) => {
        text += ` ${piece}`;
      });
      response.once("end", () => resolve(text));
      response.once("error", reject);
    });
    request.once("error", reject);
    request.end(body);
  });
}

test("no request fails while versions change under load", async () => {
  open.deploy("ca-web", { script: version("v1") });
  await open.runtime.idle();
  const answers: string[] = [];
  let done = false;
  const agent = new http.Agent({ keepAlive: true });
  const clients = [
    async () => ask({ agent }),
    async () => ask({ method: "POST", agent: false }, "x".repeat(1000)),
    async () => ask({ path: "/300", agent: false }),
    async () => String((await get(await open.runtime.ingressPort(appId("ca-web")))).status),
  ];
  const load = [...clients, ...clients].map(async (client) => {
    while (!done) answers.push(await client().catch((error: unknown) => String(error)));
  });
  for (const name of ["v2", "v3", "v4"]) {
    open.deploy("ca-web", { script: version(name) });
    await until(() => open.runtime.revision(appId("ca-web"))?.state === "ready", `${name} to be ready`);
    const count = answers.length;
    await until(() => answers.length > count + 100, "requests to the new version");
  }
  done = true;
  await Promise.all(load);
  await open.runtime.idle();
  agent.destroy();
  const kinds = [...new Set(answers)].sort();
  expect(kinds).toEqual(["200", "200 v1", "200 v2", "200 v3", "200 v4"]);
  expect(open.events.filter((text) => text.includes("restarting"))).toEqual([]);
}, 30_000);

test("traffic moves to the new version at once, and the one before ends after its last request", async () => {
  open.deploy("ca-web", { script: version("v1") });
  await open.runtime.idle();
  const before = open.runtime.status(appId("ca-web"));
  expect(isRunning(before.pid)).toBe(true);
  const slow = ask({ path: "/1500", agent: false });
  open.deploy("ca-web", { script: version("v2") });
  await until(() => open.runtime.status(appId("ca-web")).revision === "ca-web--0000002", "v2 to serve");
  expect(await ask()).toBe("200 v2");
  expect(open.store.history(appId("ca-web"))?.revisions.map(({ state }) => state)).toEqual(["ready", "inactive"]);
  expect(await slow).toBe("200 v1");
  await open.runtime.idle();
  expect(isRunning(before.pid)).toBe(false);
});

test("changing one app leaves the others as they are", async () => {
  open.deploy("ca-api", { script: version("api") });
  open.deploy("ca-web", { script: version("v1") });
  await open.runtime.idle();
  const { pid } = open.runtime.status(appId("ca-api"));
  open.deploy("ca-web", { script: version("v2") });
  await open.runtime.idle();
  expect(open.runtime.status(appId("ca-api"))).toMatchObject({ pid, restarts: 0 });
});
