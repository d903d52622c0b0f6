import { z } from "zod";
import type { Core } from "./core.js";
import { route } from "./route.js";

const answered = z.strictObject({
  nameAvailable: z.boolean(),
  reason: z.enum(["AlreadyExists", "AccountNameInvalid"]).optional(),
  message: z.string().optional(),
});

/** Names that are unique in all of Azure, by resource provider. */
const KINDS = [
  {
    type: "Microsoft.Storage/storageAccounts",
    stored: "azurerm_storage_account",
    version: "2024-01-01",
    spec: "storage/Microsoft.Storage/Storage/stable/2024-01-01/storage.json",
  },
  {
    type: "Microsoft.ContainerRegistry/registries",
    stored: "azurerm_container_registry",
    version: "2025-11-01",
    spec: "containerregistry/Microsoft.ContainerRegistry/Registry/stable/2025-11-01/containerregistry.json",
  },
  {
    type: "Microsoft.KeyVault/vaults",
    stored: "azurerm_key_vault",
    version: "2026-02-01",
    spec: "keyvault/Microsoft.KeyVault/KeyVault/stable/2026-02-01/openapi.json",
  },
];

/** Whether a name is free. @param taken tells of names that are not in the store: those of others, of deleted things */
export function openNameAvailability({ store }: Core, taken: (name: string) => boolean) {
  return {
    routes: KINDS.map(({ type, stored, version, spec }) =>
      route({
        method: "POST",
        path: `/subscriptions/{subscriptionId}/providers/${type.split("/")[0]}/checkNameAvailability`,
        versions: [version],
        spec,
        request: z.strictObject({ name: z.string(), type: z.literal(type) }),
        responses: { 200: answered },
        answer: ({ body: { name } }) => {
          const there = taken(name) || store.list(stored).some(({ attributes }) => attributes.name === name);
          if (!there) return { status: 200, body: { nameAvailable: true } };
          const message = `The name '${name}' is already in use.`;
          return { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message } };
        },
      }),
    ),
  };
}
