import { z } from "zod";
import { type Route, route } from "./route.js";

const HOST = "login.microsoftonline.com";

/** What Entra tells of itself before anyone signs in. */
export function openIdRoutes(): Route[] {
  return [
    route({
      method: "GET",
      host: HOST,
      path: "/common/discovery/instance",
      versions: ["1.1"],
      query: z.looseObject({ authorization_endpoint: z.url(), "x-client-SKU": z.string().optional() }),
      spec: "instance metadata, as MSAL reads it",
      audience: null,
      responses: { 200: z.looseObject({ tenant_discovery_endpoint: z.url(), metadata: z.array(z.looseObject({})) }) },
      answer: () => ({
        status: 200,
        body: {
          tenant_discovery_endpoint: `https://${HOST}/common/v2.0/.well-known/openid-configuration`,
          "api-version": "1.1",
          metadata: [
            { preferred_network: HOST, preferred_cache: "login.windows.net", aliases: [HOST, "login.windows.net"] },
          ],
        },
      }),
    }),
    route({
      method: "GET",
      host: HOST,
      path: "/{tenant}/v2.0/.well-known/openid-configuration",
      versions: null,
      spec: "learn.microsoft.com/entra/identity-platform/v2-protocols-oidc",
      audience: null,
      responses: { 200: z.looseObject({ issuer: z.url(), token_endpoint: z.url(), authorization_endpoint: z.url() }) },
      answer: ({ names: { tenant } }) => ({
        status: 200,
        body: {
          issuer: `https://${HOST}/${tenant}/v2.0`,
          authorization_endpoint: `https://${HOST}/${tenant}/oauth2/v2.0/authorize`,
          token_endpoint: `https://${HOST}/${tenant}/oauth2/v2.0/token`,
          device_authorization_endpoint: `https://${HOST}/${tenant}/oauth2/v2.0/devicecode`,
          token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        },
      }),
    }),
  ];
}
