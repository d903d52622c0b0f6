import { describeResource } from "./description.js";
import { idOf, uuidFor } from "./identifiers.js";
import { vaultUri } from "./kinds/key-vault.js";
import type { SimulatedAzure } from "./kinds/kind.js";
import { kindOf } from "./kinds/kinds.js";
import { refused } from "./refused.js";
import { type Block, conform } from "./schema.js";
import { type Attributes, textOf } from "./values.js";

type Reader = (config: Attributes, azure: SimulatedAzure) => Attributes;

/** Data sources that are not simply a resource that is there. */
const READERS: Record<string, Reader> = {
  azurerm_client_config: (_config, { subscriptionId, tenantId, objectId }) => ({
    id: uuidFor("client config", subscriptionId),
    client_id: uuidFor("client", subscriptionId),
    object_id: objectId(),
    subscription_id: subscriptionId,
    tenant_id: tenantId,
  }),
  azurerm_subscription: (_config, { subscriptionId, tenantId }) => ({
    id: `/subscriptions/${subscriptionId}`,
    display_name: "local cloud (simulated)",
    state: "Enabled",
    subscription_id: subscriptionId,
    tenant_id: tenantId,
  }),
  azurerm_key_vault_secret: readSecret,
};

/** Reads a data source. @throws Refused when what it names is not there */
export function readDataSource(type: string, block: Block, config: Attributes, azure: SimulatedAzure): Attributes {
  const reader = READERS[type];
  const found = reader === undefined ? readResource(type, block, config, azure) : reader(config, azure);
  return conform(block, { ...config, ...found });
}

function readResource(type: string, block: Block, config: Attributes, azure: SimulatedAzure): Attributes {
  const kind = kindOf(type);
  const id = idOf(kind, config, azure.subscriptionId);
  const resource = azure.store.get(id);
  if (resource !== undefined) return describeResource(block, resource, azure);
  const place = textOf(config.resource_group_name);
  const where = place === "" ? "" : `Resource Group Name: ${JSON.stringify(place)}, `;
  throw refused(`${kind.title} (${where}Name: ${JSON.stringify(textOf(config.name))}) was not found`);
}

/** A secret that Terraform made, or one that was put into the vault by other means. */
function readSecret(config: Attributes, azure: SimulatedAzure): Attributes {
  const [vaultId, name] = [textOf(config.key_vault_id), textOf(config.name)];
  const id = `${vaultId}/secrets/${name}`;
  const stored = azure.store.get(id);
  const value = stored === undefined ? azure.vaultValues(vaultId)[name] : stored.attributes.value;
  if (typeof value !== "string") {
    throw refused(
      `KeyVault Secret ${JSON.stringify(name)} (KeyVault URI ${JSON.stringify(vaultUri(vaultId))}) does not exist`,
    );
  }
  return { ...kindOf("azurerm_key_vault_secret").describe?.({ value }, id, azure), id, value };
}
