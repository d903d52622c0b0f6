import type { Store } from "../../../src/local/store.js";
import type { Operations } from "./operations.js";
import type { Tokens } from "./tokens.js";

export const TENANT = "11111111-2222-4333-8444-555555555555";
export const SUBSCRIPTION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
/** Of the same tenant; it is there where a test opens a stand-in beside another. */
export const OTHER_SUBSCRIPTION = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff";

export type Subscription = {
  subscriptionId: string;
  displayName: string;
  tenantId: string;
  state: "Enabled" | "Disabled";
};

/** What the resource providers of the stand-in share. */
export type Core = {
  /** Resources, in the shape that the azurerm provider gives them: Terraform's simulated provider writes them too. */
  store: Store;
  tenantId: string;
  /** The one that has resources. */
  subscriptionId: string;
  /** What the list of subscriptions shows. */
  subscriptions: Subscription[];
  operations: Operations;
  tokens: Tokens;
  /** Who Terraform is signed in as: the simulated provider does not see its token. */
  terraform: { objectId: string | undefined };
  now(): Date;
};
