import type { Facts } from "../facts.js";
import { needsOf, PROVIDERS } from "../needs.js";
import { allows, type Need, type Role } from "../roles.js";
import { type Check, failure, judged, ok, type Verdict, warning } from "../verdict.js";

/** The subscription: who works in it, what it is ready for, and whether there is room. */
export const AZURE: Check[] = [
  {
    id: "azure-sign-in",
    title: "Azure sign-in",
    judge: ({ azure }) => judged(azure.signIn, ({ who, way, tenantId }) => ok(`${who} (${way}), tenant ${tenantId}`)),
  },
  {
    id: "azure-subscription",
    title: "subscription",
    judge: ({ azure }) =>
      judged(azure.subscription, ({ name, state }) =>
        ["Enabled", "Warned"].includes(state)
          ? ok(name)
          : failure(`${name} is ${state}: it can be read only`, "its owner enables it again in the portal"),
      ),
  },
  { id: "azure-providers", title: "resource providers", judge: ({ azure }) => judged(azure.providers, providers) },
  { id: "azure-roles", title: "roles", judge: roles },
  { id: "azure-state", title: "state account", judge: state },
  {
    id: "azure-quota",
    title: "quota",
    judge: (facts) =>
      judged(
        facts.azure.quota,
        (found) => quota(found, facts),
        (line, fix) => warning(line, fix),
      ),
  },
];

function providers(states: Record<string, string>): Verdict {
  const missing = PROVIDERS.filter((namespace) => states[namespace] !== "Registered");
  if (missing.length === 0) return ok(`${PROVIDERS.length} registered`);
  const fix = "`paas bootstrap` registers them; by hand: `az provider register --namespace <namespace> --wait`";
  return failure(`not registered: ${missing.map((name) => `${name} (${states[name] ?? "unknown"})`).join(", ")}`, fix);
}

function roles({ azure }: Facts): Verdict | Verdict[] {
  return judged(azure.roles, (held) => {
    if (!("value" in azure.signIn)) return [];
    const { subscriptionId, tenantId } = azure.signIn.value;
    const account = "value" in azure.stateAccountId ? azure.stateAccountId.value : null;
    const needs = azure.platforms.flatMap((platform) => needsOf(platform, subscriptionId, tenantId, account));
    const missing = distinct(needs.filter((need) => !allows(held, need)));
    const found = [...missing.map(missingRole), ...tooMuch(held, subscriptionId, azure.signIn.value.way)];
    return found.length > 0 ? found : ok(`${held.length} held; nothing that \`up\` needs is missing`);
  });
}

function missingRole({ purpose, role, scope }: Need): Verdict {
  return failure(`no role to ${purpose}`, `an owner runs \`paas bootstrap\`, or: give ${role} on ${scope}`);
}

function distinct(needs: Need[]): Need[] {
  const key = ({ scope, action }: Need) => `${scope} ${action}`;
  return needs.filter((need, index) => needs.findIndex((other) => key(other) === key(need)) === index);
}

/** A workflow's identity that can give roles can give itself any: whoever can push a branch owns the subscription then. */
function tooMuch(held: Role[], subscriptionId: string, way: string): Verdict[] {
  if (!["github-actions", "workload-identity"].includes(way)) return [];
  const need = { purpose: "", role: "", scope: `/subscriptions/${subscriptionId}` };
  const giver = held.find((role) =>
    allows([role], { ...need, action: "Microsoft.Authorization/roleAssignments/write" }),
  );
  if (!giver) return [];
  const line = `this workflow's identity holds ${giver.name} on ${giver.scope}: every writer of the repository could give themselves any role`;
  return [failure(line, "take that role away; `paas bootstrap` gives what is needed, with conditions")];
}

function state({ azure }: Facts): Verdict | Verdict[] {
  const account = judged(azure.stateAccountId, () => []);
  if (!Array.isArray(account)) return account;
  return judged(azure.state, (containers) => {
    const verdicts = Object.values(containers).flatMap((found) => judged(found, () => []));
    const names = Object.keys(containers).map((tier) => `tier-${tier}`);
    return verdicts.length > 0 ? verdicts : ok(`${names.join(" and ")} can be read`);
  });
}

function quota({ used, limit, region }: { used: number; limit: number; region: string }, facts: Facts): Verdict {
  const line = `${used} of ${limit} Container Apps environments in ${region}`;
  const dedicated = "value" in facts.manifest && facts.manifest.value.isolation === "dedicated";
  const fix = "ask for more in the portal (Quotas, Azure Container Apps), or set `isolation: shared` in paas.yaml";
  if (used < limit) return limit - used === 1 && dedicated ? warning(`${line}: room for one more`, fix) : ok(line);
  return dedicated || limit === 0 ? failure(`${line}: no room for another`, fix) : warning(`${line}: none left`, fix);
}
