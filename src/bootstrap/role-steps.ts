import { BUILT_IN, type BuiltIn, type CustomRole } from "./roles.js";
import type { GrantedRole, Place, Principal, Step } from "./step.js";

export function roleStep(
  role: BuiltIn | CustomRole,
  principal: Principal,
  where: { place: Place; scope: string },
  why: string,
): Step {
  const granted: GrantedRole = typeof role === "string" ? { id: BUILT_IN[role], name: role } : role;
  return { kind: "role", ...where, name: granted.name, role: { id: granted.id, name: granted.name }, principal, why };
}

export function definitionStep(role: CustomRole, where: { place: Place; scope: string }): Step {
  return { kind: "roleDefinition", ...where, name: role.name, role, why: `${role.actions.length} actions, no more` };
}
