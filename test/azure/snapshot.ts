import type { Project } from "./project.js";

/** An environment as it was at one moment, everywhere in the stand-in: to be put back before each test. */
export type Snapshot = {
  stateRef: { container: string; key: string };
  recordRef: { container: string; key: string };
  restore(): Promise<void>;
};

export async function snapshotOf({ azure, doors, doubles }: Project, envId: string): Promise<Snapshot> {
  const stateRef = { container: "tier-nonprod", key: `state/${envId}.tfstate` };
  const recordRef = { container: "tier-nonprod", key: `envs/${envId}.json` };
  const { store, softDeleted, registries } = azure;
  const { blobs, records } = doors.state;
  const under = () => store.list().filter(({ id }) => id.includes(`-${envId}`));
  const resources = structuredClone(under());
  const histories = resources.map(({ id }) => structuredClone(store.history(id)));
  const { vaults, workspaces } = structuredClone({ vaults: softDeleted.vaults, workspaces: softDeleted.workspaces });
  const repositories = structuredClone(registries.repositories);
  const [state, record] = await Promise.all([stateRef, recordRef].map((ref) => blobs.download(ref)));
  if (!record) throw new Error(`${envId} has no record`);
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
      Object.assign(softDeleted, structuredClone({ vaults, workspaces }));
      registries.repositories.clear();
      for (const [name, repository] of structuredClone(repositories)) registries.repositories.set(name, repository);
      doubles.forgotten.length = 0;
      await records.breakLease(recordRef);
      await blobs.breakLock(stateRef, null);
      if (state) await blobs.upload(stateRef, state);
      else await blobs.delete(stateRef);
      await blobs.upload(recordRef, record);
    },
  };
}
