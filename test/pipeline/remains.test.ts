import { expect, test } from "vitest";
import type { SoftDeleted } from "../../src/azure/soft-deleted.js";
import type { SoftDeleting } from "../../src/environment/soft-delete.js";
import type { Tier } from "../../src/manifest/manifest.js";
import type { Doors } from "../../src/pipeline/doors.js";
import { type Event, stepsOf } from "../../src/pipeline/events.js";
import { deleteWorkspaces, purge } from "../../src/pipeline/remains.js";
import type { Target } from "../../src/pipeline/target.js";

const THINGS: SoftDeleting[] = [
  { kind: "vault", id: "/v/kv-1", name: "kv-1", location: "westeurope" },
  { kind: "workspace", id: "/w/log-1", name: "log-1", location: "westeurope" },
];

/** What was asked of Azure while an environment of this tier is destroyed. */
async function destroyed(tier: Tier, more: Partial<SoftDeleted> = {}) {
  const asked: string[] = [];
  const softDeleted: SoftDeleted = {
    deleteWorkspace: async (id) => void asked.push(`delete ${id}`),
    purgeVault: async ({ name }) => {
      asked.push(`purge ${name}`);
      return { state: "purged" };
    },
    vaultKeptUntil: async () => "2027-02-19T10:00:00Z",
    ...more,
  };
  const doors = { softDeleted, signal: new AbortController().signal } as unknown as Doors;
  const target = { tier } as Target;
  const events: Event[] = [];
  const steps = stepsOf(
    (event) => events.push(event),
    () => 0,
  );
  await deleteWorkspaces(THINGS, target, doors);
  const { detail, left } = await purge(THINGS, target, doors, steps);
  return { asked, detail, left, warned: events.filter(({ status }) => status === "warning").length };
}

test("nothing of a branch's environment is kept", async () => {
  const { asked, detail, left } = await destroyed("nonprod");
  expect([asked, detail, left]).toEqual([["delete /w/log-1", "purge kv-1"], "kv-1 purged", []]);
});

test("production's things are never purged; how long they are kept is told", async () => {
  const { asked, left, warned } = await destroyed("prod");
  expect(asked).toEqual([]);
  expect(left).toEqual([expect.stringContaining("kv-1 is kept until 2027-02-19: production's are never purged")]);
  expect(warned).toBe(1);
});

test("what may not be purged is told, with or without a date", async () => {
  const kept = async () => ({ state: "kept" as const, why: "this identity may not purge it", until: null });
  expect((await destroyed("nonprod", { purgeVault: kept })).left).toEqual([
    "the deleted vault kv-1 is kept for some days: this identity may not purge it. Its next life has another name",
  ]);
});
