import { describe, expect, it } from "vitest";
import { HASH_LENGTH } from "../../src/naming/hash.js";
import { ALL_KINDS, KINDS, type Kind, type KindRule, kindsPer } from "../../src/naming/kinds.js";
import { type NameOwner, resourceName } from "../../src/naming/name.js";

const OWNER: NameOwner = {
  project: { id: "7kq2mzt5abcdefghijklmnopqr", name: "shop" },
  subscriptionId: "00000000-0000-4000-8000-000000000001",
  envId: "alice",
  generation: 0,
};
const LONGEST: NameOwner = {
  ...OWNER,
  project: { ...OWNER.project, name: "a-project-with-twent" },
  envId: "sixteen-letters1",
};
const SERVICE = "sixteen-letters2";

const serviceOf = (kind: Kind, service: string) => (KINDS[kind].per === "service" ? service : "");
const endOf = (name: string) => name.slice(-HASH_LENGTH);
const plain = (text: string) => text.replaceAll("-", "");

it("never changes a name: environments would lose their resources", () => {
  const names = Object.fromEntries(ALL_KINDS.map((kind) => [kind, resourceName(kind, OWNER, serviceOf(kind, "web"))]));
  expect(names).toMatchInlineSnapshot(`
    {
      "aksCluster": "aks-shop-alice",
      "aksDnsPrefix": "aks-shop-alice",
      "appConfiguration": "appcs-shop-alice-yipd6gfp",
      "appServicePlan": "asp-shop-alice",
      "applicationInsights": "appi-shop-alice",
      "containerApp": "ca-shop-alice-web-mh55xbol",
      "containerAppEnvironment": "cae-shop-alice",
      "containerAppJob": "caj-shop-alice-web-ukc5ftyx",
      "containerRegistry": "crshopalicetpult2bi",
      "cosmosAccount": "cosmos-shop-alice-rmvpnvmy",
      "functionApp": "func-shop-alice-web-iifvdq3v",
      "identity": "id-shop-alice",
      "keyVault": "kv-shop-alice-oo2ofhtj",
      "logAnalytics": "log-shop-alice",
      "managedRedis": "amr-shop-alice-ua7vinw2",
      "mysqlServer": "mysql-shop-alice-f5jt7qk7",
      "postgresServer": "psql-shop-alice-e5kn4g2m",
      "pullIdentity": "id-pull-shop-alice",
      "redisCache": "redis-shop-alice-3cnsx76o",
      "resourceGroup": "rg-shop-alice",
      "serviceBus": "sbns-shop-alice-vkbwes64",
      "sqlServer": "sql-shop-alice-u2ufzsef",
      "stateAccount": "ststateshopalice6igmfc5i",
      "staticWebApp": "stapp-shop-alice-web",
      "storageAccount": "stshopalice7ssufjvo",
      "webApp": "app-shop-alice-web-aisw5fva",
    }
  `);
});

describe.each(ALL_KINDS)("%s", (kind) => {
  const rule: KindRule = KINDS[kind];
  const longest = resourceName(kind, LONGEST, serviceOf(kind, SERVICE));

  it("is valid at its shortest and longest", () => {
    const shortest = resourceName(
      kind,
      { ...OWNER, project: { ...OWNER.project, name: "ab" }, envId: "a" },
      serviceOf(kind, "w"),
    );
    for (const name of [shortest, longest]) {
      expect(name).toMatch(rule.pattern);
      expect(name.length).toBeLessThanOrEqual(rule.max);
    }
  });

  it("contains the service where there is one per service", () => {
    expect(plain(longest).includes(plain(SERVICE))).toBe(rule.per === "service");
  });

  it("ends in its hash when it is global, has little room or was cut", () => {
    const whole = [rule.abbreviation, LONGEST.project.name, LONGEST.envId, serviceOf(kind, SERVICE)].filter(Boolean);
    const hashed = rule.global || rule.max < 40 || whole.join("-").length > rule.max;
    const next = resourceName(kind, { ...LONGEST, generation: 1 }, serviceOf(kind, SERVICE));
    expect(next === longest).toBe(!hashed);
    expect(next.slice(0, -HASH_LENGTH)).toBe(longest.slice(0, -HASH_LENGTH));
  });
});

