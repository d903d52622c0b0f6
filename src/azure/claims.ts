/** What a token says of whom it was given to. */
export type TokenClaims = {
  tenantId: string | null;
  /** `alice@acme.example`, or the client id of an application; null when the token does not say. */
  who: string | null;
  audience: string | null;
  /** Of the identity in its directory: what access policies name it by. */
  objectId: string | null;
};

/**
 * Reads the claims of an access token. They tell people who they are signed in as; nothing is decided by them that Azure
 * does not decide again.
 */
export function claimsOf(token: string): TokenClaims {
  const claims = payloadOf(token);
  const text = (...names: string[]) =>
    names.map((name) => claims[name]).find((value) => typeof value === "string") ?? null;
  return {
    tenantId: text("tid") as string | null,
    who: text("upn", "unique_name", "preferred_username", "appid", "azp", "oid") as string | null,
    audience: text("aud") as string | null,
    objectId: text("oid") as string | null,
  };
}

function payloadOf(token: string): Record<string, unknown> {
  try {
    const body = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const claims: unknown = JSON.parse(body);
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
