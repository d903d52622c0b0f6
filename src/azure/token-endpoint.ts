import { randomBytes, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { AccessToken, TokenCredential } from "@azure/core-auth";

export type TokenEndpoint = {
  /** `http://127.0.0.1:<port>/<secret>`: whoever knows it can ask for tokens. */
  url: string;
  close(): Promise<void>;
};

/** What Terraform may ask tokens for: Resource Manager, and its own state. */
const RESOURCES = [
  "https://management.azure.com",
  "https://management.core.windows.net",
  "https://storage.azure.com",
  "https://vault.azure.net",
];

/**
 * Gives the tokens of a credential to Terraform, in the form of Azure's managed identity endpoint, for a sign-in that
 * Terraform does not know itself. It listens on loopback alone, under a path that nobody can guess.
 */
export async function openTokenEndpoint(credential: TokenCredential): Promise<TokenEndpoint> {
  const path = `/${randomBytes(32).toString("base64url")}`;
  const server = http.createServer((request, response) => {
    answer(request, path, credential).then(
      ({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
        response.end(JSON.stringify(body));
      },
      // Not 404 nor 5xx: Terraform repeats those for minutes.
      (error: unknown) =>
        response.writeHead(400).end(JSON.stringify({ error: "sign_in_failed", error_description: String(error) })),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  // The process may end while nobody asks.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Answer = { status: number; body: unknown };

async function answer(request: http.IncomingMessage, path: string, credential: TokenCredential): Promise<Answer> {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  // A web page can neither set this header nor leave out its origin.
  const foreign = request.headers.origin !== undefined || request.headers.metadata !== "true";
  if (foreign || !isSame(url.pathname, path) || request.method !== "GET") {
    return { status: 403, body: { error: "forbidden" } };
  }
  const resource = (url.searchParams.get("resource") ?? "").replace(/\/$/, "");
  if (!RESOURCES.includes(resource)) {
    return { status: 400, body: { error: "invalid_resource", error_description: `no tokens for ${resource}` } };
  }
  const token = await credential.getToken(`${resource}/.default`);
  if (!token) return { status: 400, body: { error: "sign_in_failed" } };
  return { status: 200, body: tokenBody(token, resource) };
}

/** Numbers as text, as the endpoint of virtual machines gives them. */
function tokenBody({ token, expiresOnTimestamp }: AccessToken, resource: string): Record<string, string> {
  const expires_on = Math.floor(expiresOnTimestamp / 1000);
  const expires_in = Math.max(0, expires_on - Math.floor(Date.now() / 1000));
  return {
    access_token: token,
    client_id: "",
    expires_in: String(expires_in),
    expires_on: String(expires_on),
    ext_expires_in: String(expires_in),
    not_before: String(Math.floor(Date.now() / 1000)),
    resource,
    token_type: "Bearer",
  };
}

function isSame(given: string, expected: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(expected)];
  return one.length === other.length && timingSafeEqual(one, other);
}
