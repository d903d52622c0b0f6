import { expect, test } from "vitest";
import { makeSecret, mintToken, tokenCredential, verifyToken } from "../../../src/local/token.js";

const secret = makeSecret();
const now = Date.parse("2026-11-21T10:00:00Z");
const token = mintToken(secret, { audience: "paas", lifetime: 60, now });

test("a token is good until it expires", () => {
  expect(verifyToken(secret, token, now)).toMatchObject({ aud: "paas", exp: now / 1000 + 60 });
  expect(verifyToken(secret, token, now + 59_999)).not.toBeNull();
  expect(verifyToken(secret, token, now + 60_000)).toBeNull();
});

test("a token fits into a URL and a header", () => {
  expect(new URL(`http://paas:${token}@127.0.0.1:1`).password).toBe(token);
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
});

const [header, body, signature] = token.split(".") as [string, string, string];
const later = Buffer.from(JSON.stringify({ aud: "paas", exp: 9e9 })).toString("base64url");
test.each([
  ["another secret", mintToken(makeSecret(), { audience: "paas", lifetime: 60, now })],
  ["changed claims", `${header}.${later}.${signature}`],
  ["no signature", `${header}.${body}.`],
  ["a cut signature", `${header}.${body}.${signature.slice(0, -2)}`],
  ["the algorithm none", `${Buffer.from('{"alg":"none"}').toString("base64url")}.${body}.${signature}`],
  ["a part too many", `${token}.x`],
  ["a part too few", `${header}.${body}`],
  ["nothing", ""],
])("a token with %s is refused", (_name, forged) => {
  expect(verifyToken(secret, forged, now)).toBeNull();
});

test("secrets and tokens differ from start to start", () => {
  expect(makeSecret()).not.toEqual(makeSecret());
  expect(makeSecret()).toHaveLength(32);
});

test("an SDK credential presents the token until it ends", async () => {
  expect(await tokenCredential(token).getToken([])).toEqual({ token, expiresOnTimestamp: now + 60_000 });
});
