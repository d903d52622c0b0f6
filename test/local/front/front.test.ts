import https from "node:https";
import { BlobServiceClient } from "@azure/storage-blob";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mintToken } from "../../../src/local/token.js";
import { ACCOUNT, type OpenCloud, openCloud } from "./open-cloud.js";

let cloud: OpenCloud;
beforeAll(async () => {
  cloud = await openCloud();
});
afterAll(() => cloud.close());

type Answer = { status: number; body: string; server: string | string[] | undefined };

function ask(
  path: string,
  { host, headers = {}, method = "GET", body = "", token = cloud.token as string | null } = {} as {
    host?: string;
    headers?: Record<string, string>;
    method?: string;
    body?: string;
    token?: string | null;
  },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        port: cloud.front.port,
        host: "127.0.0.1",
        servername: "localhost",
        ca: cloud.certificate.cert,
        agent: false,
        method,
        path,
        headers: {
          host: host ?? `127.0.0.1:${cloud.front.port}`,
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      async (response) => {
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, body: text, server: response.headers.server });
      },
    );
    request.once("error", reject).end(body);
  });
}

test.each([
  ["/paas/status", undefined, "control"],
  ["/subscriptions/x/resourcegroups?api-version=1", undefined, "arm"],
  ["/providers?api-version=1", undefined, "arm"],
  ["/anything", "management.azure.com", "arm"],
  ["/paas/status", "management.azure.com:443", "arm"],
])("routes %s for %s", async (path, host, part) => {
  const { status, body } = await ask(path, host === undefined ? {} : { host });
  expect({ status, ...JSON.parse(body) }).toEqual({ status: 200, part });
});

test.each([
  [`/${ACCOUNT}?comp=list`, undefined],
  [`/${ACCOUNT}?comp=list`, "localhost"],
  ["/?comp=list", `${ACCOUNT}.blob.core.windows.net`],
])("routes %s for %s to the storage", async (path, host) => {
  const name = host === "localhost" ? `localhost:${cloud.front.port}` : host;
  const { status, server } = await ask(path, name === undefined ? {} : { host: name });
  expect({ status, server }).toEqual({ status: 200, server: "Azurite-Blob/3.35.0" });
});

test("knows only the one storage account", async () => {
  expect((await ask("/?comp=list", { host: "stother.blob.core.windows.net" })).status).toBe(404);
});

const refused: [string, number, Parameters<typeof ask>[1]][] = [
  ["no token", 401, { token: null }],
  ["a token of someone else", 401, { token: mintToken(Buffer.alloc(32), { audience: "paas", lifetime: 60 }) }],
  ["a token without signature", 401, { token: "e30.e30.x" }],
  ["no JWT", 401, { token: "open-sesame" }],
  ["basic credentials", 401, { token: null, headers: { authorization: "Basic cGFhczp4" } }],
  ["a web page", 403, { headers: { origin: "https://example.com" } }],
  ["a web page without an origin to name", 403, { headers: { origin: "null" } }],
  ["a rebound name", 403, { host: "evil.example:443" }],
  ["another port", 403, { host: "127.0.0.1:1" }],
  ["no port", 403, { host: "127.0.0.1" }],
  ["a name that only begins well", 403, { host: "management.azure.com.evil.example" }],
  ["an account below an account", 403, { host: "a.b.blob.core.windows.net" }],
];
test.each(refused)("refuses %s", async (_name, status, options) => {
  for (const path of ["/paas/status", "/subscriptions/x", `/${ACCOUNT}?comp=list`]) {
    const answer = await ask(path, options);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error.code).toMatch(/^(AuthenticationFailed|OriginNotAllowed|HostNotAllowed)$/);
  }
});

test("refuses an expired token", async () => {
  const token = mintToken(cloud.secret, { audience: "paas", lifetime: -1 });
  expect((await ask("/paas/status", { token })).status).toBe(401);
});

