import type { TokenCredential } from "@azure/core-auth";

/** How somebody signed in, in the order in which the ways are tried. */
export const SIGN_INS = ["github-actions", "environment", "workload-identity", "login", "azure-cli"] as const;
export type SignIn = (typeof SIGN_INS)[number];

/** Somebody who is signed in to Azure, and the subscription that they work in. */
export type Session = {
  credential: TokenCredential;
  /** UUIDs; chosen explicitly and shown before anything is changed. */
  tenantId: string;
  subscriptionId: string;
  signIn: SignIn;
  /** For people: `alice@acme.example`, or the client id of an application. */
  who: string;
  /**
   * Variables with which Terraform and its backend sign in as the same identity; never a token that expires during a
   * run, and nothing that the identity did not come with.
   */
  terraform: Record<string, string>;
  /** Ends what was opened for Terraform's sake. */
  close(): Promise<void>;
};
