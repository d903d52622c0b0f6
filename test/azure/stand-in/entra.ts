import { randomUUID } from "node:crypto";
import { z } from "zod";
import { claimsSignedBy } from "./certificate.js";
import type { Core } from "./core.js";
import type { Application, Directory, User } from "./directory.js";
import { deviceCodes } from "./entra-device.js";
import { openIdRoutes } from "./entra-metadata.js";
import { type Answer, type Call, route } from "./route.js";

export const HOST = "login.microsoftonline.com";
const SPEC = "learn.microsoft.com/entra/identity-platform/v2-oauth2";
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const form = z.looseObject({
  grant_type: z.string(),
  client_id: z.string(),
  scope: z.string(),
  client_secret: z.string().optional(),
  client_assertion: z.string().optional(),
  client_assertion_type: z.literal(ASSERTION).optional(),
  device_code: z.string().optional(),
  refresh_token: z.string().optional(),
});
export type TokenForm = z.infer<typeof form>;

const given = z.strictObject({
  token_type: z.literal("Bearer"),
  scope: z.string().optional(),
  expires_in: z.number().int().positive(),
  ext_expires_in: z.number().int().positive(),
  access_token: z.string(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
  client_info: z.string().optional(),
});

export const entraError = z.strictObject({
  error: z.string(),
  error_description: z.string().regex(/^AADSTS\d+: /),
  error_codes: z.array(z.number().int()),
  timestamp: z.string(),
  trace_id: z.uuid(),
  correlation_id: z.uuid(),
});

/** A refusal of Entra's: its code decides what people are told. */
export class EntraError extends Error {
  readonly error: string;
  readonly code: number;

  constructor(error: string, code: number, message: string) {
    super(message);
    this.error = error;
    this.code = code;
  }
}

/** Seconds that an access token is good for; Entra gives 60 to 90 minutes. */
const LIFETIME = 3600;

/** Microsoft Entra's sign-in, as far as Azure's SDK and Terraform use it. */
export function openEntra(core: Core, directory: Directory) {
  const { tokens, now } = core;
  /** `jti` of every assertion that was taken. */
  const assertions: string[] = [];
  const refreshTokens = new Map<string, User>();
  const devices = deviceCodes(directory);
  /** Thrown at the next token requests, in order. */
  const refusals: EntraError[] = [];

  const accessToken = (tenant: string, scope: string, identity: Application | User): string => {
    const audience =
      scope.split(" ").find((one) => one.startsWith("https://")) ?? "https://graph.microsoft.com/.default";
    const aud = audience.replace(/\/(\.default|user_impersonation)$/, "");
    const who = "upn" in identity ? { upn: identity.upn, idtyp: "user" } : { appid: identity.clientId, idtyp: "app" };
    return tokens.mint(
      { aud, iss: `https://sts.windows.net/${tenant}/`, tid: tenant, oid: identity.oid, ...who },
      LIFETIME,
      now(),
    );
  };

  const forApplication = (tenant: string, { body }: Call<TokenForm>): Answer => {
    const application = directory.applications.find(
      ({ clientId, tenantId }) => clientId === body.client_id && tenantId === tenant,
    );
    if (!application) {
      throw new EntraError(
        "unauthorized_client",
        700016,
        `Application with identifier '${body.client_id}' was not found in the directory '${tenant}'.`,
      );
    }
    if (body.client_assertion) assertions.push(acceptAssertion(body.client_assertion, application, tenant, core));
    else acceptSecret(body.client_secret, application, now());
    return {
      status: 200,
      body: {
        token_type: "Bearer",
        expires_in: LIFETIME,
        ext_expires_in: LIFETIME,
        access_token: accessToken(tenant, body.scope, application),
      },
    };
  };

  const forUser = (tenant: string, { body }: Call<TokenForm>, user: User): Answer => {
    const refresh = randomUUID();
    refreshTokens.set(refresh, user);
    const claims = { tid: tenant, oid: user.oid, sub: user.oid, preferred_username: user.upn, ver: "2.0" };
    const id_token = tokens.mint(
      { aud: body.client_id, iss: `https://${HOST}/${tenant}/v2.0`, ...claims },
      LIFETIME,
      now(),
    );
    const client_info = Buffer.from(JSON.stringify({ uid: user.oid, utid: tenant })).toString("base64url");
    const access_token = accessToken(tenant, body.scope, user);
    const lifetime = { expires_in: LIFETIME, ext_expires_in: LIFETIME };
    return {
      status: 200,
      body: {
        token_type: "Bearer",
        scope: body.scope,
        ...lifetime,
        access_token,
        refresh_token: refresh,
        id_token,
        client_info,
      },
    };
  };

  const refreshed = (body: TokenForm): User => {
    const user = refreshTokens.get(body.refresh_token ?? "");
    if (user) return user;
    throw new EntraError("invalid_grant", 700082, "The refresh token has expired due to inactivity.");
  };

  const token = route({
    method: "POST",
    host: HOST,
    path: "/{tenant}/oauth2/v2.0/token",
    versions: null,
    query: z.strictObject({ "client-request-id": z.string().optional() }),
    spec: `${SPEC}-client-creds-grant-flow, -device-code, -auth-code-flow#refresh-the-access-token`,
    audience: null,
    form: true,
    request: form,
    responses: { 200: given, 400: entraError, 401: entraError },
    answer: (call) =>
      attempt(core, () => {
        const refusal = refusals.shift();
        if (refusal) throw refusal;
        const tenant = tenantOf(call.names.tenant ?? "", directory);
        const { grant_type: grant } = call.body;
        if (grant === "client_credentials") return forApplication(tenant, call);
        if (grant === "refresh_token") return forUser(tenant, call, refreshed(call.body));
        return forUser(tenant, call, devices.redeem(call.body.device_code ?? ""));
      }),
  });
  return {
    routes: [token, devices.route, ...openIdRoutes()],
    assertions,
    devices,
    refuse: (error: string, code: number, message: string) => refusals.push(new EntraError(error, code, message)),
    /** Makes every refresh token worthless, as an administrator or time does. */
    revoke: () => refreshTokens.clear(),
  };
}

export function attempt(core: Pick<Core, "now">, work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    const { error: name, code, message } = error;
    const [trace_id, correlation_id] = [randomUUID(), randomUUID()];
    const timestamp = core.now().toISOString().replace("T", " ").replace(/\..*/, "Z");
    const error_description = `AADSTS${code}: ${message} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`;
    const status = name === "invalid_client" || name === "unauthorized_client" ? 401 : 400;
    return {
      status,
      body: { error: name, error_description, error_codes: [code], timestamp, trace_id, correlation_id },
    };
  }
}