test("refuses before it reads a body", async () => {
  const status = await new Promise((resolve, reject) => {
    const request = https.request({
      port: cloud.front.port,
      host: "127.0.0.1",
      ca: cloud.certificate.cert,
      agent: false,
      method: "PUT",
      path: `/${ACCOUNT}/c/b`,
      headers: { "content-length": "1000000000" },
    });
    request.on("response", (response) => resolve(response.statusCode)).on("error", reject);
    request.write("only the beginning");
  });
  expect(status).toBe(401);
});

test("asks for a body that waits for it, and does not when it refuses", async () => {
  const continued = (token: string) =>
    new Promise<boolean>((resolve, reject) => {
      const request = https.request({
        port: cloud.front.port,
        host: "127.0.0.1",
        ca: cloud.certificate.cert,
        agent: false,
        method: "POST",
        path: "/paas/x",
        headers: { authorization: `Bearer ${token}`, expect: "100-continue", "content-length": "2" },
      });
      let asked = false;
      request.on("continue", () => {
        asked = true;
        request.end("{}");
      });
      request.on("response", () => resolve(asked)).on("error", reject);
      request.flushHeaders();
    });
  expect(await continued(cloud.token)).toBe(true);
  expect(await continued("wrong")).toBe(false);
});

test("signs in with the daemon's token only, and what it gives opens the front", async () => {
  const form = (assertion: string) =>
    new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion: assertion,
      scope: "https://storage.azure.com/.default",
    }).toString();
  const login = { host: "login.microsoftonline.com", method: "POST", token: null };
  const path = "/tenant/oauth2/v2.0/token";
  const given = await ask(path, { ...login, body: form(cloud.token) });
  const { access_token } = JSON.parse(given.body);
  expect((await ask("/paas/status", { token: access_token })).status).toBe(200);
  expect((await ask(path, { ...login, body: form("e30.e30.e30") })).status).toBe(401);
  expect((await ask("/common/discovery/instance", { ...login, method: "GET" })).status).toBe(200);
  expect((await ask("/elsewhere", { ...login, method: "GET" })).status).toBe(404);
});

test("an answer streams, and the connection is kept for the next request", async () => {
  const agent = new https.Agent({ ca: cloud.certificate.cert, keepAlive: true, maxSockets: 1 });
  const options = {
    agent,
    port: cloud.front.port,
    host: "127.0.0.1",
    headers: { authorization: `Bearer ${cloud.token}` },
  };
  const get = (path: string) =>
    new Promise<{ chunks: string[]; port: number | undefined }>((resolve, reject) => {
      https
        .get({ ...options, path }, async (response) => {
          const port = response.socket.localPort;
          const chunks: string[] = [];
          for await (const chunk of response) {
            chunks.push(String(chunk));
            cloud.continueStream();
          }
          resolve({ chunks, port });
        })
        .once("error", reject);
    });
  const first = await get("/paas/stream");
  expect(first.chunks).toEqual(["first\n", "second\n"]);
  expect((await get("/paas/status")).port).toBe(first.port);
  agent.destroy();
});

test("a part that fails is answered for, without a detail", async () => {
  const { status, body } = await ask("/paas/fail");
  expect(status).toBe(500);
  expect(body).not.toContain("secret detail");
  expect(cloud.errors).toEqual([new Error("secret detail")]);
});

test("the SDK reaches the local cloud although HTTPS_PROXY names a dead port", async () => {
  const before = process.env.HTTPS_PROXY;
  process.env.HTTPS_PROXY = "http://127.0.0.1:9";
  try {
    const { url, credential, options } = cloud.blobs;
    const names: string[] = [];
    for await (const { name } of new BlobServiceClient(url, credential, options).listContainers()) names.push(name);
    expect(names).toEqual([]);
    const unarmed = new BlobServiceClient(url, credential, { retryOptions: { maxTries: 1 } });
    await expect(unarmed.getProperties()).rejects.toThrow("127.0.0.1:9");
  } finally {
    if (before === undefined) delete process.env.HTTPS_PROXY;
    else process.env.HTTPS_PROXY = before;
  }
});
