import { createHmac, randomBytes, randomUUID } from "node:crypto";

export type Claims = Record<string, unknown> & { aud: string; iss: string; exp: number; jti: string };

/** Signs what Entra and GitHub give out, so that the stand-in knows its own tokens again. */
export type Tokens = {
  /** @param lifetime seconds */
  mint(claims: Record<string, unknown> & { aud: string; iss: string }, lifetime: number, now: Date): string;
  /** The claims of a token of ours that has not expired; null for anything else. */
  read(token: string, now: Date): Claims | null;
};

export function openTokens(): Tokens {
  const secret = randomBytes(32);
  const sign = (content: string) => createHmac("sha256", secret).update(content).digest("base64url");
  return {
    mint: (claims, lifetime, now) => {
      const issued = Math.floor(now.getTime() / 1000);
      const all = { ...claims, iat: issued, nbf: issued, exp: issued + lifetime, jti: randomUUID() };
      const content = `${encoded({ alg: "HS256", typ: "JWT" })}.${encoded(all)}`;
      return `${content}.${sign(content)}`;
    },
    read: (token, now) => {
      const [header, body, signature] = token.split(".");
      if (!header || !body || signature !== sign(`${header}.${body}`)) return null;
      const claims = JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as Claims;
      return now.getTime() < claims.exp * 1000 ? claims : null;
    },
  };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
