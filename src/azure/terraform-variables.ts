import type { Session } from "./session.js";

/** By which Go's programs find a company's proxy and certificates; the others of the user's variables stay outside. */
export const NETWORK = [
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "NO_PROXY",
  "https_proxy",
  "http_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];

/**
 * The environment of Terraform on Azure: the session's identity, Entra alone for the state, and the way out of here.
 * @param subscriptionId in which the provider acts, whichever the session was begun in
 */
export function terraformVariables(
  session: Session,
  subscriptionId: string,
  variables: NodeJS.ProcessEnv,
): Record<string, string> {
  const network = NETWORK.flatMap((name) => (variables[name] ? [[name, variables[name] ?? ""]] : []));
  const identity = { ...session.terraform, ARM_SUBSCRIPTION_ID: subscriptionId };
  return { ...Object.fromEntries(network), ARM_USE_AZUREAD: "true", ...identity };
}
