import type { ArmAnswer, ArmContext, ArmRequest } from "./exchange.js";
import { ArmError } from "./exchange.js";
import { requireGroup } from "./groups.js";

/* The local cloud keeps nothing that was deleted, and has no locks. */

export function listLocks(_request: ArmRequest, context: ArmContext, group: string): ArmAnswer {
  requireGroup(context, group);
  return { status: 200, body: { value: [] } };
}

export function deleteWorkspace(_request: ArmRequest, context: ArmContext, group: string, name: string): ArmAnswer {
  const type = "Microsoft.OperationalInsights/workspaces";
  const found = context.store.get(`${requireGroup(context, group).id}/providers/${type}/${name}`);
  if (!found) return { status: 204 };
  context.store.delete(found.id);
  return { status: 200 };
}

export function noDeletedVault(
  _request: ArmRequest,
  _context: ArmContext,
  _location: string,
  vault: string,
): ArmAnswer {
  throw new ArmError(404, "DeletedVaultNotFound", `The specified deleted vault '${vault}' does not exist.`);
}
