import { uuidFor } from "../identifiers.js";
import { type Attributes, blocksOf, textOf, type Value } from "../values.js";
import type { SimulatedAzure } from "./kind.js";

/** What the `type` of an `identity` block may be. */
export const IDENTITY_TYPES = ["SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned"];

/** The `identity` blocks of any kind of resource; a system-assigned one has a principal of its own. */
export function describeIdentities(
  identity: Value | undefined,
  id: string,
  { tenantId }: SimulatedAzure,
): Attributes[] {
  return blocksOf(identity).map((block) => {
    const isSystemAssigned = textOf(block.type).includes("SystemAssigned");
    return {
      ...block,
      principal_id: isSystemAssigned ? uuidFor("principal", id) : "",
      tenant_id: isSystemAssigned ? tenantId : "",
    };
  });
}
