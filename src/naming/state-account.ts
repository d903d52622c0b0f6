import { resourceName } from "./name.js";

/** Name of the storage account of a project's states and records; every tier uses the same one. */
export function stateAccountName(project: { id: string; name: string }, subscriptionId: string): string {
  return resourceName("stateAccount", { project, subscriptionId, envId: "", generation: 0 });
}
