import type { Facts } from "../facts.js";
import { PROVIDERS } from "../needs.js";
import { type Check, failure, judged, ok, type Verdict, warning } from "../verdict.js";
import { identityRoles, ownRoles } from "./roles.js";

export const SIGN_IN = "azure-sign-in";

/** The subscription: who works in it, what it is ready for, and whether there is room. */
export const AZURE: Check[] = [
  {
    id: SIGN_IN,
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
  { id: "azure-roles", title: "roles", judge: ownRoles },
  { id: "identity-roles", title: "roles of identities", judge: identityRoles },
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

/** Azure writes some namespaces now in one case, now in another. */
function providers(states: Record<string, string>): Verdict {
  const known = new Map(Object.entries(states).map(([namespace, state]) => [namespace.toLowerCase(), state]));
  const missing = PROVIDERS.map((name) => ({ name, state: known.get(name.toLowerCase()) ?? "unknown" }))
    .filter(({ state }) => state !== "Registered")
    .map(({ name, state }) => `${name} (${state})`);
  if (missing.length === 0) return ok(`${PROVIDERS.length} registered`);
  const fix = "`paas bootstrap` registers them; by hand: `az provider register --namespace <namespace> --wait`";
  return failure(`not registered: ${missing.join(", ")}`, fix);
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
