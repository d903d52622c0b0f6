import { expect, test } from "vitest";
import { configurationToArm, identityToArm, patchAttributes, templateToArm } from "../../../src/local/arm/app-shape.js";
import { mergePatch } from "../../../src/local/arm/fields.js";
import { ingressToArm, ingressToProvider } from "../../../src/local/arm/ingress-shape.js";
import { scaleToArm, scaleToProvider } from "../../../src/local/arm/scale-shape.js";
import { armContainer, bareContainer } from "./samples.js";

const noRules = { azure_queue_scale_rule: [], custom_scale_rule: [], http_scale_rule: [], tcp_scale_rule: [] };
const noScale = {
  min_replicas: 0,
  max_replicas: 3,
  cooldown_period_in_seconds: 300,
  polling_interval_in_seconds: 30,
  ...noRules,
};
const armScale = { minReplicas: 0, maxReplicas: 3, cooldownPeriod: 300, pollingInterval: 30 };
test.each([
  ["numbers", armScale, noScale],
  [
    "rules",
    {
      ...armScale,
      rules: [
        {
          name: "q",
          azureQueue: { queueName: "n", queueLength: 5, auth: [{ secretRef: "s", triggerParameter: "t" }] },
        },
        { name: "c", custom: { type: "cpu", metadata: { a: "b" } } },
        { name: "h", http: { metadata: { concurrentRequests: "10" } } },
        { name: "t", tcp: { metadata: { concurrentRequests: "20" } } },
      ],
    },
    {
      ...noScale,
      azure_queue_scale_rule: [
        { name: "q", queue_name: "n", queue_length: 5, authentication: [{ secret_name: "s", trigger_parameter: "t" }] },
      ],
      custom_scale_rule: [{ name: "c", custom_rule_type: "cpu", metadata: { a: "b" }, authentication: [] }],
      http_scale_rule: [{ name: "h", concurrent_requests: "10", authentication: [] }],
      tcp_scale_rule: [{ name: "t", concurrent_requests: "20", authentication: [] }],
    },
  ],
])("scale as %s", (_name, rest, block) => {
  expect(scaleToArm(block)).toEqual(rest);
  expect(scaleToProvider(rest)).toEqual(block);
});

test("a template", () => {
  const rest = {
    containers: [armContainer],
    initContainers: [{ ...armContainer, name: "first" }],
    revisionSuffix: "v2",
    terminationGracePeriodSeconds: 5,
    scale: armScale,
    volumes: [{ name: "v", storageType: "EmptyDir" }],
  };
  const block = {
    container: [bareContainer],
    init_container: [{ ...bareContainer, name: "first" }],
    revision_suffix: "v2",
    termination_grace_period_seconds: 5,
    ...noScale,
    volume: [{ name: "v", storage_type: "EmptyDir", storage_name: "", mount_options: "" }],
  };
  expect(templateToArm(block)).toEqual(rest);
  expect(patchAttributes({ template: [{}] }, { properties: { template: rest } }, "app").template).toEqual([block]);
});

test("an ingress", () => {
  const rest = {
    fqdn: "f",
    external: true,
    targetPort: 8080,
    exposedPort: 0,
    transport: "auto",
    allowInsecure: false,
    traffic: [
      { latestRevision: true, weight: 90 },
      { latestRevision: false, weight: 10, revisionName: "app--old", label: "l" },
    ],
    customDomains: [{ name: "d", certificateId: "c", bindingType: "SniEnabled" }],
    ipSecurityRestrictions: [{ name: "n", description: "x", ipAddressRange: "10.0.0.0/8", action: "Allow" }],
    corsPolicy: { allowedOrigins: ["*"], allowCredentials: false, maxAge: 5 },
  };
  const block = {
    fqdn: "f",
    external_enabled: true,
    target_port: 8080,
    exposed_port: 0,
    transport: "auto",
    allow_insecure_connections: false,
    client_certificate_mode: "",
    traffic_weight: [
      { latest_revision: true, percentage: 90, label: "", revision_suffix: "" },
      { latest_revision: false, percentage: 10, label: "l", revision_suffix: "old" },
    ],
    custom_domain: [{ name: "d", certificate_id: "c", certificate_binding_type: "SniEnabled" }],
    ip_security_restriction: [{ name: "n", description: "x", ip_address_range: "10.0.0.0/8", action: "Allow" }],
    cors: [
      {
        allowed_origins: ["*"],
        allowed_methods: [],
        allowed_headers: [],
        exposed_headers: [],
        allow_credentials_enabled: false,
        max_age_in_seconds: 5,
      },
    ],
  };
  expect(ingressToArm(block, "app")).toEqual(rest);
  expect(ingressToProvider(rest, "app")).toEqual(block);
});

