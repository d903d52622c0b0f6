import { type Attributes, blocksOf, textOf } from "../values.js";
import type { Problem } from "./kind.js";

/** Rules between the attributes of a container app that the provider looks at before it asks Azure. */
export function containerAppProblems(attributes: Attributes): Problem[] {
  return [
    ...blocksOf(attributes.template).flatMap((template) => at("template.0.min_replicas", replicaProblem(template))),
    ...blocksOf(attributes.secret).flatMap((secret) => at("secret", secretProblem(secret))),
    ...blocksOf(attributes.ingress).flatMap((ingress) => at("ingress.0.traffic_weight", trafficProblem(ingress))),
    ...blocksOf(attributes.identity).flatMap((identity) => at("identity.0.identity_ids", identityProblem(identity))),
  ];
}

function at(path: string, message: string | undefined): Problem[] {
  return message === undefined ? [] : [{ path, message }];
}

function replicaProblem({ min_replicas: min, max_replicas: max }: Attributes): string | undefined {
  if (typeof min !== "number" || typeof max !== "number" || min <= max) return undefined;
  return `\`min_replicas\` (${min}) must be less than or equal to \`max_replicas\` (${max})`;
}

function secretProblem({ name, value, identity, key_vault_secret_id: reference }: Attributes): string | undefined {
  if (typeof name === "string" && !/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) {
    return `secret name ${JSON.stringify(name)} must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character`;
  }
  if (reference !== null && identity === null) return "must supply `identity` for key vault reference secrets";
  if (reference !== null || value !== null) return undefined;
  return `secret ${JSON.stringify(textOf(name))} must have a \`value\` or a \`key_vault_secret_id\``;
}

function trafficProblem({ traffic_weight: given }: Attributes): string | undefined {
  const weights = blocksOf(given);
  if (!Array.isArray(given) || weights.length < given.length) return undefined;
  const isUnaddressed = ({ latest_revision: latest, revision_suffix: suffix }: Attributes) =>
    (latest === null || latest === false) && suffix === null;
  if (weights.some(isUnaddressed)) {
    return "either `latest_revision` or `revision_suffix` must be specified for a `traffic_weight`";
  }
  const shares = weights.map(({ percentage }) => (typeof percentage === "number" ? percentage : Number.NaN));
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (Number.isNaN(total) || total === 100) return undefined;
  return `the percentages of \`traffic_weight\` must add up to 100, got ${total}`;
}

function identityProblem({ type, identity_ids: ids }: Attributes): string | undefined {
  if (type === "SystemAssigned" && Array.isArray(ids) && ids.length > 0) {
    return '`identity_ids` can only be specified when `type` is set to "UserAssigned" or "SystemAssigned, UserAssigned"';
  }
  if (type !== "UserAssigned" || ids !== null) return undefined;
  return '`identity_ids` must be specified when `type` is set to "UserAssigned"';
}
