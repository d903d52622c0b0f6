import type { TokenCredential } from "@azure/core-auth";
import type { Http } from "./client.js";
import { azureFailure } from "./failure.js";

/** Signing in to a registry as whoever is signed in to Azure. */
export type RegistrySignIn = {
  /** What docker takes in place of a password: an identity token, good for three hours, for everything one may do. */
  identityToken(): Promise<string>;
  /** The header for calls of one scope, `repository:shop/web:pull`. */
  authorization(scope: string): Promise<string>;
};

const AUDIENCE = "https://containerregistry.azure.net/.default";

/** Milliseconds that a token is used; the registry gives them for an hour at least. */
const LIFETIME = 10 * 60_000;

/** @param server host of the registry */
export function openRegistrySignIn(
  server: string,
  { credential, tenantId }: { credential: TokenCredential; tenantId: string },
  http: Http,
): RegistrySignIn {
  const known = new Map<string, { token: Promise<string>; until: number }>();
  const kept = (key: string, make: () => Promise<string>): Promise<string> => {
    const found = known.get(key);
    if (found && found.until > Date.now()) return found.token;
    const token = make();
    known.set(key, { token, until: Date.now() + LIFETIME });
    token.catch(() => known.delete(key));
    return token;
  };
  const ask = async (path: string, form: Record<string, string>, field: string): Promise<string> => {
    try {
      const text = new URLSearchParams({ ...form, service: server }).toString();
      const content = { type: "application/x-www-form-urlencoded", text };
      const { body } = await http({ method: "POST", url: `https://${server}${path}`, content });
      return (body as Record<string, string>)[field] ?? "";
    } catch (error) {
      throw azureFailure(`sign in to the registry ${server}`, error);
    }
  };
  const identityToken = () =>
    kept("", async () => {
      const token = (await credential.getToken(AUDIENCE))?.token ?? "";
      const form = { grant_type: "access_token", tenant: tenantId, access_token: token };
      return ask("/oauth2/exchange", form, "refresh_token");
    });
  return {
    identityToken,
    authorization: async (scope) => {
      const token = await kept(scope, async () => {
        const form = { grant_type: "refresh_token", refresh_token: await identityToken(), scope };
        return ask("/oauth2/token", form, "access_token");
      });
      return `Bearer ${token}`;
    },
  };
}
