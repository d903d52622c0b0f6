import { type Arm, openArm } from "../../src/azure/arm.js";
import { type Groups, openGroups } from "../../src/azure/groups.js";
import type { Session } from "../../src/azure/session.js";
import { signIn } from "../../src/azure/sign-in.js";
import { openSoftDeleted, type SoftDeleted } from "../../src/azure/soft-deleted.js";
import type { Ground } from "./ground.js";

/** The subscription of a run, seen by this process and not through the CLI that is tried. */
export type Subscription = {
  id: string;
  session: Session;
  arm: Arm;
  groups: Groups;
  softDeleted: SoftDeleted;
  close(): Promise<void>;
};

/** Signs in as the CLI will, in the first way that is open. */
export async function openSubscription(id: string, { variables, clientOptions }: Ground): Promise<Subscription> {
  const session = await signIn(variables, { tenantId: null, subscriptionId: id }, clientOptions);
  const endpoint = { url: "https://management.azure.com", credential: session.credential, options: clientOptions };
  const arm = openArm(endpoint);
  return {
    id: session.subscriptionId,
    session,
    arm,
    groups: openGroups(endpoint, session.subscriptionId),
    softDeleted: openSoftDeleted(arm, session.subscriptionId),
    close: session.close,
  };
}
