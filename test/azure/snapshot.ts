import type { Project } from "./project.js";

/** An environment as it was once: its resources, its state and its record, to be put back before each test. */
export type Snapshot = {
  stateRef: { container: string; key: string };
  recordRef: { container: string; key: string };
  restore(): Promise<void>;
};

export async function snapshotOf({ azure, doors, doubles }: Project, envId: string): Promise<Snapshot> {
  const stateRef = { container: "tier-nonprod", key: `state/${envId}.tfstate` };
  const recordRef = { container: "tier-nonprod", key: `envs/${envId}.json` };
  const { store, softDeleted } = azure;
  const under = () => store.list().filter(({ id }) => id.includes(`-${envId}`));
  const resources = structuredClone(under());
  const histories = resources.map(({ id }) => structuredClone(store.history(id)));
  const [state, record] = await Promise.all([stateRef, recordRef].map((ref) => doors.state.blobs.download(ref)));
  if (!state || !record) throw new Error(`${envId} has no state or no record`);
  return {
    stateRef,
    recordRef,
    restore: async () => {
      for (const { id } of under()) store.delete(id);
      for (const [index, resource] of resources.entries()) {
        const history = histories[index];
        if (history) store.saveHistory(resource.id, structuredClone(history));
        store.put(structuredClone(resource));
      }
      softDeleted.vaults = [];
      softDeleted.workspaces = [];
      doubles.forgotten.length = 0;
      await doors.state.blobs.upload(stateRef, state);
      await doors.state.blobs.upload(recordRef, record);
    },
  };
}