test.each([
  [
    { type: "SystemAssigned", principal_id: "p", tenant_id: "t" },
    { type: "SystemAssigned", principalId: "p", tenantId: "t" },
  ],
  [
    { type: "SystemAssigned, UserAssigned", identity_ids: ["/a", "/b"] },
    { type: "SystemAssigned,UserAssigned", userAssignedIdentities: { "/a": {}, "/b": {} } },
  ],
  [{}, { type: "None" }],
])("an identity %#", (block, rest) => {
  expect(identityToArm(block)).toEqual(rest);
});

test("a configuration never shows the value of a secret", () => {
  const secret = [
    { name: "s", value: "canary", key_vault_secret_id: "", identity: "" },
    { name: "k", value: null, key_vault_secret_id: "https://v/secrets/k", identity: "/i" },
  ];
  const configuration = configurationToArm(
    { secret, revision_mode: "Single", dapr: [{ app_id: "d", app_port: 1 }] },
    "app",
  );
  expect(configuration).toEqual({
    activeRevisionsMode: "Single",
    secrets: [{ name: "s" }, { name: "k", keyVaultUrl: "https://v/secrets/k", identity: "/i" }],
    dapr: { enabled: true, appId: "d", appPort: 1 },
  });
});

const app = {
  name: "app",
  tags: { a: "1" },
  revision_mode: "Single",
  secret: [{ name: "old", value: "kept", key_vault_secret_id: "", identity: "" }],
  registry: [{ server: "r", username: "", password_secret_name: "", identity: "/pull" }],
  ingress: [{ target_port: 80, fqdn: "f", traffic_weight: [{ latest_revision: true, percentage: 100 }] }],
  identity: [{ type: "UserAssigned", identity_ids: ["/pull"], principal_id: "", tenant_id: "" }],
  template: [
    { min_replicas: 0, max_replicas: 2, container: [{ name: "web", image: "placeholder" }], unknown: "stays" },
  ],
  workload_profile_name: "Consumption",
};

test("a patch of container and secrets replaces both lists and leaves the rest alone", () => {
  const patched = patchAttributes(
    app,
    {
      properties: {
        template: { containers: [armContainer] },
        configuration: { secrets: [{ name: "new", keyVaultUrl: "https://v/secrets/new", identity: "/i" }] },
      },
    },
    "app",
  );
  expect(patched.template).toEqual([{ ...app.template[0], container: [bareContainer] }]);
  expect(patched.secret).toEqual([
    { name: "new", key_vault_secret_id: "https://v/secrets/new", identity: "/i", value: "" },
  ]);
  for (const untouched of [
    "registry",
    "ingress",
    "identity",
    "tags",
    "revision_mode",
    "workload_profile_name",
  ] as const) {
    expect(patched[untouched]).toBe(app[untouched]);
  }
});

test.each([
  [
    "a secret that is only named keeps its value",
    { properties: { configuration: { secrets: [{ name: "old" }] } } },
    { secret: app.secret },
  ],
  [
    "a secret's value is set",
    { properties: { configuration: { secrets: [{ name: "old", value: "v" }] } } },
    { secret: [{ name: "old", value: "v", key_vault_secret_id: "", identity: "" }] },
  ],
  ["tags merge and null removes", { tags: { a: null, b: "2" } }, { tags: { b: "2" } }],
  [
    "the revisions' mode",
    { properties: { configuration: { activeRevisionsMode: "Multiple" } } },
    { revision_mode: "Multiple" },
  ],
  ["registries are replaced", { properties: { configuration: { registries: [] } } }, { registry: [] }],
  [
    "an ingress merges",
    { properties: { configuration: { ingress: { external: true } } } },
    { ingress: [expect.objectContaining({ target_port: 80, external_enabled: true, fqdn: "f" })] },
  ],
  ["an ingress is removed", { properties: { configuration: { ingress: null } } }, { ingress: [] }],
  [
    "an identity is added",
    { identity: { userAssignedIdentities: { "/more": {} } } },
    { identity: [expect.objectContaining({ type: "UserAssigned", identity_ids: ["/pull", "/more"] })] },
  ],
  ["identities are removed", { identity: { type: "None" } }, { identity: [] }],
  [
    "scale merges",
    { properties: { template: { scale: { maxReplicas: 5 } } } },
    { template: [expect.objectContaining({ min_replicas: 0, max_replicas: 5 })] },
  ],
])("%s", (_name, patch, expected) => {
  expect(patchAttributes(app, patch, "app")).toEqual({ ...app, ...expected });
});

test("merge patch as RFC 7396 says", () => {
  expect(
    mergePatch({ a: "b", c: { d: "e", f: "g" }, l: [1] }, { a: "z", c: { f: null }, l: [2], n: { o: null, p: 1 } }),
  ).toEqual({ a: "z", c: { d: "e" }, l: [2], n: { p: 1 } });
});
