import type { Facts, IdentityFact } from "../facts.js";
import { needsOf, needsOfIdentity, type Place } from "../needs.js";
import { allows, type Need, type Role } from "../roles.js";
import { failure, judged, ok, type Verdict, warning } from "../verdict.js";

/** What may not be looked at may be well all the same. */
const unknown = (line: string, fix: string): Verdict => warning(line, fix);

/** Whether who is signed in may do what `up` and `destroy` do. */
export function ownRoles(facts: Facts): Verdict | Verdict[] {
  const { azure } = facts;
  return judged(
    azure.roles,
    (held) => {
      const place = placeOf(facts);
      if (place === null || !("value" in azure.signIn)) return [];
      const missing = distinct(azure.tiers.flatMap((tier) => needsOf(tier, place))).filter(
        (need) => !allows(held, need),
      );
      const isWorkflow = ["github-actions", "workload-identity"].includes(azure.signIn.value.way);
      const found = [
        ...byPurpose(missing).map(({ line, role, scope }) =>
          failure(`no role to ${line}`, `an owner runs \`paas bootstrap\`, or: give ${role} on ${scope}`),
        ),
        ...(isWorkflow ? givers("this workflow's identity", held, place) : []),
      ];
      return found.length > 0 ? found : ok(`${held.length} held; nothing that \`up\` needs is missing`);
    },
    unknown,
  );
}

/** Whether the identities of workflows and apps may do what they are for, and no more. */
export function identityRoles(facts: Facts): Verdict | Verdict[] {
  return judged(
    facts.azure.identities,
    (identities) => {
      const place = placeOf(facts);
      if (place === null) return [];
      const verdicts = identities.flatMap((identity) => rolesOf(identity, place));
      return verdicts.length > 0 ? verdicts : ok(`${identities.length} identities hold what they need, and no more`);
    },
    unknown,
  );
}

function rolesOf(identity: IdentityFact, place: Place): Verdict[] {
  const { found, name, purpose } = identity;
  if (!found) return purpose === "pull" ? [noPuller(name)] : [];
  const missing = needsOfIdentity(identity, place).filter((need) => !allows(found.roles, need));
  return [
    ...byPurpose(missing).map(({ line, role, scope }) =>
      failure(
        `${name} has no role to ${line}`,
        `an owner runs \`paas bootstrap\`, or: give ${role} on ${scope} to ${found.principalId}`,
      ),
    ),
    ...givers(name, found.roles, place),
    ...(purpose === "deploy" ? [] : changers(name, found.roles, place)),
  ];
}

function noPuller(name: string): Verdict {
  return failure(`the identity ${name}, which pulls images, is not there`, "`paas bootstrap --platform` makes it");
}

/** Who can give roles can give itself any: whoever can push a branch owns the subscription then. */
function givers(who: string, held: readonly Role[], place: Place): Verdict[] {
  const line = (role: Role) =>
    `${who} holds ${role.name} on ${role.scope}: every writer of the repository could give themselves any role`;
  return withRight(held, "Microsoft.Authorization/roleAssignments/write", place).map((role) =>
    failure(line(role), "take that role away; `paas bootstrap` gives what is needed"),
  );
}

/** Plans run what a pull request proposes, and apps what a branch holds. */
function changers(who: string, held: readonly Role[], place: Place): Verdict[] {
  return withRight(held, "Microsoft.Resources/subscriptions/resourceGroups/write", place).map((role) =>
    failure(`${who} holds ${role.name} on ${role.scope}, and is there to read only`, "take that role away"),
  );
}

function withRight(held: readonly Role[], action: string, { subscriptionId }: Place): Role[] {
  const need: Need = { purpose: "", role: "", scope: `/subscriptions/${subscriptionId}`, action };
  return held.filter((role) => allows([role], need)).slice(0, 1);
}

function placeOf({ manifest, azure }: Facts): Place | null {
  if (!("value" in manifest) || !("value" in azure.signIn)) return null;
  const { subscriptionId, tenantId } = azure.signIn.value;
  return { manifest: manifest.value, subscriptionId, tenantId };
}

function distinct(needs: Need[]): Need[] {
  const key = ({ scope, action }: Need) => `${scope} ${action}`;
  return needs.filter((need, index) => needs.findIndex((other) => key(other) === key(need)) === index);
}

/** One line for what is missing to one end: the end, and the first of its actions. */
function byPurpose(missing: Need[]): (Need & { line: string })[] {
  const firsts = missing.filter(
    (need, index) => missing.findIndex(({ purpose }) => purpose === need.purpose) === index,
  );
  return firsts.map((need) => {
    const others = missing.filter(({ purpose }) => purpose === need.purpose).length - 1;
    return { ...need, line: `${need.purpose} (${need.action}${others > 0 ? ` and ${others} more` : ""})` };
  });
}
