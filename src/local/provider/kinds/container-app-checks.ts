import type { Resource } from "../../store.js";
import { nameOf } from "../identifiers.js";
import { type Attributes, blocksOf, textOf } from "../values.js";
import type { Refusal, Request, SimulatedAzure } from "./kind.js";

type Check = (request: Request, azure: SimulatedAzure) => string | undefined;

/** What Container Apps itself refuses, in the order it is looked at; by Azure's error code. */
const CHECKS: [code: string, check: Check][] = [
  ["ContainerAppNameInUse", refuseNameInUse],
  ["ContainerAppInvalidResourceTotal", refuseResources],
  ["ContainerAppDuplicateContainerName", refuseSameNames],
  ["ContainerAppSecretRefNotFound", refuseSecretReferences],
  ["ContainerAppIdentityNotAssigned", refuseUnattachedIdentities],
  ["ContainerAppSecretKeyVaultNotFound", refuseMissingVaults],
  ["ContainerAppRegistryNotFound", refuseMissingRegistries],
  ["ContainerAppImageRequired", refuseUnpullableImages],
];

const LARGEST_CPU = 4;
const CPU_STEP = 0.25;

export function refuseContainerApp(request: Request, azure: SimulatedAzure): Refusal | undefined {
  for (const [code, check] of CHECKS) {
    const message = check(request, azure);
    if (message !== undefined) return { status: 400, code, message };
  }
  return undefined;
}

/** An app's name is part of a host name of its environment, whichever group the app lies in. */
function refuseNameInUse({ id, attributes }: Request, { store }: SimulatedAzure): string | undefined {
  const environment = textOf(attributes.container_app_environment_id).toLowerCase();
  const isNamesake = (app: Resource) =>
    app.id.toLowerCase() !== id.toLowerCase() &&
    nameOf(app.id) === nameOf(id) &&
    String(app.attributes.container_app_environment_id).toLowerCase() === environment;
  const other = store.list("azurerm_container_app").find(isNamesake);
  return other && `The name '${nameOf(id)}' is already used in the managed environment, by ${other.id}`;
}

/** On the consumption plan, memory in Gi is twice the vCPU, in steps of a quarter. */
function refuseResources({ attributes }: Request): string | undefined {
  const profile = textOf(attributes.workload_profile_name);
  if (profile !== "" && profile !== "Consumption") return undefined;
  const containers = containersOf(attributes);
  const cpu = containers.reduce((sum, container) => sum + Number(container.cpu), 0);
  const memory = containers.reduce((sum, container) => sum + gibibytes(textOf(container.memory)), 0);
  const isStep = Number.isInteger(cpu / CPU_STEP) && cpu > 0 && cpu <= LARGEST_CPU;
  if (isStep && memory === 2 * cpu) return undefined;
  const steps = Array.from({ length: LARGEST_CPU / CPU_STEP }, (_, index) => (index + 1) * CPU_STEP);
  const allowed = steps.map((step) => `[cpu: ${step}, memory: ${(2 * step).toFixed(1)}Gi]`).join("; ");
  return (
    `The total requested CPU and memory resources for this application (CPU: ${cpu}, memory: ${memory}) is invalid. ` +
    `Total CPU and memory for all containers must add up to one of: ${allowed}`
  );
}

function gibibytes(memory: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(Gi|Mi)$/.exec(memory) ?? [];
  return unit === "Mi" ? Number(amount) / 1024 : Number(amount);
}

function refuseSameNames({ attributes }: Request): string | undefined {
  const [template] = blocksOf(attributes.template);
  const all = [...blocksOf(template?.container), ...blocksOf(template?.init_container)];
  const names = all.map((container) => textOf(container.name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined
    ? undefined
    : `The container name '${twice}' is used more than once; container names must be unique`;
}

function refuseSecretReferences({ attributes }: Request): string | undefined {
  const defined = blocksOf(attributes.secret).map((secret) => textOf(secret.name));
  for (const container of containersOf(attributes)) {
    const missing = blocksOf(container.env)
      .map((variable) => textOf(variable.secret_name))
      .find((name) => name !== "" && !defined.includes(name));
    if (missing !== undefined)
      return `SecretRef '${missing}' defined for container '${textOf(container.name)}' not found`;
  }
  const password = blocksOf(attributes.registry)
    .map((registry) => textOf(registry.password_secret_name))
    .find((name) => name !== "" && !defined.includes(name));
  return password === undefined ? undefined : `SecretRef '${password}' defined for a registry not found`;
}

function refuseUnattachedIdentities({ attributes }: Request): string | undefined {
  const [identity] = blocksOf(attributes.identity);
  const attached = (Array.isArray(identity?.identity_ids) ? identity.identity_ids : []).map((id) =>
    textOf(id).toLowerCase(),
  );
  if (textOf(identity?.type).includes("SystemAssigned")) attached.push("system");
  const users = [
    ...blocksOf(attributes.registry).map(
      (block) => [`registry '${textOf(block.server)}'`, textOf(block.identity)] as const,
    ),
    ...blocksOf(attributes.secret).map((block) => [`secret '${textOf(block.name)}'`, textOf(block.identity)] as const),
  ];
  const stranger = users.find(([, id]) => id !== "" && !attached.includes(id.toLowerCase()));
  return stranger && `The identity '${stranger[1]}' of ${stranger[0]} is not assigned to the container app`;
}

function refuseMissingVaults({ attributes }: Request, { store }: SimulatedAzure): string | undefined {
  const vaults = store.list("azurerm_key_vault").map((vault) => vaultHost(vault).toLowerCase());
  for (const secret of blocksOf(attributes.secret)) {
    const url = textOf(secret.key_vault_secret_id);
    const host = /^https:\/\/([^/]+)\/secrets\/[^/]+(?:\/[^/]*)?$/.exec(url)?.[1]?.toLowerCase();
    if (url !== "" && (host === undefined || !vaults.includes(host))) {
      return `Unable to get value using Managed identity for secret ${textOf(secret.name)}: the vault of '${url}' was not found`;
    }
  }
  return undefined;
}

function vaultHost(vault: Resource): string {
  return `${nameOf(vault.id)}.vault.azure.net`;
}

/** Registries of Azure must exist; others are taken on trust. */
function refuseMissingRegistries({ attributes }: Request, { store }: SimulatedAzure): string | undefined {
  const registries = store
    .list("azurerm_container_registry")
    .map((registry) => `${nameOf(registry.id)}.azurecr.io`.toLowerCase());
  const missing = blocksOf(attributes.registry)
    .map((registry) => textOf(registry.server))
    .find((server) => server.toLowerCase().endsWith(".azurecr.io") && !registries.includes(server.toLowerCase()));
  return missing && `The registry '${missing}' could not be found`;
}

function refuseUnpullableImages({ attributes }: Request): string | undefined {
  const servers = blocksOf(attributes.registry).map((registry) => textOf(registry.server).toLowerCase());
  for (const container of containersOf(attributes)) {
    const host = textOf(container.image).split("/")[0]?.toLowerCase() ?? "";
    if (host.endsWith(".azurecr.io") && !servers.includes(host)) {
      return `Container '${textOf(container.name)}': the image of '${host}' cannot be pulled, the app has no \`registry\` for it`;
    }
  }
  return undefined;
}

function containersOf(attributes: Attributes): Attributes[] {
  return blocksOf(blocksOf(attributes.template)[0]?.container);
}
