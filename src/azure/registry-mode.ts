import type { Arm } from "./arm.js";
import { azureFailure, orNull } from "./failure.js";

const VERSION = "2025-11-01";

/** How a registry reads roles; said explicitly, because Azure's default is about to change. */
export type RegistryMode = {
  exists(id: string): Promise<boolean>;
  find(id: string): Promise<string | null>;
  set(id: string, mode: string, signal: AbortSignal): Promise<void>;
};

export function openRegistryMode(arm: Arm): RegistryMode {
  type Found = { properties: { roleAssignmentMode?: string } };
  const read = (id: string) => orNull("read how the registry reads roles", arm.get<Found>(id, VERSION));
  return {
    exists: async (id) => (await read(id)) !== null,
    find: async (id) => (await read(id))?.properties.roleAssignmentMode ?? null,
    set: async (id, roleAssignmentMode, signal) => {
      try {
        await arm.run({
          method: "PATCH",
          path: id,
          version: VERSION,
          body: { properties: { roleAssignmentMode } },
          signal,
        });
      } catch (error) {
        throw azureFailure("say how the registry reads roles", error);
      }
    },
  };
}
