import { describe, expect, it } from "vitest";
import { fixedEnvironments } from "../../src/manifest/environments.js";
import { settingsFor } from "../../src/manifest/settings.js";
import { web } from "./manifests.js";

describe("a service that says little", () => {
  it("gets the defaults", () => {
    expect(web().services).toEqual([
      {
        name: "web",
        path: ".",
        runtime: "node",
        compute: "container-app",
        port: 8080,
        internal: false,
        cpu: 0.5,
        memory: "1Gi",
        scale: { min: 0, max: 3 },
        health: "/",
        startup: 60,
        env: {},
        secrets: [],
        release: null,
        domain: null,
      },
    ]);
  });

  const rows: [field: string, expected: Record<string, unknown>][] = [
    ["path: ./services/api/", { path: "services/api" }],
    ["path: a/../b", { path: "b" }],
    ["path: ./", { path: "." }],
    ["cpu: 0.25", { cpu: 0.25, memory: "0.5Gi" }],
    ["memory: 8Gi", { cpu: 4, memory: "8Gi" }],
    ["cpu: 0.75, memory: 1.50Gi", { cpu: 0.75, memory: "1.5Gi" }],
    ["scale: { min: 5 }", { scale: { min: 5, max: 5 } }],
    ["scale: { max: 1 }", { scale: { min: 0, max: 1 } }],
    ["startup: 90", { startup: 90 }],
    ["startup: 5m", { startup: 300 }],
    [
      "env: { A: 1.10, B: true, C: 0x1F, D: yes, E: ~/x, F: '' }",
      { env: { A: "1.10", B: "true", C: "0x1F", D: "yes", E: "~/x", F: "" } },
    ],
    ["release: npm run 'a b'", { release: ["npm", "run", "a b"] }],
    ["internal: true", { internal: true }],
  ];

  it.each(rows)("%s", (field, expected) => {
    expect(web(field).services[0]).toMatchObject(expected);
  });

  it("may be called env without losing its numbers", () => {
    const manifest = web("", "  env: { runtime: node, port: 3000 }\n");
    expect(manifest.services.map(({ name, port }) => [name, port])).toEqual([
      ["web", 8080],
      ["env", 3000],
    ]);
  });
});

describe("settingsFor", () => {
  const manifest = web(
    "env: { LEVEL: info, MODE: a }, secrets: [ONE, TWO], scale: { min: 1, max: 4 }",
    `environments:
  "*": { ttl: 7d, services: { web: { env: { LEVEL: debug } } } }
  "feature-*": { ttl: 1d, services: { web: { env: { MODE: null, EXTRA: 2 }, secrets: [THREE] } } }
  "*-big": { services: { web: { scale: { max: 9 }, cpu: 2 } } }
  feature-late: { protected: false, isolation: dedicated, location: northeurope, ttl: never }
  prod: { branch: main, tier: prod, services: { web: { scale: { min: 2 } } } }
  solo: { protected: false, services: { web: null, api: { runtime: python } } }
`,
  );
  const web0 = (envId: string) => settingsFor(manifest, envId).services[0];
  const DAY = 86_400_000;

  it("merges maps, key by key", () => {
    expect(web0("alice")?.env).toEqual({ LEVEL: "debug", MODE: "a" });
    expect(web0("prod")?.scale).toEqual({ min: 2, max: 4 });
  });

  it("replaces lists and scalars, removes what is null", () => {
    expect(web0("feature-x")).toMatchObject({ env: { LEVEL: "debug", EXTRA: "2" }, secrets: ["THREE"] });
    expect(web0("feature-x")?.env).not.toHaveProperty("MODE");
    expect(settingsFor(manifest, "solo").services.map(({ name }) => name)).toEqual(["api"]);
  });

  it("lets the file's order decide", () => {
    expect(settingsFor(manifest, "alice").ttl).toBe(7 * DAY);
    expect(settingsFor(manifest, "feature-x").ttl).toBe(DAY);
    expect(settingsFor(manifest, "feature-late").ttl).toBeNull();
  });

  it("applies every pattern that matches", () => {
    expect(web0("feature-big")).toMatchObject({ scale: { min: 1, max: 9 }, cpu: 2, memory: "4Gi", secrets: ["THREE"] });
  });

  it("takes location and isolation from overlays", () => {
    expect(settingsFor(manifest, "alice")).toMatchObject({ location: "westeurope", isolation: "shared" });
    expect(settingsFor(manifest, "feature-late")).toMatchObject({ location: "northeurope", isolation: "dedicated" });
  });

  it("never lets a protected environment expire, whatever a pattern says", () => {
    expect(settingsFor(manifest, "prod")).toMatchObject({ protected: true, ttl: null, tier: "prod" });
    expect(settingsFor(manifest, "staging")).toMatchObject({ protected: true, ttl: null, tier: "nonprod" });
    expect(settingsFor(manifest, "solo")).toMatchObject({ protected: false, ttl: 7 * DAY });
  });

  it("believes only the trusted manifest about tier and protection", () => {
    const pushed = web(
      "",
      "environments: { alice: { tier: prod, protected: true }, prod: { protected: false, tier: nonprod } }",
    );
    expect(settingsFor(pushed, "alice", web())).toMatchObject({ tier: "nonprod", protected: false });
    expect(settingsFor(pushed, "prod", web())).toMatchObject({ tier: "prod", protected: true });
  });

  it("refuses overlays that only contradict each other where both apply", () => {
    const clash = web(
      "scale: { max: 4 }",
      `environments:\n  "a*": { services: { web: { scale: { min: 3 } } } }\n  "*z": { services: { web: { scale: { max: 2 } } } }\n`,
    );
    expect(settingsFor(clash, "ab").services[0]?.scale).toEqual({ min: 3, max: 4 });
    expect(() => settingsFor(clash, "az")).toThrow(
      expect.objectContaining({
        code: "manifest-invalid",
        details: ["paas.yaml:8:44  environments.*z.services.web.scale.max: min 3 is more than max 2"],
      }),
    );
  });
});

describe("fixedEnvironments", () => {
  const rows: [environments: string, expected: string[]][] = [
    ["{}", ["dev env-dev nonprod true", "staging env-staging nonprod true", "prod env-prod prod true"]],
    [
      "{ prod: { branch: main }, qa: { tier: prod, protected: false } }",
      ["dev env-dev nonprod true", "staging env-staging nonprod true", "prod main prod true", "qa env-qa prod false"],
    ],
    [
      "{ test: { branch: env-dev }, 'qa-*': { tier: prod } }",
      ["staging env-staging nonprod true", "prod env-prod prod true", "test env-dev nonprod true"],
    ],
    [
      "{ alice: { services: { web: { env: { A: b } } } } }",
      ["dev env-dev nonprod true", "staging env-staging nonprod true", "prod env-prod prod true"],
    ],
    [
      "{ prod: { tier: nonprod } }",
      ["dev env-dev nonprod true", "staging env-staging nonprod true", "prod env-prod nonprod true"],
    ],
  ];

  it.each(rows)("%s", (environments, expected) => {
    const fixed = fixedEnvironments(web("", `environments: ${environments}`));
    expect(fixed.map((one) => `${one.envId} ${one.branch} ${one.tier} ${one.protected}`)).toEqual(expected);
  });
});
