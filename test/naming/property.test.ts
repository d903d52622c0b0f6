import { describe, expect, it } from "vitest";
import { branchSha, ownership } from "../../src/environment/tags.js";
import { envIdOf, slugOf } from "../../src/naming/envId.js";
import { ALL_KINDS, KINDS, type Kind } from "../../src/naming/kinds.js";
import { type NameOwner, resourceName } from "../../src/naming/name.js";
import { emptySlugBranches, hostileBranches, sameSlugBranches } from "./branches.js";

const MANY = 200_000;
/** 37 bits of hash: among 200,000 branches with one slug 0.1 collisions are expected, and four come once in 200,000 runs. */
const COLLISIONS_ADMITTED = 3;
const ID = /^(?=.{1,16}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
/** Kinds whose names must differ wherever ids do: one with the least room, and one that is hashed only when it is cut. */
const COMPARED: readonly Kind[] = ["storageAccount", "appServicePlan"];
const SERVICE = "frontend-web-app";

const PROJECT = { id: "7kq2mzt5abcdefghijklmnopqr", name: "twenty-letters-shopx" };

type Naming = {
  idOf(branch: string): string;
  shaOf(branch: string): string;
  nameOf(kind: Kind, owner: NameOwner, service: string): string;
};

const OURS: Naming = {
  idOf: (branch) => envIdOf(branch, { projectId: PROJECT.id, fixed: [{ envId: "prod", branch: "main" }] }),
  shaOf: branchSha,
  nameOf: resourceName,
};

/**
 * What breaks the promises of naming, at most five of them.
 * @param turns every branch is checked for one kind in so many; each kind gets its share of all branches
 */
function broken(branches: Iterable<string>, naming: Naming, turns = 1): string[] {
  const wrong: string[] = [];
  const owners = new Map<string, string>();
  const names = new Set<string>();
  let collisions = 0;
  for (const branch of branches) {
    const envId = naming.idOf(branch);
    const other = owners.get(envId);
    if (!ID.test(envId)) wrong.push(`${branch} has the invalid id ${envId}`);
    if (other !== undefined) {
      collisions++;
      if (!toldApart(envId, branch, other, naming)) wrong.push(`${branch} and ${other} are both ${envId}, unnoticed`);
      if (collisions > COLLISIONS_ADMITTED) wrong.push(`${collisions} pairs of branches share an id`);
    } else {
      owners.set(envId, branch);
      wrong.push(...wrongNames(envId, naming, names, kindsInTurn(owners.size, turns)));
    }
    if (wrong.length >= 5) break;
  }
  return wrong;
}

/** Tags decide, as they do before anything is changed in Azure. */
function toldApart(envId: string, branch: string, other: string, naming: Naming): boolean {
  const tags = (of: string) => ({
    "paas-project-id": PROJECT.id,
    "paas-env": envId,
    "paas-branch-sha": naming.shaOf(of),
  });
  return ownership(tags(other), { tags: tags(branch) }) === "other-branch";
}

function kindsInTurn(turn: number, turns: number): readonly Kind[] {
  if (turns === 1) return ALL_KINDS;
  return ALL_KINDS.filter((kind, index) => index % turns === turn % turns || COMPARED.includes(kind));
}

function wrongNames(envId: string, naming: Naming, names: Set<string>, kinds: readonly Kind[]): string[] {
  const owner: NameOwner = { project: PROJECT, subscriptionId: "S", envId, generation: 0 };
  const wrong: string[] = [];
  for (const kind of kinds) {
    const { pattern, max, per } = KINDS[kind];
    const name = naming.nameOf(kind, owner, per === "service" ? SERVICE : "");
    if (!pattern.test(name) || name.length > max) wrong.push(`${kind} of ${envId} is ${name}`);
    if (!COMPARED.includes(kind)) continue;
    if (names.has(name)) wrong.push(`${kind} of ${envId} is ${name}, as of another`);
    names.add(name);
  }
  return wrong;
}

describe("names of 200,000 branches each", () => {
  const generators: [string, (count: number) => Set<string>, number][] = [
    ["hostile", hostileBranches, 1],
    ["with one slug", sameSlugBranches, 5],
    ["with an empty slug", emptySlugBranches, 5],
  ];

  it.each(generators)(
    "%s: every name is valid, every id has one branch",
    (_, generate, turns) => {
      const branches = generate(MANY);
      expect(branches.size).toBe(MANY);
      expect(broken(branches, OURS, turns)).toEqual([]);
    },
    180_000,
  );

  it("come from generators that do what they say", () => {
    const slugs = (branches: Set<string>) => new Set([...branches].map((branch) => slugOf(branch.slice(4))));
    expect(slugs(sameSlugBranches(5000))).toEqual(new Set(["feature-login"]));
    expect(slugs(emptySlugBranches(5000))).toEqual(new Set([""]));
    const hostile = [...hostileBranches(5000)];
    expect(Math.max(...hostile.map((branch) => Buffer.byteLength(branch)))).toBeGreaterThan(240);
    expect(hostile.filter((branch) => branch.includes("$("))).not.toEqual([]);
    expect(hostile.filter((branch) => branch.includes("Alice"))).not.toEqual([]);
  });
});

describe("the property catches", () => {
  const shortened = (id: string) => id.replace(/-[2-7][a-z2-7]{7}$/, (hash) => hash.slice(0, 3));
  const mutants: [string, Naming, string][] = [
    ["ids with a hash of 2 characters", { ...OURS, idOf: (branch) => shortened(OURS.idOf(branch)) }, "share an id"],
    [
      "branches whose own hash is no help",
      { ...OURS, idOf: (branch) => shortened(OURS.idOf(branch)), shaOf: () => "0" },
      "unnoticed",
    ],
    ["ids that are the bare slug", { ...OURS, idOf: (branch) => slugOf(branch.slice(4)) }, "share an id"],
    ["names that are cut at their end", { ...OURS, nameOf: (...of) => cutName(...of) }, "storageAccount of"],
    [
      "names that ignore the limit",
      { ...OURS, nameOf: (kind, { envId }) => `${kind}-${envId}-web` },
      "storageAccount of",
    ],
  ];
  const cutName: Naming["nameOf"] = (kind, owner) =>
    `${KINDS[kind].abbreviation}${owner.project.name}${owner.envId}`.replaceAll("-", "").slice(0, KINDS[kind].max);

  it.each(mutants)("%s", (_, mutant, complaint) => {
    expect(broken(sameSlugBranches(2000), mutant).join("\n")).toContain(complaint);
  });
});
