import type { AccessToken, TokenCredential } from "@azure/core-auth";
import { EXIT, PaasError } from "../errors.js";
import { claimsOf } from "./claims.js";
import { type ClientOptions, openHttp, PATIENT } from "./client.js";
import { ARM_SCOPE } from "./login.js";
import type { Session, SignIn } from "./session.js";
import { signInFailure } from "./sign-in-failure.js";
import { type Found, WAYS } from "./sign-in-ways.js";
import { chooseSubscription } from "./subscriptions.js";
import { openTokenEndpoint } from "./token-endpoint.js";

/** What was chosen explicitly, in `platform:` of the manifest or by a flag; null = nothing was. */
export type Chosen = { tenantId: string | null; subscriptionId: string | null };

/**
 * Signs in to Azure in the first way that is open: GitHub Actions, environment, workload identity, `paas login`, Azure
 * CLI. Tenant and subscription are those chosen, then those of ARM_* and AZURE_* variables.
 * @param options for the SDK clients; a company's proxy and certificates are found without
 * @throws PaasError `not-signed-in` (exit 4) naming every way that was tried, `wrong-tenant`, `subscription-not-chosen` …
 */
export async function signIn(
  variables: NodeJS.ProcessEnv,
  chosen: Chosen,
  options: ClientOptions = {},
): Promise<Session> {
  const wanted = {
    tenantId: chosen.tenantId ?? (variables.ARM_TENANT_ID || variables.AZURE_TENANT_ID || null),
    subscriptionId: chosen.subscriptionId ?? (variables.ARM_SUBSCRIPTION_ID || variables.AZURE_SUBSCRIPTION_ID || null),
  };
  const { way, found, token } = await firstOpen(variables, wanted.tenantId, { ...PATIENT, ...options });
  const claims = claimsOf(token.token);
  const tenantId = claims.tenantId ?? wanted.tenantId ?? "";
  const who = claims.who ?? found.from;
  if (wanted.tenantId && UUID.test(wanted.tenantId) && wanted.tenantId.toLowerCase() !== tenantId.toLowerCase()) {
    throw otherTenant(wanted.tenantId, tenantId, found, who);
  }
  const http = openHttp({ credential: found.credential, scope: ARM_SCOPE }, options);
  const subscriptionId = await chooseSubscription(wanted.subscriptionId, { who, tenantId }, http);
  const forTerraform = await terraformSignIn(found, tenantId);
  return {
    credential: found.credential,
    tenantId,
    subscriptionId,
    signIn: way,
    who,
    terraform: { ARM_TENANT_ID: tenantId, ARM_SUBSCRIPTION_ID: subscriptionId, ...forTerraform.variables },
    close: forTerraform.close,
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Open = { way: SignIn; found: Found; token: AccessToken };

async function firstOpen(variables: NodeJS.ProcessEnv, tenantId: string | null, options: ClientOptions): Promise<Open> {
  const closed: string[] = [];
  for (const { name, binding, look } of WAYS) {
    const found = await look({ variables, tenantId, options });
    if (typeof found === "string") {
      closed.push(`${LABELS[name]}: ${found}`);
      continue;
    }
    try {
      return { way: name, found, token: await tokenOf(found.credential) };
    } catch (error) {
      if (binding) throw signInFailure(found.from, error);
      closed.push(`${LABELS[name]}: ${firstLine(error)}`);
    }
  }
  throw new PaasError("not-signed-in", "you are not signed in to Azure", {
    details: [...closed, "allowed: one of these; the first that is open is taken"],
    next: "`paas login`",
    exit: EXIT.signIn,
  });
}

const LABELS: Record<SignIn, string> = {
  "github-actions": "GitHub Actions",
  environment: "environment",
  "workload-identity": "workload identity",
  login: "paas login",
  "azure-cli": "Azure CLI",
};

async function tokenOf(credential: TokenCredential): Promise<AccessToken> {
  const token = await credential.getToken(ARM_SCOPE);
  if (token) return token;
  throw new Error("Entra gave no token");
}

/** Terraform signs in itself where it can; else it gets its tokens from us, and never one that ends during a run. */
async function terraformSignIn(
  { credential, terraform }: Found,
  tenantId: string,
): Promise<{ variables: Record<string, string>; close(): Promise<void> }> {
  const off = { ARM_USE_CLI: "false", ARM_USE_MSI: "false", ARM_USE_OIDC: "false" };
  if (terraform) return { variables: { ...off, ...terraform(tenantId) }, close: async () => {} };
  const endpoint = await openTokenEndpoint(credential);
  return { variables: { ...off, ARM_USE_MSI: "true", ARM_MSI_ENDPOINT: endpoint.url }, close: endpoint.close };
}

function otherTenant(wanted: string, tenantId: string, { from }: Found, who: string): PaasError {
  return new PaasError("wrong-tenant", `you are signed in to another tenant than the one chosen`, {
    details: [
      `signed in: tenant ${tenantId} as ${who} (${from})`,
      `allowed: tenant ${wanted}, which \`platform:\` of paas.yaml, ARM_TENANT_ID or --tenant names`,
    ],
    next: `\`paas login --tenant ${wanted}\``,
    exit: EXIT.signIn,
  });
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n", 1)[0] ?? text;
}
