import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Environment, Platform } from "../../src/environment/environment.js";
import { SchemaLibrary } from "../../src/local/provider/schemas.js";
import { type ServedProvider, serveProvider } from "../../src/local/provider/server.js";
import { Store } from "../../src/local/store.js";
import { apply, destroy, init, outputs, plan } from "../../src/terraform/commands.js";
import { hasChanges } from "../../src/terraform/plan.js";
import type { TerraformRun } from "../../src/terraform/run.js";
import { writeStateOnly } from "../../src/terraform/state-only.js";
import { TestRuns } from "../terraform/work-folder.js";
import { environment, PLATFORM, PLATFORM_DESCRIPTION, service, run as synthesise } from "./synthesised.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let runs: TestRuns;
let store: Store;
let schemas: SchemaLibrary;
let provider: ServedProvider;
let platform: Platform;

beforeEach(async () => {
  runs = new TestRuns();
  store = Store.open(runs.folder);
  schemas = new SchemaLibrary(runs.folder);
  provider = await serveProvider({
    store,
    socket: path.join(runs.folder, "provider.sock"),
    schemas,
    subscriptionId: PLATFORM.subscriptionId,
    tenantId: PLATFORM.tenantId,
    vaultValues: () => ({ KEY: "canary" }),
    fqdnOf: (app) => `${app.attributes.name}.test.localhost`,
  });
  platform = await makePlatform();
});
afterEach(async () => {
  await provider.close();
  runs.remove();
});

test("the platform, and an environment on it", async () => {
  const run = await prepare("alice", environment({ services: [service("web"), service("api", { secrets: ["KEY"] })] }));
  expect((await plan(run)).changes.create).toBe(5);
  await apply(run);
  expect(await outputs(run)).toEqual({
    hosts: { web: "ca-web-abcdefgh.test.localhost", api: "ca-api-abcdefgh.test.localhost" },
    resource_group: "rg-shop-alice",
    key_vault_uri: expect.stringContaining("kv-abcdefgh"),
  });
  expect(hasChanges(await plan(run))).toBe(false);
});

test("what a deployment sets is no change, and survives one", async () => {
  const first = await prepare("first", environment({ services: [service("web", { secrets: ["KEY"] })] }));
  await plan(first);
  await apply(first);
  deploy();

  expect(hasChanges(await plan(first))).toBe(false);

  const wider = service("web", { secrets: ["KEY"], scale: { min: 1, max: 9 } });
  const second = await prepare("second", environment({ services: [wider] }));
  expect((await plan(second)).resources).toEqual([
    { address: "azurerm_container_app.app-web", type: "azurerm_container_app", action: "update" },
  ]);
  await apply(second);
  const app = store.list("azurerm_container_app")[0];
  expect(app?.attributes.template).toMatchObject([
    { min_replicas: 1, max_replicas: 9, container: [{ image: image() }] },
  ]);
  expect(app?.attributes.secret).toMatchObject([{ name: "key", key_vault_secret_id: SECRET }]);
  expect(store.list("azurerm_resource_group").map(({ attributes }) => attributes.tags)).toContainEqual({
    ...environment().tags,
    ...CHANGING_TAGS,
  });
});

test("a destroy that knows no stack leaves the platform and nothing else", async () => {
  const before = store.list().length;
  const made = await prepare("up", environment({ isolation: "dedicated" }));
  await plan(made);
  await apply(made);
  deploy();

  const work = path.join(runs.folder, "down");
  writeStateOnly(work, { purge: true });
  const run = { ...made, work };
  await init(overridden(run, "environment"), {});
  await destroy(run);
  expect(store.list()).toHaveLength(before);
});

const SECRET = "https://kv-abcdefgh.vault.azure.net/secrets/KEY";
const image = () => `${platform.registryServer}/shop/web@sha256:${"0".repeat(64)}`;
const CHANGING_TAGS = { "paas-expires": "2026-11-28T10:00:00Z", "paas-version": "0.1.0", "paas-commit": "abc" };

type AppShape = {
  identity: { identity_ids: string[] }[];
  template: { container: object[] }[];
};

/** Changes the resources as a deployment does, behind Terraform's back. */
function deploy(): void {
  for (const app of store.list("azurerm_container_app")) {
    const { identity, template } = app.attributes as AppShape;
    const changed = { image: image(), cpu: 1, memory: "2Gi", env: [{ name: "A", secret_name: "key" }] };
    const deployed = template.map((one) => ({
      ...one,
      container: one.container.map((old) => ({ ...old, ...changed })),
    }));
    const reader = identity[0]?.identity_ids.find((id) => id.includes("id-shop-alice"));
    const secret = [{ name: "key", key_vault_secret_id: SECRET, identity: reader, value: "" }];
    store.put({ ...app, attributes: { ...app.attributes, secret, template: deployed } });
  }
  for (const group of store.list("azurerm_resource_group")) {
    const tags = { ...(group.attributes.tags as object), ...CHANGING_TAGS };
    if (group.attributes.name === "rg-shop-alice") store.put({ ...group, attributes: { ...group.attributes, tags } });
  }
}

async function makePlatform(): Promise<Platform> {
  const content = { schemaVersion: 1, stack: "platform", platform: PLATFORM_DESCRIPTION };
  const run = await prepareContent("platform", content, "platform");
  await plan(run);
  await apply(run);
  const made = (await outputs(run)) as Record<string, string>;
  return {
    ...PLATFORM,
    resourceGroup: made.resource_group ?? "",
    containerAppEnvironmentId: made.container_app_environment_id ?? "",
    logAnalyticsWorkspaceId: made.log_analytics_workspace_id ?? "",
    registryId: made.registry_id ?? "",
    registryServer: made.registry_server ?? "",
    pullIdentityId: made.pull_identity_id ?? "",
  };
}

/** Every run has a work folder of its own; those of environments share one state. */
function prepare(name: string, value: Environment): Promise<TerraformRun> {
  return prepareContent(name, { schemaVersion: 1, stack: "environment", environment: value, platform }, "environment");
}

async function prepareContent(name: string, content: unknown, state: string): Promise<TerraformRun> {
  const folder = path.join(runs.folder, name);
  fs.mkdirSync(folder);
  const { resourceTypes, bindings } = await synthesise(folder, content);
  schemas.ensure(resourceTypes, bindings);
  const run = {
    binary: "terraform",
    envId: name,
    work: path.join(folder, "work"),
    variables: { TF_REATTACH_PROVIDERS: JSON.stringify(provider.reattach) },
    signal: new AbortController().signal,
  };
  await init(overridden(run, state), {});
  return run;
}

/** Keeps the state in a file: the storage account is other tests' business. */
function overridden(run: TerraformRun, state: string): TerraformRun {
  const backend = { local: { path: path.join(runs.folder, `${state}.tfstate`) } };
  fs.writeFileSync(path.join(run.work, "file_override.tf.json"), JSON.stringify({ terraform: { backend } }));
  return run;
}
