import os from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { appId, type Deployment, get, type OpenRuntime, openRuntime, serverSaying } from "./open-runtime.js";

type Row = { what: string; deployment: Deployment; reason: RegExp };

const addresses = Object.values(os.networkInterfaces()).flatMap((list) => list ?? []);
const knowsIPv6 = addresses.some(({ address }) => address === "::1");

/** Only Linux tells what a process listens on; elsewhere the reason is that it does not listen on PORT. */
const hint = (pattern: RegExp) => (process.platform === "linux" ? pattern : /^never listened on PORT/);

const IPV6_ONLY: Row = {
  what: "listens on IPv6 only",
  deployment: {
    script: `import http from "node:http"; http.createServer().listen(process.env.PORT, "::1");`,
    startup: 5,
  },
  reason: hint(/^the app listens on PORT \(\d+\) at IPv6 loopback only: /),
};

const ROWS: Row[] = [
  {
    what: "exits at once",
    deployment: { script: "process.exit(3)" },
    reason: /^exited with code 3 after 0(\.\d)? s$/,
  },
  {
    what: "listens on another port",
    deployment: {
      script: `import http from "node:http";
        http.createServer().listen(0, function () { console.log("on " + this.address().port) });`,
      startup: 5,
    },
    reason: hint(/^the app listens on \d+, not on PORT \(\d+\): listen on process\.env\.PORT$/),
  },
  {
    what: "listens on nothing",
    deployment: { script: "setInterval(() => {}, 1000)", startup: 5 },
    reason: /^never listened on PORT \(\d+\) within 5 s$/,
  },
  ...(knowsIPv6 ? [IPV6_ONLY] : []),
  {
    what: "answers 500",
    deployment: {
      script: `import http from "node:http";
        http.createServer((request, response) => response.writeHead(500).end()).listen(process.env.PORT);`,
      health: "/healthz",
      startup: 5,
    },
    reason: /^answered 500 on \/healthz \(healthy is 2xx or 3xx\), not healthy within 5 s$/,
  },
  {
    what: "hangs",
    deployment: {
      script: `import http from "node:http"; http.createServer(() => {}).listen(process.env.PORT);`,
      startup: 5,
    },
    reason: /^accepted the connection but did not answer \/, not healthy within 5 s$/,
  },
  {
    what: "closes every connection",
    deployment: {
      script: `import net from "node:net"; net.createServer((socket) => socket.destroy()).listen(process.env.PORT);`,
      startup: 5,
    },
    reason: /^closed the connection without an answer to \/, not healthy within 5 s$/,
  },
  {
    what: "has an image that is not here",
    deployment: { image: `cr.azurecr.io/test/web@sha256:${"0".repeat(64)}` },
    reason: /^image not found: sha256:0{64} is not in this local cloud; `paas up` builds it again$/,
  },
  {
    what: "has a secret without a value",
    deployment: { script: serverSaying("two"), secrets: { MISSING: "https://kv/secrets/MISSING" } },
    reason: /^the secret missing, for MISSING, has no value$/,
  },
];

const nameOf = (what: string) => `ca-${what.replaceAll(" ", "-")}`;

/** All of them at once, because most take as long as they may. */
let open: OpenRuntime;
const before = new Map<string, number | null>();
beforeAll(async () => {
  open = await openRuntime();
  for (const { what } of ROWS) open.deploy(nameOf(what), { script: serverSaying(what) });
  await open.runtime.idle();
  for (const { what } of ROWS) before.set(what, open.runtime.status(appId(nameOf(what))).pid);
  for (const { what, deployment } of ROWS) open.deploy(nameOf(what), deployment);
  await open.runtime.idle();
}, 30_000);
afterAll(() => open.close());

test.each(ROWS)(
  "a version that $what fails, saying why, and the one before goes on serving",
  async ({ what, reason }) => {
    const [name, id] = [nameOf(what), appId(nameOf(what))];
    expect(open.runtime.revision(id)).toMatchObject({ name: `${name}--0000002`, state: "failed" });
    expect(open.runtime.revision(id)?.reason).toMatch(reason);
    const pid = before.get(what);
    expect(pid).toBeGreaterThan(0);
    expect(open.runtime.status(id)).toMatchObject({ state: "running", revision: `${name}--0000001`, pid, restarts: 0 });
    expect((await get(await open.runtime.ingressPort(id))).text).toBe(what);
  },
);

test("the log says it too", async () => {
  const name = nameOf("exits at once");
  expect((await open.logTexts(name)).at(-1)).toMatch(/^paas: ca-exits-at-once--0000002 failed: exited with code 3 /);
});
