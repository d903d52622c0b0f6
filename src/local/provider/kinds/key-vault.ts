import { KINDS } from "../../../naming/kinds.js";
import type { Resource } from "../../store.js";
import { nameOf, uuidFor } from "../identifiers.js";
import { type Attributes, blocksOf, textOf, type Value } from "../values.js";
import type { Kind, Problem, Refusal, Request, SimulatedAzure } from "./kind.js";

/** Type under which the store remembers a deleted vault whose name is still taken. */
const DELETED_VAULT = "deleted:azurerm_key_vault";

export const keyVault: Kind = {
  title: "Key Vault",
  armType: "Microsoft.KeyVault/vaults",
  name: {
    pattern: KINDS.keyVault.pattern,
    says: "may only contain alphanumeric characters and dashes, must begin with a letter and be between 3-24 chars",
  },
  replacedBy: ["tenant_id"],
  defaults: {
    enabled_for_deployment: false,
    enabled_for_disk_encryption: false,
    enabled_for_template_deployment: false,
    public_network_access_enabled: true,
    purge_protection_enabled: false,
    soft_delete_retention_days: 90,
  },
  choices: {
    sku_name: ["standard", "premium"],
    "network_acls.default_action": ["Allow", "Deny"],
    "network_acls.bypass": ["None", "AzureServices"],
  },
  ranges: { soft_delete_retention_days: [7, 90] },
  problems: ({ access_policy: policies, tenant_id: tenant }) => [
    ...uuidProblems("tenant_id", tenant),
    ...permissionProblems("access_policy", policies),
  ],
  taken: (name) => ({
    status: 409,
    code: "VaultAlreadyExists",
    message: `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is already taken.`,
  }),
  refuse: refuseSoftDeleted,
  created: forgetDeleted,
  deleted: rememberDeleted,
  describe: (attributes, id) => ({
    access_policy: attributes.access_policy ?? [],
    enable_rbac_authorization: attributes.rbac_authorization_enabled ?? attributes.enable_rbac_authorization ?? false,
    rbac_authorization_enabled: attributes.rbac_authorization_enabled ?? attributes.enable_rbac_authorization ?? false,
    vault_uri: vaultUri(id),
  }),
};

export const keyVaultAccessPolicy: Kind = {
  title: "Access Policy",
  armType: "Microsoft.KeyVault/vaults/objectId",
  parent: "key_vault_id",
  replacedBy: ["object_id", "application_id", "tenant_id"],
  references: { key_vault_id: "azurerm_key_vault" },
  generatedName: ({ object_id }) => textOf(object_id),
  problems: (attributes) => [
    ...uuidProblems("object_id", attributes.object_id),
    ...permissionProblems("secret_permissions", [attributes]),
  ],
};

export const keyVaultSecret: Kind = {
  title: "Secret",
  armType: "Microsoft.KeyVault/vaults/secrets",
  parent: "key_vault_id",
  name: { pattern: /^[0-9a-zA-Z-]{1,127}$/, says: "may only contain alphanumeric characters and dashes" },
  references: { key_vault_id: "azurerm_key_vault" },
  // A value that is only written is gone when this is asked again at apply; its version stays.
  problems: ({ value, value_wo: writeOnly, value_wo_version: writeOnlyVersion }) =>
    value === null && writeOnly === null && writeOnlyVersion === null
      ? [{ path: "value", message: "one of `value,value_wo` must be specified" }]
      : [],
  terraformId: { of: (id, attributes) => `${secretUri(id)}/${secretVersion(id, attributes)}`, find: findSecret },
  describe: (attributes, id) => ({
    resource_id: `${id}/versions/${secretVersion(id, attributes)}`,
    resource_versionless_id: id,
    version: secretVersion(id, attributes),
    versionless_id: secretUri(id),
  }),
};

function secretUri(id: string): string {
  return `${vaultUri(id.slice(0, id.lastIndexOf("/secrets/")))}secrets/${nameOf(id)}`;
}

function secretVersion(id: string, { value }: Attributes): string {
  return uuidFor(id, textOf(value)).replaceAll("-", "");
}

/** Terraform knows a secret by its address in the vault. */
function findSecret(address: string, { store }: SimulatedAzure): string | undefined {
  const [, host, name] = /^https:\/\/([^./]+)\.vault\.azure\.net\/secrets\/([^/]+)/i.exec(address) ?? [];
  const vault = store.list("azurerm_key_vault").find((one) => nameOf(one.id).toLowerCase() === host?.toLowerCase());
  return vault === undefined || name === undefined ? undefined : `${vault.id}/secrets/${name}`;
}

/** Address of a vault, with the slash at its end. */
export function vaultUri(vaultId: string): string {
  return `https://${nameOf(vaultId).toLowerCase()}.vault.azure.net/`;
}

const SECRET_PERMISSIONS = ["Backup", "Delete", "Get", "List", "Purge", "Recover", "Restore", "Set"];

/** @param path of the attribute that holds the policies */
function permissionProblems(path: string, policies: Value | undefined): Problem[] {
  const allowed = SECRET_PERMISSIONS.map((one) => JSON.stringify(one)).join(" ");
  return blocksOf(policies).flatMap(({ secret_permissions: given }) =>
    (Array.isArray(given) ? given : [])
      .filter((permission) => typeof permission === "string" && !SECRET_PERMISSIONS.includes(permission))
      .map((wrong) => ({
        path,
        message: `expected secret_permissions to be one of [${allowed}], got ${textOf(wrong)}`,
      })),
  );
}

function uuidProblems(path: string, value: unknown): Problem[] {
  if (typeof value !== "string" || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return [];
  return [{ path, message: `expected ${JSON.stringify(path)} to be a valid UUID, got ${value}` }];
}

function deletedId(vaultName: string, { subscriptionId }: SimulatedAzure): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/deletedVaults/${vaultName}`;
}

/** A vault that was deleted but not purged keeps its name; the provider takes it up again unless told not to. */
function refuseSoftDeleted({ id, features }: Request, azure: SimulatedAzure): Refusal | undefined {
  const deleted = azure.store.get(deletedId(nameOf(id), azure));
  if (deleted === undefined || azure.store.get(id) !== undefined) return undefined;
  const isSameVault = String(deleted.attributes.vault_id).toLowerCase() === id.toLowerCase();
  if (features.recoverKeyVaults && isSameVault) return undefined;
  return {
    status: 409,
    code: "ConflictError",
    message:
      `An existing soft-deleted Key Vault exists with the Name ${JSON.stringify(nameOf(id))} ` +
      `(${deleted.attributes.vault_id}); purge it, or let the provider recover it in its own resource group`,
  };
}

function forgetDeleted(vault: Resource, azure: SimulatedAzure): void {
  const id = deletedId(nameOf(vault.id), azure);
  if (azure.store.get(id) !== undefined) azure.store.delete(id);
}

function rememberDeleted(vault: Resource, azure: SimulatedAzure, features: { purgeKeyVaults: boolean }): void {
  if (features.purgeKeyVaults && vault.attributes.purge_protection_enabled !== true) return;
  const id = deletedId(nameOf(vault.id), azure);
  azure.store.put({ id, type: DELETED_VAULT, attributes: { vault_id: vault.id, location: vault.attributes.location } });
}
