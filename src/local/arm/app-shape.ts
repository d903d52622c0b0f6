import { containerToArm, containerToProvider } from "./container-shape.js";
import {
  type Field,
  type Fields,
  first,
  isFields,
  listOf,
  mergePatch,
  objectOf,
  present,
  textOf,
  toArm,
  toProvider,
} from "./fields.js";
import { ingressToArm, ingressToProvider } from "./ingress-shape.js";
import { scaleToArm, scaleToProvider } from "./scale-shape.js";

/* A container app in its two shapes: the REST API's `Microsoft.App/containerApps`, the provider's `azurerm_container_app`. */

const SUFFIX: Field[] = [["revisionSuffix", "revision_suffix", ""]];
const GRACE: Field[] = [["terminationGracePeriodSeconds", "termination_grace_period_seconds", 0]];

const VOLUME: Field[] = [
  ["name", "name", ""],
  ["storageType", "storage_type", ""],
  ["storageName", "storage_name", ""],
  ["mountOptions", "mount_options", ""],
];

/** Never the value: the API gives that to `listSecrets` alone, which the local cloud does not have. */
const SECRET: Field[] = [
  ["name", "name", ""],
  ["keyVaultUrl", "key_vault_secret_id", ""],
  ["identity", "identity", ""],
];

const REGISTRY: Field[] = [
  ["server", "server", ""],
  ["username", "username", ""],
  ["passwordSecretRef", "password_secret_name", ""],
  ["identity", "identity", ""],
];

const CONFIGURATION: Field[] = [
  ["activeRevisionsMode", "revision_mode", ""],
  ["maxInactiveRevisions", "max_inactive_revisions", 0],
];

const DAPR: Field[] = [
  ["appId", "app_id", ""],
  ["appPort", "app_port", 0],
  ["appProtocol", "app_protocol", ""],
];

export function templateToArm(block: Fields): Fields {
  return present({
    ...toArm([...SUFFIX, ...GRACE], block),
    containers: listOf(block.container).map(containerToArm),
    initContainers: listOf(block.init_container).map(containerToArm),
    scale: scaleToArm(block),
    volumes: listOf(block.volume).map((volume) => toArm(VOLUME, volume)),
  });
}

export function configurationToArm(attributes: Fields, app: string): Fields {
  const ingress = listOf(attributes.ingress).map((block) => ingressToArm(block, app));
  return present({
    ...toArm(CONFIGURATION, attributes),
    secrets: listOf(attributes.secret).map((secret) => toArm(SECRET, secret)),
    registries: listOf(attributes.registry).map((registry) => toArm(REGISTRY, registry)),
    ingress: ingress[0],
    dapr: listOf(attributes.dapr).map((dapr) => ({ enabled: true, ...toArm(DAPR, dapr) }))[0],
  });
}

export function identityToArm(block: Fields): Fields {
  const { type, identity_ids: ids, principal_id: principalId, tenant_id: tenantId } = block;
  const assigned = Array.isArray(ids) ? ids.map((id) => [String(id), {}]) : [];
  const userAssignedIdentities = Object.fromEntries(assigned);
  return present({ type: textOf(type).replace(", ", ",") || "None", principalId, tenantId, userAssignedIdentities });
}

/**
 * The attributes of a container app after a PATCH, which merges as RFC 7396 says: lists such as containers and secrets
 * are replaced whole. What the patch does not speak of stays as it is.
 * @param patch body of the request
 */
export function patchAttributes(attributes: Fields, patch: Fields, app: string): Fields {
  const { template, configuration } = objectOf(patch.properties);
  return {
    ...attributes,
    ...(isFields(patch.tags) ? { tags: mergePatch(objectOf(attributes.tags), patch.tags) } : {}),
    ...(isFields(patch.identity) ? { identity: patchIdentity(attributes, patch.identity) } : {}),
    ...(isFields(template) ? { template: [patchTemplate(first(attributes.template), template)] } : {}),
    ...(isFields(configuration) ? patchConfiguration(attributes, configuration, app) : {}),
  };
}

/** Parts of a template, and the provider's attributes for each. */
const TEMPLATE_PARTS: Record<string, (merged: Fields) => Fields> = {
  revisionSuffix: (merged) => toProvider(SUFFIX, merged),
  terminationGracePeriodSeconds: (merged) => toProvider(GRACE, merged),
  containers: ({ containers }) => ({ container: listOf(containers).map(containerToProvider) }),
  initContainers: ({ initContainers }) => ({ init_container: listOf(initContainers).map(containerToProvider) }),
  scale: ({ scale }) => scaleToProvider(objectOf(scale)),
  volumes: ({ volumes }) => ({ volume: listOf(volumes).map((volume) => toProvider(VOLUME, volume)) }),
};

function patchTemplate(block: Fields, patch: Fields): Fields {
  const merged = mergePatch(templateToArm(block), patch);
  const changed = Object.keys(patch).map((part) => TEMPLATE_PARTS[part]?.(merged) ?? {});
  return Object.assign({}, block, ...changed);
}

function patchConfiguration(attributes: Fields, patch: Fields, app: string): Fields {
  const merged = mergePatch(configurationToArm(attributes, app), patch);
  const registries = listOf(merged.registries).map((registry) => toProvider(REGISTRY, registry));
  const ingress = isFields(merged.ingress)
    ? [{ ...first(attributes.ingress), ...ingressToProvider(merged.ingress, app) }]
    : [];
  return {
    ...("activeRevisionsMode" in patch ? { revision_mode: textOf(merged.activeRevisionsMode) } : {}),
    ...("maxInactiveRevisions" in patch ? { max_inactive_revisions: merged.maxInactiveRevisions ?? null } : {}),
    ...("secrets" in patch ? { secret: patchSecrets(attributes, listOf(merged.secrets)) } : {}),
    ...("registries" in patch ? { registry: registries } : {}),
    ...("ingress" in patch ? { ingress } : {}),
  };
}

/** A secret that is only named keeps the value it has. */
function patchSecrets(attributes: Fields, secrets: Fields[]): Fields[] {
  const before = new Map(listOf(attributes.secret).map((secret) => [secret.name, secret]));
  return secrets.map((secret) => {
    const isNamedOnly = secret.value === undefined && secret.keyVaultUrl === undefined;
    const known = before.get(secret.name);
    if (isNamedOnly && known) return known;
    return { ...toProvider(SECRET, secret), value: textOf(secret.value) };
  });
}

function patchIdentity(attributes: Fields, patch: Fields): Fields[] {
  const merged = mergePatch(identityToArm(first(attributes.identity)), patch);
  if (merged.type === "None") return [];
  const { principal_id = "", tenant_id = "" } = first(attributes.identity);
  const identity_ids = Object.keys(objectOf(merged.userAssignedIdentities));
  return [{ type: textOf(merged.type).replace(/, ?/, ", "), identity_ids, principal_id, tenant_id }];
}
