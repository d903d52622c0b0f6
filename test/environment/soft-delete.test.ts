import { expect, test } from "vitest";
import { parseNote, renderNote, softDeletingOf, withoutDoubles } from "../../src/environment/soft-delete.js";

const GROUP = "/subscriptions/s/resourceGroups/rg-shop-alice/providers";
const vault = { id: `${GROUP}/Microsoft.KeyVault/vaults/kv-1`, name: "kv-1", location: "westeurope" };
const workspace = {
  id: `${GROUP}/Microsoft.OperationalInsights/workspaces/log-1`,
  name: "log-1",
  location: "westeurope",
};

test("vaults and log workspaces are what soft deletion concerns, however their type is written", () => {
  const members = [
    { ...vault, type: "microsoft.keyvault/VAULTS" },
    { ...workspace, type: "Microsoft.OperationalInsights/workspaces" },
    { ...vault, id: `${GROUP}/Microsoft.App/containerApps/ca-1`, type: "Microsoft.App/containerApps" },
  ];
  expect(softDeletingOf(members)).toEqual([
    { kind: "vault", ...vault },
    { kind: "workspace", ...workspace },
  ]);
});

test("a note says what it was made of", () => {
  for (const thing of [
    { kind: "vault" as const, ...vault },
    { kind: "workspace" as const, ...workspace },
  ]) {
    expect(parseNote(renderNote(thing))).toEqual(thing);
  }
});

test.each(["", "vault westeurope", "secret westeurope /x", "vault west europe /x"])("%o is no note", (note) => {
  expect(parseNote(note)).toBeNull();
});

test("a thing that was noted and is still there is one thing", () => {
  const noted = { kind: "vault" as const, ...vault };
  expect(withoutDoubles([noted, { ...noted, id: noted.id.toUpperCase() }])).toHaveLength(1);
});
