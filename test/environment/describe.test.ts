import { describe, expect, it } from "vitest";
import { describeEnvironment, expiry } from "../../src/environment/describe.js";
import type { Environment } from "../../src/environment/environment.js";
import { requireManifest } from "../../src/manifest/parse.js";

const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";

function manifest(services: string, rest = "", head = "name: shop\nid: 7kq2mzt5abcdefghijklmnopqr\n") {
  return requireManifest(`${head}location: westeurope\nservices: ${services}\n${rest}`, "paas.yaml");
}

const PLAIN = manifest("{ web: { runtime: node } }");

function environment(branch: string, own = PLAIN, trusted = own, generation = 0): Environment {
  return describeEnvironment({ manifest: own, trusted, branch, generation, subscriptionId: SUBSCRIPTION });
}

describe("describeEnvironment", () => {
  it("describes everything that a branch becomes", () => {
    const { services, ...rest } = environment("env-alice");
    expect(rest).toEqual({
      project: { id: "7kq2mzt5abcdefghijklmnopqr", name: "shop" },
      envId: "alice",
      branch: "env-alice",
      kind: "branch",
      tier: "nonprod",
      protected: false,
      generation: 0,
      location: "westeurope",
      isolation: "shared",
      ttl: null,
      resourceGroup: "rg-shop-alice",
      tags: {
        "paas-project-id": "7kq2mzt5abcdefghijklmnopqr",
        "paas-project": "shop",
        "paas-env": "alice",
        "paas-kind": "branch",
        "paas-tier": "nonprod",
        "paas-generation": "0",
        "paas-branch": "env-alice",
        "paas-branch-sha": "580bfab78956ee72",
      },
      names: { resourceGroup: "rg-shop-alice", identity: "id-shop-alice" },
      state: { container: "tier-nonprod", key: "state/alice.tfstate" },
      record: { container: "tier-nonprod", key: "envs/alice.json" },
    });
    expect(services).toEqual([{ ...PLAIN.services[0], appName: "ca-shop-alice-web-mh55xbol" }]);
  });

  const rows: [branch: string, expected: Partial<Environment>][] = [
    ["env-prod", { envId: "prod", kind: "fixed", tier: "prod", protected: true, record: at("prod", "prod") }],
    ["env-staging", { envId: "staging", kind: "fixed", tier: "nonprod", protected: true }],
    ["env-dev", { envId: "dev", kind: "fixed", tier: "nonprod", protected: true }],
    ["pr-12", { envId: "pr-12", kind: "preview", tier: "nonprod", protected: false, record: at("nonprod", "pr-12") }],
  ];
  it.each(rows)("%s", (branch, expected) => {
    expect(environment(branch)).toMatchObject(expected);
  });

  it("names a vault only where there are secrets, and its own Container Apps environment only when dedicated", () => {
    const secret = manifest("{ web: { runtime: node, secrets: [KEY] } }");
    const dedicated = manifest("{ web: { runtime: node } }", "isolation: dedicated\n");
    expect(Object.keys(environment("env-a", secret).names)).toEqual(["resourceGroup", "identity", "keyVault"]);
    expect(environment("env-a", dedicated).names).toEqual({
      resourceGroup: "rg-shop-a",
      identity: "id-shop-a",
      logAnalytics: "log-shop-a",
      containerAppEnvironment: "cae-shop-a",
    });
  });

  it("gives a new life new global names and the same group", () => {
    const secret = manifest("{ web: { runtime: node, secrets: [KEY] } }");
    const [first, second] = [environment("env-a", secret), environment("env-a", secret, secret, 1)];
    expect(second.names.keyVault).not.toBe(first.names.keyVault);
    expect(second.services[0]?.appName).not.toBe(first.services[0]?.appName);
    expect(second.resourceGroup).toBe(first.resourceGroup);
    expect(second.tags["paas-generation"]).toBe("1");
  });

  it("is the same at every time", () => {
    expect(environment("env-Alice")).toEqual(environment("env-Alice"));
  });
});

describe("a pushed manifest", () => {
  const trusted = manifest("{ web: { runtime: node } }", "environments: { prod: { branch: main } }\n");

  it("decides what runs", () => {
    const pushed = manifest("{ api: { runtime: python } }");
    expect(environment("env-alice", pushed, trusted).services.map(({ name }) => name)).toEqual(["api"]);
  });

  it("cannot make itself production, nor take its protection away", () => {
    const pushed = manifest(
      "{ web: { runtime: node } }",
      "environments: { prod: { branch: env-mallory, protected: false }, alice: { tier: prod } }\n",
    );
    expect(environment("env-mallory", pushed, trusted)).toMatchObject({
      envId: "mallory",
      kind: "branch",
      tier: "nonprod",
    });
    expect(environment("env-alice", pushed, trusted)).toMatchObject({ kind: "branch", tier: "nonprod" });
    expect(environment("main", pushed, trusted)).toMatchObject({ envId: "prod", protected: true, tier: "prod" });
  });

  it("cannot take the id of a fixed environment by its branch's name", () => {
    expect(environment("env-prod", trusted).envId).toMatch(/^prod-[2-7][a-z2-7]{7}$/);
  });

  it.each([
    ["id", manifest("{ web: { runtime: node } }", "", "name: shop\nid: aaaaaaaaaaaaaaaaaaaaaaaaaa\n")],
    ["name", manifest("{ web: { runtime: node } }", "", "name: shap\nid: 7kq2mzt5abcdefghijklmnopqr\n")],
  ])("is refused with another project's %s", (_, pushed) => {
    expect(() => environment("env-alice", pushed, trusted)).toThrow(
      expect.objectContaining({ code: "project-changed", exit: 2 }),
    );
  });
});

describe("a branch that moves to another region", () => {
  const moved = (isolation: string) =>
    requireManifest(
      `name: shop\nid: 7kq2mzt5abcdefghijklmnopqr\nlocation: northeurope\nisolation: ${isolation}\nservices: { web: { runtime: node } }\n`,
      "paas.yaml",
    );

  it("leaves the shared platform", () => {
    const refusal = expect.objectContaining({ code: "location-changed", exit: 2 });
    expect(() => environment("env-alice", moved("shared"), PLAIN)).toThrow(refusal);
    expect(environment("env-alice", moved("dedicated"), PLAIN).location).toBe("northeurope");
  });
});

describe("expiry", () => {
  const deployed = new Date("2026-01-01T00:00:00Z");
  const rows: [ttl: number | null, guarded: boolean, expected: string | null][] = [
    [3_600_000, false, "2026-01-01T01:00:00.000Z"],
    [null, false, null],
    [3_600_000, true, null],
  ];
  it.each(rows)("ttl %s, protected %s", (ttl, guarded, expected) => {
    expect(expiry({ ttl, protected: guarded }, deployed)?.toISOString() ?? null).toBe(expected);
  });
});

function at(tier: string, envId: string) {
  return { container: `tier-${tier}`, key: `envs/${envId}.json` };
}
