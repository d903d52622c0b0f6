import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { TokenCredential } from "@azure/core-auth";
import { LOCAL_TENANT } from "../naming/simulated.js";

/** What the storage emulator and Azure's clients expect to find in an access token; times in seconds since 1970. */
export type Claims = { aud: string; iss: string; tid: string; iat: number; nbf: number; exp: number };

/** How many seconds earlier than now a token is dated: clients of the same machine read the same clock, but round it. */
const BACKDATED = 5;

/** A secret for one start of the daemon: 256 random bits. Never leaves its process. */
export function makeSecret(): Buffer {
  return randomBytes(32);
}

/**
 * Makes a bearer token in the shape of a JWT, signed with the daemon's secret. Safe in a header and in a URL.
 * @param lifetime seconds until it expires
 */
export function mintToken(
  secret: Buffer,
  { audience, lifetime, now = Date.now() }: { audience: string; lifetime: number; now?: number },
): string {
  const issued = Math.floor(now / 1000) - BACKDATED;
  const claims: Claims = {
    aud: audience,
    iss: `https://sts.windows.net/${LOCAL_TENANT}/`,
    tid: LOCAL_TENANT,
    iat: issued,
    nbf: issued,
    exp: Math.floor(now / 1000) + lifetime,
  };
  const content = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${content}.${sign(secret, content).toString("base64url")}`;
}

/** The claims of a token that this daemon made and that has not expired; null for anything else. */
export function verifyToken(secret: Buffer, token: string, now = Date.now()): Claims | null {
  const parts = token.split(".");
  const [header, body, signature] = parts;
  if (parts.length !== 3 || !header || !body || !signature) return null;
  const expected = sign(secret, `${header}.${body}`);
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Claims;
  return now < claims.exp * 1000 ? claims : null;
}

/** A credential for Azure's SDK clients that always presents the same token of the local cloud. */
export function tokenCredential(token: string): TokenCredential {
  const body = token.split(".")[1] ?? "";
  const { exp } = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Claims;
  return { getToken: async () => ({ token, expiresOnTimestamp: exp * 1000 }) };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function sign(secret: Buffer, content: string): Buffer {
  return createHmac("sha256", secret).update(content).digest();
}
