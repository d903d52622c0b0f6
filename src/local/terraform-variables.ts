import { LOCAL_SUBSCRIPTION, LOCAL_TENANT } from "../naming/simulated.js";

export type TerraformSurroundings = {
  /** The door, with its credentials. */
  proxy: string;
  /** Federated token that the simulated sign-in accepts. */
  token: string;
  /** File with the certificate to trust. */
  certFile: string;
  /** Where the simulated provider listens. */
  reattach: Record<string, unknown>;
};

/**
 * What makes an unchanged Terraform configuration meet the local cloud: OIDC sign-in, backend and provider as on Azure,
 * with every connection led through the door. `SSL_CERT_FILE` is read on Linux only.
 */
export function terraformVariables({
  proxy,
  token,
  certFile,
  reattach,
}: TerraformSurroundings): Record<string, string> {
  return {
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    NO_PROXY: "127.0.0.1,localhost",
    SSL_CERT_FILE: certFile,
    // Go reads whole folders of certificates besides; none but ours is to be trusted here.
    SSL_CERT_DIR: `${certFile}.none`,
    ARM_USE_OIDC: "true",
    ARM_OIDC_TOKEN: token,
    ARM_USE_AZUREAD: "true",
    ARM_USE_CLI: "false",
    ARM_CLIENT_ID: "00000000-0000-4000-8000-0000000000c1",
    ARM_TENANT_ID: LOCAL_TENANT,
    ARM_SUBSCRIPTION_ID: LOCAL_SUBSCRIPTION,
    TF_REATTACH_PROVIDERS: JSON.stringify(reattach),
  };
}
