import { expect, test } from "vitest";
import { type Arrival, simulate } from "../../../src/workflow/rehearse/concurrency.js";

const OURS = { group: "paas-env-alice", cancelInProgress: false, queue: "max", lasts: 10 } as const;
const OTHERS = { ...OURS, queue: "single" } as const;

function fates(...arrivals: Arrival[]): string[] {
  return simulate(arrivals).map(({ id, fate, end }) => `${id} ${fate} ${end}`);
}

test("a delete that arrives while an up runs waits for it", () => {
  expect(fates({ ...OURS, id: "up", at: 0 }, { ...OURS, id: "destroy", at: 3 })).toEqual([
    "up done 10",
    "destroy done 20",
  ]);
});

test("an up that arrives while a delete waits waits behind it: nothing is lost", () => {
  expect(
    fates({ ...OURS, id: "up 1", at: 0 }, { ...OURS, id: "destroy", at: 3 }, { ...OURS, id: "up 2", at: 4 }),
  ).toEqual(["up 1 done 10", "destroy done 20", "up 2 done 30"]);
});

test("without queue: max the waiting delete would be cancelled", () => {
  expect(
    fates({ ...OTHERS, id: "up 1", at: 0 }, { ...OTHERS, id: "destroy", at: 3 }, { ...OTHERS, id: "up 2", at: 4 }),
  ).toEqual(["destroy cancelled while waiting 4", "up 1 done 10", "up 2 done 20"]);
});

test("with cancel-in-progress the running one ends in the middle", () => {
  const cancelling = { ...OTHERS, cancelInProgress: true };
  expect(fates({ ...cancelling, id: "plan 1", at: 0 }, { ...cancelling, id: "plan 2", at: 3 })).toEqual([
    "plan 1 cancelled while running 3",
    "plan 2 done 13",
  ]);
});

test("groups do not wait for each other", () => {
  const bob = { ...OURS, group: "paas-env-bob" };
  expect(fates({ ...OURS, id: "alice", at: 0 }, { ...bob, id: "bob", at: 1 })).toEqual([
    "alice done 10",
    "bob done 11",
  ]);
});

test("a hundred wait, one more is cancelled", () => {
  const all = Array.from({ length: 102 }, (_, index) => ({ ...OURS, id: `run ${index}`, at: 0 }));
  expect(
    simulate(all)
      .filter(({ fate }) => fate !== "done")
      .map(({ id }) => id),
  ).toEqual(["run 101"]);
});
