import type { Identities } from "../azure/identities.js";
import type { Principal, Value } from "../bootstrap/step.js";
import { PaasError } from "../errors.js";

/** Who identities are, read once they are there. */
export function principalsOf(identities: Identities) {
  const known = new Map<string, ReturnType<Identities["find"]>>();
  const find = async (id: string) => {
    const asked = known.get(id) ?? identities.find(id);
    known.set(id, asked);
    const found = await asked.finally(() => known.delete(id));
    // One that is not there may be made meanwhile.
    if (found) known.set(id, asked);
    return found;
  };
  const idOf = async (principal: Principal) =>
    principal.kind === "person" ? principal.id : ((await find(principal.id))?.principalId ?? null);
  return {
    find,
    idOf,
    require: async (principal: Principal) => {
      const id = await idOf(principal);
      if (id !== null) return id;
      throw identityMissing(principal.id);
    },
    valueOf: async (value: Value) =>
      "text" in value ? value.text : ((await find(value.clientIdOf))?.clientId ?? null),
  };
}

export function identityMissing(id: string): PaasError {
  return new PaasError("identity-missing", `the identity ${id.slice(id.lastIndexOf("/") + 1)} is not there`, {
    details: [id],
    next: "`paas bootstrap` once more",
  });
}
