import type { CustomRole } from "../bootstrap/roles.js";
import { stableUuid } from "../bootstrap/roles.js";
import type { Arm } from "./arm.js";
import { azureFailure, orNull } from "./failure.js";
import { codeOf, type Patience, untilDone } from "./patience.js";

const VERSION = "2022-04-01";

export type Grantee = { principalId: string; type: "User" | "ServicePrincipal" };
type Assignment = { id: string; properties: { roleDefinitionId: string; principalId: string; scope: string } };

/** Roles of a subscription: our own definitions, and who holds what where. */
export type RoleAssignments = {
  /** Whether it is granted at exactly this scope. */
  has(scope: string, roleId: string, principalId: string): Promise<boolean>;
  /** Grants; a principal that is too new to be known everywhere is waited for. */
  grant(scope: string, roleId: string, to: Grantee, signal: AbortSignal): Promise<void>;
  /** Takes away everything that a principal holds in the subscription; gives how many those were. */
  revokeAll(principalId: string): Promise<number>;
  /** Takes away everybody's roles on a group and on what lies in it; gives how many those were. */
  revokeIn(groupId: string): Promise<number>;
  defined(role: CustomRole): Promise<boolean>;
  define(role: CustomRole): Promise<void>;
  undefine(role: CustomRole): Promise<void>;
};

export function openRoleAssignments(arm: Arm, subscriptionId: string, patience: Patience): RoleAssignments {
  const subscription = `/subscriptions/${subscriptionId}`;
  const definition = (id: string) => `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${id}`;
  const list = (scope: string, principalId: string | null) => {
    const filter = principalId === null ? "" : `?$filter=${encodeURIComponent(`principalId eq '${principalId}'`)}`;
    return arm.list<Assignment>(`${scope}/providers/Microsoft.Authorization/roleAssignments${filter}`, VERSION);
  };
  const revoke = async (found: AsyncIterable<Assignment>, isMeant: (scope: string) => boolean) => {
    let revoked = 0;
    for await (const { id, properties } of found) {
      if (!isMeant(properties.scope)) continue;
      await arm.run({ method: "DELETE", path: id, version: VERSION });
      revoked += 1;
    }
    return revoked;
  };
  return {
    has: async (scope, roleId, principalId) => {
      try {
        for await (const { properties } of list(scope, principalId)) {
          if (isSame(properties.scope, scope) && isSame(properties.roleDefinitionId, definition(roleId))) return true;
        }
        return false;
      } catch (error) {
        // What the scope names is not there yet.
        if ((error as { statusCode?: number }).statusCode === 404) return false;
        throw azureFailure(`read the roles on ${scope}`, error);
      }
    },
    grant: async (scope, roleId, { principalId, type }, signal) => {
      const name = stableUuid(["assignment", scope.toLowerCase(), roleId, principalId]);
      const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
      const body = { properties: { roleDefinitionId: definition(roleId), principalId, principalType: type } };
      const write = () => arm.run({ method: "PUT", path, version: VERSION, body, signal });
      try {
        await untilDone(write, isTooNew, patience, signal);
      } catch (error) {
        if (codeOf(error) !== "RoleAssignmentExists") throw azureFailure(`grant a role on ${scope}`, error);
      }
    },
    revokeAll: async (principalId) => {
      try {
        return await revoke(list(subscription, principalId), () => true);
      } catch (error) {
        throw azureFailure(`take away the roles of ${principalId}`, error);
      }
    },
    revokeIn: async (groupId) => {
      // Listed at a scope, roles that it inherits are listed, too.
      const lies = (scope: string) => `${scope}/`.toLowerCase().startsWith(`${groupId}/`.toLowerCase());
      try {
        return await revoke(list(groupId, null), lies);
      } catch (error) {
        throw azureFailure(`take away the roles on ${groupId}`, error);
      }
    },
    defined: async ({ id, actions }) => {
      type Found = { properties: { permissions: { actions: string[] }[] } };
      const found = await orNull("look for a role", arm.get<Found>(definition(id), VERSION));
      const known = found?.properties.permissions.flatMap((permission) => permission.actions) ?? [];
      return actions.length === known.length && actions.every((action) => known.includes(action));
    },
    define: async ({ id, name, description, actions }) => {
      const properties = {
        roleName: name,
        description,
        type: "CustomRole",
        permissions: [{ actions, notActions: [], dataActions: [], notDataActions: [] }],
        assignableScopes: [subscription],
      };
      try {
        await arm.run({ method: "PUT", path: definition(id), version: VERSION, body: { properties } });
      } catch (error) {
        throw azureFailure(`define the role ${name}`, error);
      }
    },
    undefine: async ({ id, name }) => {
      const call = arm.run({ method: "DELETE", path: definition(id), version: VERSION });
      await orNull(`delete the role ${name}`, call);
    },
  };
}

/** Entra and Resource Manager learn of new principals, and of new roles, in their own time. */
function isTooNew(error: unknown): boolean {
  return ["PrincipalNotFound", "RoleDefinitionDoesNotExist"].includes(codeOf(error) ?? "");
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
