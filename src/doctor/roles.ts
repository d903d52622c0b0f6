/** A role as somebody holds it: what it allows, and where. */
export type Role = {
  name: string;
  scope: string;
  actions: string[];
  notActions: string[];
  dataActions: string[];
  notDataActions: string[];
};

/** Something that has to be allowed, and the role that is given for it. */
export type Need = {
  /** What for: the end of a sentence, `push images`. */
  purpose: string;
  scope: string;
  action: string;
  /** An operation on data (blobs, images), which roles for resources do not include. */
  data?: boolean;
  /** The role that allows it and little else. */
  role: string;
};

/**
 * Tells whether the roles allow it, as Azure decides it: granted by one role, and not taken back by the same. An action
 * that ends in a star is allowed where every kind of it is, also by several roles.
 */
export function allows(roles: readonly Role[], need: Need): boolean {
  return kindsOf(need.action).every((action) => roles.some((role) => allowsOne(role, { ...need, action })));
}

function allowsOne(role: Role, { scope, action, data = false }: Need): boolean {
  const [granted, taken] = data ? [role.dataActions, role.notDataActions] : [role.actions, role.notActions];
  const isPartOf = (pattern: string) => patternOf(pattern).test(action);
  const isTaken = (pattern: string) => isPartOf(pattern) || patternOf(action).test(pattern);
  return covers(role.scope, scope) && granted.some(isPartOf) && !taken.some(isTaken);
}

/** Every operation ends in one of these: learn.microsoft.com/azure/role-based-access-control/role-definitions. */
function kindsOf(action: string): string[] {
  return action.endsWith("/*") ? ["read", "write", "delete", "action"].map((kind) => `${action}/${kind}`) : [action];
}

/** Roles are inherited by everything below their scope. Ids of resources know no case. */
export function covers(holder: string, scope: string): boolean {
  const [above, below] = [holder, scope].map((id) => `${id.toLowerCase().replace(/\/+$/, "")}/`);
  return below?.startsWith(above ?? "/") === true || isManagementGroup(holder);
}

/** Listed for a subscription, a role of a management group is one that the subscription inherits. */
function isManagementGroup(scope: string): boolean {
  return /^\/providers\/Microsoft\.Management\/managementGroups\//i.test(scope);
}

// A star between slashes stands for nothing, too: Managed Identity Operator has `userAssignedIdentities/*/assign/action`
// and may assign, which is `userAssignedIdentities/assign/action`.
function patternOf(pattern: string): RegExp {
  const literal = (text: string) => text.replaceAll(/[.()+?^${}|[\]\\]/g, "\\$&");
  const parts = pattern.split("/*/").map((part) => part.split("*").map(literal).join(".*"));
  return new RegExp(`^${parts.join("/(?:.*/)?")}$`, "i");
}
