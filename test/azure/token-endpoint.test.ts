import { afterEach, beforeEach, expect, test } from "vitest";
import { openTokenEndpoint, type TokenEndpoint } from "../../src/azure/token-endpoint.js";

const ARM = "https://management.azure.com";
const asked: string[] = [];
let endpoint: TokenEndpoint;
beforeEach(async () => {
  asked.length = 0;
  endpoint = await openTokenEndpoint({
    getToken: async (scope) => {
      asked.push(String(scope));
      return { token: "a.b.c", expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  });
});
afterEach(() => endpoint.close());

const get = (resource: string, more: { url?: string; headers?: Record<string, string>; method?: string } = {}) =>
  fetch(`${more.url ?? endpoint.url}?api-version=2018-02-01&resource=${encodeURIComponent(resource)}`, {
    method: more.method ?? "GET",
    headers: more.headers ?? { metadata: "true" },
  });

test("gives tokens as a managed identity's endpoint does", async () => {
  const answer = await get(`${ARM}/`);
  const body = (await answer.json()) as { expires_in: string };
  expect([answer.status, asked]).toEqual([200, [`${ARM}/.default`]]);
  expect(body).toMatchObject({ access_token: "a.b.c", token_type: "Bearer", resource: ARM });
  expect(Number(body.expires_in)).toBeGreaterThan(3500);
});

test.each<[string, () => Promise<Response>, number]>([
  ["without the secret path", () => get(ARM, { url: new URL(endpoint.url).origin }), 403],
  ["under another path of the same length", () => get(ARM, { url: `${endpoint.url.slice(0, -1)}!` }), 403],
  ["without the header that no web page can set", () => get(ARM, { headers: {} }), 403],
  ["from a web page", () => get(ARM, { headers: { metadata: "true", origin: "https://evil.example" } }), 403],
  ["by another method", () => get(ARM, { method: "POST" }), 403],
  ["for what Terraform does not need", () => get("https://graph.microsoft.com"), 400],
])("gives none %s", async (_, call, status) => {
  expect((await call()).status).toBe(status);
  expect(asked).toEqual([]);
});

test("a sign-in that fails is said at once: Terraform repeats what ends in 404 or 5xx", async () => {
  const failing = await openTokenEndpoint({ getToken: () => Promise.reject(new Error("revoked")) });
  const answer = await get(ARM, { url: failing.url });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("revoked")]);
  await failing.close();
});
