import type { IncomingMessage, ServerResponse } from "node:http";
import { LOCAL_TENANT } from "../naming/simulated.js";
import { type Handler, sendJson } from "./front.js";
import { readBody } from "./front-body.js";
import { mintToken, verifyToken } from "./token.js";

/** Seconds that an access token is good for: longer than any Terraform run. */
const LIFETIME = 24 * 60 * 60;

/** A form with one assertion in it is far smaller. */
const LARGEST_FORM = 64 * 1024;

const LOGIN = "https://login.microsoftonline.com";

/**
 * The part of Microsoft Entra's sign-in that Terraform's backend uses: client credentials with a federated token
 * (`ARM_OIDC_TOKEN`), which here is a token that the daemon made. Simulated.
 */
export function createEntra({ secret }: { secret: Buffer }): Handler {
  return async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", LOGIN);
    if (request.method === "POST" && pathname.endsWith("/oauth2/v2.0/token")) return token(request, response, secret);
    if (request.method === "GET" && pathname === "/common/discovery/instance")
      return sendJson(response, 200, discovery());
    if (request.method === "GET" && pathname.endsWith("/.well-known/openid-configuration")) {
      return sendJson(response, 200, configuration(pathname.split("/")[1] ?? LOCAL_TENANT));
    }
    sendJson(response, 404, {
      error: "not_found",
      error_description: "The local cloud does not play this part of Entra.",
    });
  };
}

async function token(request: IncomingMessage, response: ServerResponse, secret: Buffer): Promise<void> {
  const form = new URLSearchParams(await readBody(request, LARGEST_FORM));
  const assertion = form.get("client_assertion") ?? "";
  if (form.get("grant_type") !== "client_credentials" || verifyToken(secret, assertion) === null) {
    return sendJson(response, 401, {
      error: "invalid_client",
      error_description: "AADSTS700211: the federated token is not one of this local cloud, or it has expired.",
    });
  }
  const audience = (form.get("scope") ?? "").replace(/\/\.default$/, "");
  const access_token = mintToken(secret, { audience, lifetime: LIFETIME });
  sendJson(response, 200, { token_type: "Bearer", expires_in: LIFETIME, ext_expires_in: LIFETIME, access_token });
}

function discovery(): object {
  return {
    tenant_discovery_endpoint: `${LOGIN}/${LOCAL_TENANT}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [
      {
        preferred_network: "login.microsoftonline.com",
        preferred_cache: "login.windows.net",
        aliases: ["login.microsoftonline.com", "login.windows.net"],
      },
    ],
  };
}

function configuration(tenant: string): object {
  return {
    issuer: `${LOGIN}/${tenant}/v2.0`,
    authorization_endpoint: `${LOGIN}/${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${LOGIN}/${tenant}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["private_key_jwt"],
  };
}
