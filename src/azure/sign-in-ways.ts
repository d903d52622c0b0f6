import fs from "node:fs";
import type { TokenCredential } from "@azure/core-auth";
import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";
import { EXIT, PaasError } from "../errors.js";
import type { ClientOptions } from "./client.js";
import { githubAssertion } from "./github-assertion.js";
import { openLogin } from "./login.js";
import type { SignIn } from "./session.js";

/** What a way to sign in finds in its surroundings. */
export type Found = {
  credential: TokenCredential;
  /**
   * Variables with which Terraform signs in the same way by itself; null = it cannot, and asks us for tokens.
   */
  terraform: ((tenantId: string) => Record<string, string>) | null;
  /** Where it comes from, for people: `client secret of ARM_CLIENT_SECRET`. */
  from: string;
};

export type Surroundings = {
  variables: NodeJS.ProcessEnv;
  /** Tenant to sign in to; null = the home of whoever signs in. */
  tenantId: string | null;
  options: ClientOptions;
};

/** One way to sign in: what it found, or why it is not open, in a few words. */
export type Way = {
  name: SignIn;
  /** True when being configured is a wish: then its failure is told, and no other way is tried. */
  binding: boolean;
  /** @throws PaasError `sign-in-failed` when it is wished for, and something is missing */
  look(surroundings: Surroundings): Found | string | Promise<Found | string>;
};

/** One answer of the Azure CLI, which may have to ask Entra, in milliseconds. */
const CLI_LIMIT = 60_000;

/** In the order in which they are tried. */
export const WAYS: Way[] = [
  { name: "github-actions", binding: true, look: githubActions },
  { name: "environment", binding: true, look: environment },
  { name: "workload-identity", binding: true, look: workloadIdentity },
  { name: "login", binding: true, look: login },
  { name: "azure-cli", binding: false, look: azureCli },
];

function githubActions({ variables, tenantId, options }: Surroundings): Found | string {
  if (variables.GITHUB_ACTIONS !== "true") return "this is no GitHub Actions job";
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = variables;
  if (!url || !token) return "the job has no `permissions: id-token: write`";
  const clientId = clientIdOf(variables);
  if (!clientId) return NO_CLIENT;
  if (!tenantId) return NO_TENANT;
  const assertion = githubAssertion({ url, token }, options);
  return {
    credential: new ClientAssertionCredential(tenantId, clientId, assertion, options),
    terraform: () => ({
      ARM_USE_OIDC: "true",
      ARM_CLIENT_ID: clientId,
      ACTIONS_ID_TOKEN_REQUEST_URL: url,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
    }),
    from: `GitHub Actions, client ${clientId}`,
  };
}

function environment({ variables, tenantId, options }: Surroundings): Found | string {
  const secret = variables.ARM_CLIENT_SECRET || variables.AZURE_CLIENT_SECRET;
  const certificate = variables.ARM_CLIENT_CERTIFICATE_PATH || variables.AZURE_CLIENT_CERTIFICATE_PATH;
  if (!secret && !certificate) return "neither ARM_CLIENT_SECRET nor AZURE_CLIENT_CERTIFICATE_PATH is set";
  const given = secret ? "a client secret" : `the certificate ${certificate}`;
  const clientId = clientIdOf(variables) ?? incomplete(given, NO_CLIENT);
  if (!tenantId) return incomplete(given, NO_TENANT);
  if (secret) {
    return {
      credential: new ClientSecretCredential(tenantId, clientId, secret, options),
      terraform: () => ({ ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: secret }),
      from: `client secret of ${clientId}`,
    };
  }
  const password = variables.ARM_CLIENT_CERTIFICATE_PASSWORD || variables.AZURE_CLIENT_CERTIFICATE_PASSWORD;
  const known = { certificatePath: certificate ?? "", ...(password ? { certificatePassword: password } : {}) };
  if (!fs.existsSync(known.certificatePath)) return incomplete(given, "the file is not there");
  return {
    credential: new ClientCertificateCredential(tenantId, clientId, known, options),
    // Terraform reads PKCS #12 alone, Azure's SDK PEM alone.
    terraform: null,
    from: `certificate of ${clientId}`,
  };
}

function workloadIdentity({ variables, tenantId, options }: Surroundings): Found | string {
  const file = variables.AZURE_FEDERATED_TOKEN_FILE || variables.ARM_OIDC_TOKEN_FILE_PATH;
  if (!file) return "neither AZURE_FEDERATED_TOKEN_FILE nor ARM_OIDC_TOKEN_FILE_PATH is set";
  const given = `the federated token file ${file}`;
  if (!fs.existsSync(file)) return incomplete(given, "the file is not there");
  const clientId = clientIdOf(variables) ?? incomplete(given, NO_CLIENT);
  if (!tenantId) return incomplete(given, NO_TENANT);
  return {
    credential: new WorkloadIdentityCredential({ ...options, clientId, tenantId, tokenFilePath: file }),
    terraform: () => ({ ARM_USE_OIDC: "true", ARM_CLIENT_ID: clientId, ARM_OIDC_TOKEN_FILE_PATH: file }),
    from: `federated token file of ${clientId}`,
  };
}

async function login({ variables, tenantId, options }: Surroundings): Promise<Found | string> {
  const found = await openLogin(variables, tenantId, options);
  if (!found) return "`paas login` has not been run";
  return { credential: found.credential, terraform: null, from: `paas login, ${found.username}` };
}

function azureCli({ variables, tenantId }: Surroundings): Found {
  const folder: Record<string, string> = variables.AZURE_CONFIG_DIR
    ? { AZURE_CONFIG_DIR: variables.AZURE_CONFIG_DIR }
    : {};
  return {
    credential: new AzureCliCredential({ processTimeoutInMs: CLI_LIMIT, ...(tenantId ? { tenantId } : {}) }),
    terraform: () => ({ ...folder, ARM_USE_CLI: "true" }),
    from: "Azure CLI",
  };
}

const NO_CLIENT = "neither ARM_CLIENT_ID nor AZURE_CLIENT_ID is set";
const NO_TENANT = "no tenant is chosen: neither ARM_TENANT_ID nor AZURE_TENANT_ID is set";

/** Whoever names an identity means it: signing in as another one, because a part is missing, would surprise. */
function incomplete(given: string, missing: string): never {
  throw new PaasError("sign-in-failed", `sign-in with ${given}: ${missing}`, {
    details: ["allowed: a client id, a tenant, and one of secret, certificate (PEM) and federated token file"],
    next: "complete the variables, or unset them to sign in another way",
    exit: EXIT.signIn,
  });
}

function clientIdOf(variables: NodeJS.ProcessEnv): string | undefined {
  return variables.ARM_CLIENT_ID || variables.AZURE_CLIENT_ID;
}
