import { afterAll, beforeAll, describe, test } from "vitest";
import { BadStack, app as changeApp, template } from "./bad-stack.js";
import { type Configuration, type Project, SLOW, SUBSCRIPTION, TestCloud } from "./cloud.js";
import { ref, STACK_TYPES, stack } from "./stack.js";

const cloud = new TestCloud();
beforeAll(() => cloud.start([...STACK_TYPES, "azurerm_key_vault_secret"]));
afterAll(() => cloud.stop());

const NO_CHANGES = 0;
const CHANGES = 2;

function groupId(name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-${name}`;
}

function appId(name: string): string {
  return `${groupId(name)}/providers/Microsoft.App/containerApps/ca-${name}`;
}

async function planned(project: Project): Promise<{ exitCode: number; output: string }> {
  return project.terraform("plan", "-detailed-exitcode", "-input=false");
}

/** The good stack, applied. */
async function applied(name: string): Promise<{ project: Project; configuration: ReturnType<typeof stack> }> {
  const configuration = stack(name);
  const project = cloud.project(configuration);
  await project.succeed("apply", "-auto-approve");
  return { project, configuration };
}

/** Changes what is stored, as a PATCH from elsewhere does. */
function patch(id: string, attributes: Record<string, unknown>): void {
  const resource = cloud.store.get(id);
  if (resource === undefined) throw new Error(`${id} is not there`);
  cloud.store.put({ ...resource, attributes: { ...resource.attributes, ...attributes } });
}

describe.concurrent("a stack", SLOW, () => {
  test("is there after apply, and a second plan is empty", async ({ expect }) => {
    const { project } = await applied("whole");
    expect(await planned(project)).toMatchObject({ exitCode: NO_CHANGES });
    const types = cloud.store.under(groupId("whole")).map((resource) => resource.type);
    expect(types.sort()).toEqual(STACK_TYPES.filter((type) => !/client_config|resource_group/.test(type)));
  });

  test("has the ids and the computed attributes that Azure gives", async ({ expect }) => {
    const { project } = await applied("computed");
    const state = await project.state();
    expect(state["azurerm_container_app.web"]).toMatchObject({
      id: appId("computed"),
      location: "westeurope",
      latest_revision_name: "ca-computed--0000001",
      latest_revision_fqdn: expect.stringMatching(/^ca-computed--0000001\.\w{8}\.westeurope\.azurecontainerapps\.io$/),
      ingress: [{ fqdn: "ca-computed.test.localhost", transport: "auto", custom_domain: [] }],
      template: [{ max_replicas: 3, polling_interval_in_seconds: 30, container: [{ ephemeral_storage: "2Gi" }] }],
    });
    expect(state["azurerm_resource_group.rg"]).toMatchObject({ id: groupId("computed"), location: "westeurope" });
    expect(state["azurerm_container_registry.cr"]).toMatchObject({ login_server: "crcomputedx.azurecr.io" });
    expect(state["azurerm_key_vault.kv"]).toMatchObject({ vault_uri: "https://kv-computed.vault.azure.net/" });
    expect(state["azurerm_user_assigned_identity.id"]).toMatchObject({
      principal_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test("takes the newest revision's name from the app's history", async ({ expect }) => {
    const { project } = await applied("revised");
    const revision = { name: "ca-revised--0000007", createdAt: "", template: {}, secrets: [], state: "ready" as const };
    cloud.store.saveHistory(appId("revised"), {
      ingressPort: 1,
      revisions: [{ ...revision, reason: null, port: null }],
    });
    await project.succeed("apply", "-refresh-only", "-auto-approve");
    const state = await project.state();
    expect(state["azurerm_container_app.web"]).toMatchObject({ latest_revision_name: "ca-revised--0000007" });
  });

  test("is updated in place", async ({ expect }) => {
    const { project, configuration } = await applied("update");
    const changed = Object.assign(new BadStack("update"), { configuration });
    template({ max_replicas: 5 })(changed);
    changeApp({ tags: { project: "update", colour: "blue" } })(changed);
    project.write(configuration);
    expect((await planned(project)).output).toContain("Plan: 0 to add, 1 to change, 0 to destroy");
    await project.succeed("apply", "-auto-approve");
    expect(cloud.store.get(appId("update"))?.attributes).toMatchObject({
      tags: { project: "update", colour: "blue" },
      template: [{ max_replicas: 5 }],
    });
  });

  test("is replaced where Azure cannot change it", async ({ expect }) => {
    const { project, configuration } = await applied("replace");
    const changed = Object.assign(new BadStack("replace"), { configuration });
    changeApp({ name: "ca-renamed" })(changed);
    project.write(configuration);
    const { output } = await planned(project);
    expect(output).toContain('"ca-replace" -> "ca-renamed" # forces replacement');
    expect(output).toContain("Plan: 1 to add, 0 to change, 1 to destroy");
    await project.succeed("apply", "-auto-approve");
    expect(cloud.store.get(appId("replace"))).toBeUndefined();
  });

  test("shows what was changed and deleted behind Terraform's back", async ({ expect }) => {
    const { project } = await applied("drift");
    patch(groupId("drift"), { tags: { project: "somebody else's" } });
    expect(await planned(project)).toMatchObject({
      exitCode: CHANGES,
      output: expect.stringContaining('"project" = "somebody else\'s" -> "drift"'),
    });
    cloud.store.delete(appId("drift"));
    expect((await planned(project)).output).toContain("azurerm_container_app.web will be created");
    await project.succeed("apply", "-auto-approve");
    expect(await planned(project)).toMatchObject({ exitCode: NO_CHANGES });
  });

  test("leaves what it was told to ignore to the deployment", async ({ expect }) => {
    const configuration = stack("ignore");
    const changed = Object.assign(new BadStack("ignore"), { configuration });
    changeApp({ lifecycle: { ignore_changes: ["template[0].container", "secret"] } })(changed);
    const project = cloud.project(configuration);
    await project.succeed("apply", "-auto-approve");
    // A probe in short form, without its scheme: the provider's next update makes a TCP probe full of zeros of it.
    const short = { port: 8080, path: "/healthz" };
    const zeros = {
      transport: "TCP",
      port: 8080,
      path: "",
      interval_seconds: 0,
      timeout: 0,
      failure_count_threshold: 0,
    };
    const probe = { transport: "HTTP", port: 8080, path: "/healthz", interval_seconds: 2 };
    const web = {
      name: "web",
      image: "crignorex.azurecr.io/web@sha256:1",
      cpu: 0.5,
      memory: "1Gi",
      liveness_probe: [probe],
      startup_probe: [short],
    };
    patch(appId("ignore"), {
      secret: [{ name: "token", value: "plain-text-value" }],
      template: [{ min_replicas: 0, max_replicas: 3, container: [web], http_scale_rule: [] }],
    });
    template({ http_scale_rule: [], max_replicas: 4 })(changed);
    project.write(configuration);
    await project.succeed("apply", "-auto-approve");
    expect(cloud.store.get(appId("ignore"))?.attributes).toMatchObject({
      secret: [{ name: "token", value: "plain-text-value" }],
      template: [
        { max_replicas: 4, container: [{ image: web.image, liveness_probe: [probe], startup_probe: [zeros] }] },
      ],
    });
    expect(await planned(project)).toMatchObject({ exitCode: NO_CHANGES });
  });

  test("is imported, and what is not there or of another kind is not", async ({ expect }) => {
    await applied("import");
    const resource = {
      azurerm_resource_group: { rg: { name: "rg-import", location: "westeurope", tags: { project: "import" } } },
    };
    const project = cloud.project({ resource });
    const importing = (id: string) => project.terraform("import", "-input=false", "azurerm_resource_group.rg", id);
    expect((await importing(groupId("absent"))).output).toContain("Cannot import non-existent remote object");
    expect((await importing(appId("import"))).output).toContain("it must be the ID of a Resource Group");
    await project.succeed("import", "azurerm_resource_group.rg", groupId("import"));
    expect(await planned(project)).toMatchObject({ exitCode: NO_CHANGES });
  });

  test("is destroyed, whole", async ({ expect }) => {
    const { project } = await applied("destroy");
    await project.succeed("destroy", "-auto-approve");
    expect(cloud.store.under(groupId("destroy"))).toEqual([]);
    expect(cloud.store.get(groupId("destroy"))).toBeUndefined();
    expect(await project.state()).toEqual({});
  });

  test("keeps an environment that another group's app lies in", async ({ expect }) => {
    const { project } = await applied("shared");
    const environment = `${groupId("shared")}/providers/Microsoft.App/managedEnvironments/cae-shared`;
    const app = `${groupId("tenant")}/providers/Microsoft.App/containerApps/ca-tenant`;
    const attributes = { name: "ca-tenant", container_app_environment_id: environment.toUpperCase() };
    cloud.store.put({ id: app, type: "azurerm_container_app", attributes });
    const { exitCode, output } = await project.terraform("destroy", "-auto-approve");
    expect(exitCode).toBe(1);
    expect(output).toContain(`Managed environment 'cae-shared' still has container apps: ${app}`);
    cloud.store.delete(app);
    await project.succeed("destroy", "-auto-approve");
  });

  test("keeps in its state what was made before a failure, and goes on from there", async ({ expect }) => {
    const project = cloud.project(stack("partial"));
    const fault = "create azurerm_container_app ca-partial";
    cloud.faults.set(fault, "no capacity in this region");
    const { exitCode, output } = await project.apply();
    expect(exitCode).toBe(1);
    expect(output).toContain("no capacity in this region");
    expect(Object.keys(await project.state())).toHaveLength(STACK_TYPES.length - 1);
    cloud.faults.delete(fault);
    expect((await project.apply()).output).toContain("Resources: 1 added, 0 changed, 0 destroyed");
  });

  test("keeps the state of a resource that cannot be read", async ({ expect }) => {
    const { project } = await applied("unread");
    const before = await project.state();
    cloud.faults.set("read azurerm_container_app ca-unread", "the service does not answer");
    const { exitCode, output } = await project.apply();
    expect(exitCode).toBe(1);
    expect(output).toContain("the service does not answer");
    expect(await project.state()).toEqual(before);
  });

  test("keeps the state of a resource whose update or deletion failed", async ({ expect }) => {
    const { project, configuration } = await applied("halfway");
    const changed = Object.assign(new BadStack("halfway"), { configuration });
    template({ max_replicas: 9 })(changed);
    project.write(configuration);
    for (const operation of ["update", "delete"]) {
      const fault = `${operation} azurerm_container_app ca-halfway`;
      cloud.faults.set(fault, "the service is busy");
      const command = operation === "delete" ? "destroy" : "apply";
      expect(await project.terraform(command, "-auto-approve")).toMatchObject({ exitCode: 1 });
      cloud.faults.delete(fault);
      const state = await project.state();
      expect(state["azurerm_container_app.web"]).toMatchObject({ template: [{ max_replicas: 3 }] });
    }
  });
});

describe.concurrent("a container app's secrets", SLOW, () => {
  test("come back as plain values, references as references", async ({ expect }) => {
    const configuration = stack("secrets");
    const changed = Object.assign(new BadStack("secrets"), { configuration });
    const reference = "https://kv-secrets.vault.azure.net/secrets/token";
    changeApp({
      depends_on: ["azurerm_key_vault.kv"],
      secret: [
        { name: "plain", value: "a-canary-value" },
        { name: "safe", key_vault_secret_id: reference, identity: ref("azurerm_user_assigned_identity.id.id") },
      ],
    })(changed);
    const project = cloud.project(configuration);
    await project.succeed("apply", "-auto-approve");
    expect(await planned(project)).toMatchObject({ exitCode: NO_CHANGES });
    const state = await project.state();
    expect(state["azurerm_container_app.web"]).toMatchObject({
      secret: expect.arrayContaining([
        expect.objectContaining({ name: "plain", value: "a-canary-value" }),
        expect.objectContaining({ name: "safe", value: null, key_vault_secret_id: reference }),
      ]),
    });
  });

  test("are read into the state also when a deployment set them", async ({ expect }) => {
    const { project } = await applied("leak");
    patch(appId("leak"), { secret: [{ name: "plain", value: "a-leaked-value" }] });
    await project.succeed("apply", "-refresh-only", "-auto-approve");
    const state = await project.state();
    expect(state["azurerm_container_app.web"]).toMatchObject({ secret: [{ name: "plain", value: "a-leaked-value" }] });
  });

  test("are not shown in a plan", async ({ expect }) => {
    const configuration = stack("hidden");
    const changed = Object.assign(new BadStack("hidden"), { configuration });
    changeApp({ secret: [{ name: "plain", value: "a-hidden-value" }] })(changed);
    const { exitCode, output } = await cloud.project(configuration).terraform("plan");
    expect(exitCode).toBe(0);
    expect(output).not.toContain("a-hidden-value");
  });
});

describe.concurrent("a provider's features", SLOW, () => {
  const group = (name: string) => ({
    azurerm_resource_group: { rg: { name: `rg-${name}`, location: "westeurope" } },
  });
  const addStranger = (name: string): void => {
    const id = `${groupId(name)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-stranger`;
    cloud.store.put({ id, type: "azurerm_user_assigned_identity", attributes: { name: "id-stranger" } });
  };

  test("keep a group that still has resources", async ({ expect }) => {
    const project = cloud.project({ resource: group("filled") });
    await project.apply();
    addStranger("filled");
    const { exitCode, output } = await project.terraform("destroy", "-auto-approve");
    expect(exitCode).toBe(1);
    expect(output).toContain("still contains Resources");
    expect(output).toContain("userAssignedIdentities/id-stranger");
  });

  test("let it go when told so, at the same time as another run keeps its own", async ({ expect }) => {
    const features = { resource_group: { prevent_deletion_if_contains_resources: false } };
    const [bold, careful] = [
      cloud.project({ provider: { features }, resource: group("bold") }),
      cloud.project({ resource: group("careful") }),
    ];
    await Promise.all([bold.apply(), careful.apply()]);
    addStranger("bold");
    addStranger("careful");
    const results = await Promise.all([bold, careful].map((project) => project.terraform("destroy", "-auto-approve")));
    expect(results.map((result) => result.exitCode)).toEqual([0, 1]);
    expect(cloud.store.get(groupId("bold"))).toBeUndefined();
    expect(cloud.store.get(groupId("careful"))).toBeDefined();
  });

  test("hold a deleted vault's name, and take the vault up again", async ({ expect }) => {
    const configuration = (keyVault: Record<string, boolean>, vaults: boolean): Configuration => {
      const { azurerm_key_vault, azurerm_resource_group } = stack("vault").resource;
      const kv = { ...azurerm_key_vault?.kv, access_policy: [], tenant_id: "00000000-0000-4000-8000-0000000000ff" };
      return {
        provider: { features: { key_vault: keyVault } },
        resource: {
          azurerm_resource_group: azurerm_resource_group ?? {},
          ...(vaults ? { azurerm_key_vault: { kv } } : {}),
        },
      };
    };
    const keep = { purge_soft_delete_on_destroy: false };
    const project = cloud.project(configuration(keep, true));
    const steps = async (features: Record<string, boolean>, vaults: boolean) => {
      project.write(configuration(features, vaults));
      return project.apply();
    };
    expect(await steps(keep, true)).toMatchObject({ exitCode: 0 });
    expect(await steps(keep, false)).toMatchObject({ exitCode: 0 });
    const refused = await steps({ ...keep, recover_soft_deleted_key_vaults: false }, true);
    expect(refused.output).toContain("An existing soft-deleted Key Vault exists");
    expect(await steps(keep, true)).toMatchObject({ exitCode: 0 });
    expect(await steps({ purge_soft_delete_on_destroy: true }, false)).toMatchObject({ exitCode: 0 });
    expect(await steps({ recover_soft_deleted_key_vaults: false }, true)).toMatchObject({ exitCode: 0 });
  });
});
