import { claimsOf } from "../azure/claims.js";
import { ARM_SCOPE } from "../azure/login.js";
import type { Session } from "../azure/session.js";
import { planBootstrap } from "../bootstrap/plan.js";
import type { BootstrapPlan, Principal } from "../bootstrap/step.js";
import { othersIn } from "../bootstrap/subscription.js";
import { EXIT, PaasError } from "../errors.js";
import type { Tier } from "../manifest/manifest.js";
import type { BootstrapDoors } from "../pipeline/bootstrap-doors.js";
import type { Opened } from "./bootstrap.open.js";
import type { BootstrapOptions } from "./bootstrap.run.js";

/** What is to be done, as far as the subscription admits it. @throws PaasError `subscription-shared`, exit 5 */
export async function planFor(
  options: BootstrapOptions,
  { doors, session, github, manifest }: Opened,
): Promise<BootstrapPlan> {
  const shared = options.sharedSubscription === true;
  if (!shared) await refuseShared(options.tier, doors);
  return planBootstrap({
    manifest,
    tier: options.tier,
    subscriptionId: session.subscriptionId,
    tenantId: session.tenantId,
    shared,
    person: await personOf(session),
    defaultBranch: github.defaultBranch,
    github: github.reached?.trust ?? null,
  });
}

/** Contributor at a subscription reaches everything in it. */
async function refuseShared(tier: Tier, { groups, manifest, cloud }: BootstrapDoors): Promise<void> {
  const found = [];
  for await (const group of groups.all()) found.push(group);
  const others = othersIn(found, manifest.id, tier);
  if (others.length === 0) return;
  const shown = others.slice(0, 5);
  const rest = others.length - shown.length;
  throw new PaasError(
    "subscription-shared",
    `subscription ${cloud.subscriptionId} holds groups that are not of ${tier}`,
    {
      details: [
        ...shown,
        ...(rest > 0 ? [`and ${rest} more`] : []),
        "workflows would become Contributor of all of them",
      ],
      next: "take a subscription of its own (`--subscription <id>`), or `--shared-subscription`, which grants a narrow role",
      exit: EXIT.refused,
    },
  );
}

async function personOf({ credential, who }: Session): Promise<Extract<Principal, { kind: "person" }>> {
  const { objectId, isApplication } = claimsOf((await credential.getToken(ARM_SCOPE))?.token ?? "");
  const type = isApplication ? "ServicePrincipal" : "User";
  if (objectId) return { kind: "person", id: objectId, type, name: who };
  throw new PaasError("not-signed-in", "the sign-in does not say who you are (no object id)", {
    next: "`paas login`",
    exit: EXIT.signIn,
  });
}