describe("the hash of a global name", () => {
  const base = resourceName("storageAccount", OWNER);
  const rows: [string, string][] = [
    ["project id", resourceName("storageAccount", { ...OWNER, project: { id: "x", name: "shop" } })],
    ["subscription", resourceName("storageAccount", { ...OWNER, subscriptionId: "x" })],
    ["environment", resourceName("storageAccount", { ...OWNER, envId: "alicf" })],
    ["generation", resourceName("storageAccount", { ...OWNER, generation: 1 })],
    ["kind", resourceName("keyVault", OWNER)],
    ["service", resourceName("storageAccount", OWNER, "web")],
  ];

  it.each(rows)("covers the %s", (_, name) => {
    expect(endOf(name)).not.toBe(endOf(base));
  });

  it("does not depend on how the subscription is written", () => {
    const upper = { ...OWNER, subscriptionId: "ABCDEF" };
    expect(resourceName("keyVault", upper)).toBe(resourceName("keyVault", { ...upper, subscriptionId: "abcdef" }));
  });

  it("tells fields apart that would read the same one after the other", () => {
    const left = resourceName("webApp", { ...OWNER, envId: "ab" }, "c");
    const right = resourceName("webApp", { ...OWNER, envId: "b" }, "ca");
    expect(endOf(left)).not.toBe(endOf(right));
  });
});

describe("what is too long", () => {
  it("loses the project first, then the end of the envId, never service or hash", () => {
    const name = (project: string, envId: string, service: string) =>
      resourceName("containerApp", { ...OWNER, project: { ...OWNER.project, name: project }, envId }, service);
    expect(name("shop", "alice", "web").replace(/.{8}$/, "…")).toBe("ca-shop-alice-web-…");
    expect(name("bookshop", "feature-2abcdefg", "api").replace(/.{8}$/, "…")).toBe("ca-feature-2abcdefg-api-…");
    expect(name("bookshop", "feature-2abcdefg", SERVICE).replace(/.{8}$/, "…")).toBe(`ca-fea-${SERVICE}-…`);
  });

  it("never leaves two dashes or one at an edge", () => {
    const owner = { ...OWNER, project: { ...OWNER.project, name: "a-b-c-d-e-f-g" }, envId: "h-i-j-k-l-m-n-o" };
    for (const kind of ALL_KINDS) {
      for (let length = 1; length <= 16; length++) {
        expect(resourceName(kind, owner, serviceOf(kind, "s".repeat(length)))).not.toMatch(/--|^-|-$/);
      }
    }
  });
});

describe("words that Azure reserves", () => {
  const windows = { ...OWNER, project: { ...OWNER.project, name: "windows" } };

  it("fall back to kind and hash in public names", () => {
    expect(resourceName("storageAccount", windows)).toMatch(/^st[a-z2-7]{8}$/);
    expect(resourceName("containerApp", OWNER, "microsoft-web")).toMatch(/^ca-[a-z2-7]{8}$/);
    expect(resourceName("containerRegistry", { ...OWNER, envId: "micro-soft" })).toMatch(/^cr[a-z2-7]{8}$/);
  });

  it("stay in names that are not public", () => {
    expect(resourceName("resourceGroup", windows)).toBe("rg-windows-alice");
  });
});

it("knows what there is one of", () => {
  expect(kindsPer("service")).toEqual(["containerApp", "containerAppJob", "webApp", "functionApp", "staticWebApp"]);
  expect(kindsPer("platform")).toEqual(["stateAccount", "pullIdentity"]);
});