/** `organizations` and `common` are the home tenant of who signs in: here there is one such. */
function tenantOf(name: string, { tenants }: Directory): string {
  if (["organizations", "common"].includes(name)) return tenants[0] ?? "";
  if (tenants.includes(name)) return name;
  throw new EntraError(
    "invalid_request",
    90002,
    `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
  );
}

function acceptSecret(secret: string | undefined, { secret: known, clientId }: Application, now: Date): void {
  if (!known || known.value !== secret) {
    throw new EntraError(
      "invalid_client",
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
    );
  }
  if (known.expires <= now) {
    throw new EntraError(
      "invalid_client",
      7000222,
      `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app.`,
    );
  }
}

function outOfTime(assertion: string, now: Date): string {
  const { nbf = 0, exp = 0 } = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString("utf8"));
  const [from, end] = [nbf, exp].map((seconds: number) => new Date(seconds * 1000).toISOString());
  return `Client assertion is not within its valid time range. Current time: ${now.toISOString()}, assertion valid from ${from}, expiry time of assertion ${end}. Review the documentation.`;
}

/** Exact and with regard to case, as Entra compares. */
function acceptAssertion(
  assertion: string,
  { clientId, certificate, federated }: Application,
  tenant: string,
  { tokens, now }: Core,
): string {
  // A certificate has a thumbprint in the assertion's head; GitHub's and other issuers' tokens have none.
  if (
    Buffer.from(assertion.split(".")[0] ?? "", "base64url")
      .toString("utf8")
      .includes('"x5t')
  ) {
    const signed = certificate === null ? null : claimsSignedBy(certificate, assertion);
    const audience = `https://${HOST}/${tenant}/oauth2/v2.0/token`;
    if (signed?.iss === clientId && signed.sub === clientId && signed.aud === audience) return String(signed.jti);
    const message =
      "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.]";
    throw new EntraError("invalid_client", 700027, message);
  }
  const claims = tokens.read(assertion, now());
  if (!claims) {
    throw new EntraError("invalid_client", 700024, outOfTime(assertion, now()));
  }
  const matches = federated.some(
    ({ issuer, subject, audience }) => issuer === claims.iss && subject === claims.sub && audience === claims.aud,
  );
  if (matches) return claims.jti;
  throw new EntraError(
    "invalid_client",
    700213,
    `No matching federated identity record found for presented assertion subject '${claims.sub}'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
  );
}
