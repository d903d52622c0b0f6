import { describe, expect, test } from "vitest";
import { PaasError } from "../../src/errors.js";
import { adoptable } from "../../src/pipeline/adopt.js";
import type { Doors } from "../../src/pipeline/doors.js";
import type { EnvironmentFile } from "../../src/pipeline/workplace.js";
import { NotInState } from "../../src/terraform/failure.js";

const GROUP = "/subscriptions/s/resourceGroups/rg-shop-alice";
const TAGS = { "paas-project-id": "p", "paas-env": "alice", "paas-branch-sha": "0123456789abcdef" };
const CONTENT = {
  stack: "environment",
  environment: { resourceGroup: "rg-shop-alice", tags: TAGS },
} as unknown as EnvironmentFile;

const doorsWith = (tags: Record<string, string> | null): Doors =>
  ({ groups: { find: async () => (tags ? { id: GROUP, tags } : null) } }) as unknown as Doors;
const met = (...ids: string[]) =>
  new PaasError("not-in-state", "apply failed", {
    cause: new NotInState(ids.map((id, index) => ({ address: `azurerm_thing.n${index}`, id }))),
  });

const MEMBER = `${GROUP}/providers/Microsoft.App/containerApps/ca-web`;

describe("what an apply met and the state does not know", () => {
  test.each([
    ["the group itself", [GROUP]],
    ["what lies in it", [GROUP, MEMBER]],
    ["in other letters", [MEMBER.replace("resourceGroups", "resourcegroups").replace("rg-shop", "RG-Shop")]],
  ])("is adopted: %s", async (_, ids) => {
    const tags = { ...TAGS, "PAAS-ENV": "alice", "paas-commit": "abc" };
    expect((await adoptable(met(...ids), CONTENT, doorsWith(tags))).map(({ id }) => id)).toEqual(ids);
  });

  test.each<[string, unknown, Record<string, string> | null]>([
    ["the group of another project", met(GROUP), { ...TAGS, "paas-project-id": "other" }],
    ["the group of another branch", met(GROUP), { ...TAGS, "paas-branch-sha": "ffffffffffffffff" }],
    ["a group without tags", met(GROUP), {}],
    ["a group that is not there", met(GROUP), null],
    ["a group whose name begins like ours", met(`${GROUP}-2`), TAGS],
    ["one of ours beside a foreign one", met(MEMBER, "/subscriptions/s/resourceGroups/rg-other"), TAGS],
    ["any other failure", new PaasError("terraform-failed", "no"), TAGS],
    ["what is no error of ours", new Error("no"), TAGS],
  ])("is left alone: %s", async (_, error, tags) => {
    expect(await adoptable(error, CONTENT, doorsWith(tags))).toEqual([]);
  });
});
