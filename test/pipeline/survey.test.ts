import { expect, test } from "vitest";
import type { Group } from "../../src/azure/groups.js";
import { branchSha } from "../../src/environment/tags.js";
import { EXIT, PaasError } from "../../src/errors.js";
import type { Doors } from "../../src/pipeline/doors.js";
import { presentIn, surveyOf } from "../../src/pipeline/survey.js";
import type { RecordSummary } from "../../src/state/summary.js";

const record = (envId: string, more: Partial<RecordSummary> = {}): RecordSummary => ({
  envId,
  branch: `env-${envId}`,
  kind: "branch",
  tier: "nonprod",
  generation: 0,
  state: "running",
  resourceGroup: `rg-shop-${envId}`,
  commit: "",
  url: null,
  expires: null,
  locked: false,
  changedAt: null,
  ...more,
});
const group = (envId: string, tags: Record<string, string> = {}): Group => ({
  name: `rg-shop-${envId}`,
  id: `/${envId}`,
  location: "westeurope",
  state: "Succeeded",
  tags: { "paas-env": envId, "paas-tier": "nonprod", "paas-kind": "branch", ...tags },
});

/** Doors of an identity that may read the records of these tiers only. */
function doorsFor(tiers: string[], records: RecordSummary[], groups: Group[]): Doors {
  const list = async function* (container: string) {
    if (!tiers.includes(container)) throw new PaasError("not-allowed", container, { exit: EXIT.signIn });
    yield records.filter(({ tier }) => container === `tier-${tier}`);
  };
  const withTag = async function* () {
    yield* groups;
  };
  const cloud = { subscriptionId: "s", platform: { of: () => ({ subscriptionId: "s" }) } };
  return { cloud, state: { records: { list } }, groups: { withTag } } as unknown as Doors;
}

test("an identity of nonprod sees no production, and takes none of its groups for orphans", async () => {
  const groups = [group("alice"), group("prod", { "paas-tier": "prod" })];
  const found = await surveyOf("id", doorsFor(["tier-nonprod"], [record("alice")], groups));
  expect(found).toEqual({ records: [record("alice")], groups: [group("alice")], unread: ["prod"] });
});

test("one that may read nothing is told so, and no other failure is passed over", async () => {
  await expect(surveyOf("id", doorsFor([], [], []))).rejects.toMatchObject({ code: "not-allowed", exit: 4 });
  const doors = doorsFor(["tier-nonprod", "tier-prod"], [], []);
  const list = () => {
    throw new PaasError("state-failed", "down");
  };
  const broken = { ...doors, state: { records: { list } } } as unknown as Doors;
  await expect(surveyOf("id", broken)).rejects.toMatchObject({ code: "state-failed" });
});

test("environments are what records and groups tell together, tombstones left out", () => {
  const records = [
    record("alice"),
    record("bob", { state: "destroyed" }),
    record("carol", { state: "destroyed" }),
    record("dave"),
    record("erin"),
  ];
  const orphanTags = { "paas-branch": "env-carol", "paas-branch-sha": branchSha("env-carol"), "paas-expires": "never" };
  const groups = [
    group("alice"),
    group("carol", orphanTags),
    group("dave", { "paas-kind": "fixed" }),
    group("erin", { "paas-tier": "prod" }),
    group("frank"),
  ];
  const present = presentIn({ records, groups });
  expect(present.map(({ envId, status, kind, tier }) => [envId, status, kind, tier])).toEqual([
    ["alice", "running", "branch", "nonprod"],
    ["dave", "running", "fixed", "nonprod"],
    ["erin", "running", "branch", "prod"],
    ["carol", "orphan", "branch", "nonprod"],
    ["frank", "orphan", "branch", "nonprod"],
  ]);
  expect(present.find(({ envId }) => envId === "carol")).toMatchObject({ branch: "env-carol", expires: null });
  expect(present.find(({ envId }) => envId === "frank")).toMatchObject({ branch: null, branchSha: null });
});
