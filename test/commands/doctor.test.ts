import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { signIn } from "../../src/azure/sign-in.js";
import type { AzureDoor } from "../../src/commands/doctor.gather.js";
import { registerDoctor } from "../../src/commands/doctor.js";
import { doctor } from "../../src/commands/doctor.run.js";
import { readManifest } from "../../src/manifest/read.js";
import { bootstrap } from "../../src/pipeline/bootstrap.js";
import { stepsOf } from "../../src/pipeline/events.js";
import { integrityOf } from "../../src/scaffold/cli-pin.js";
import { type Fresh, openFresh } from "../azure/bootstrap-project.js";
import { OWNER } from "../azure/stand-in/built-in-roles.js";
import { SUBSCRIPTION, TENANT } from "../azure/stand-in/core.js";
import { MANIFEST } from "../doctor/facts.js";
import { TOKEN } from "../github/stand-in.js";
import { open as openInit } from "./init/bench.js";
import { type Workbench, workbench } from "./repository.js";

/** What others may rely on. */
const SHAPE = z.object({
  schemaVersion: z.literal(1),
  cloud: z.enum(["local", "azure"]),
  ok: z.boolean(),
  counts: z.strictObject({ ok: z.int(), warning: z.int(), failure: z.int(), skipped: z.int() }),
  checks: z.array(
    z.strictObject({
      check: z.string().regex(/^[a-z-]+$/),
      status: z.enum(["ok", "warning", "failure", "skipped"]),
      line: z.string().min(1),
      fix: z.string().min(1).nullable(),
    }),
  ),
});

const opened: Workbench[] = [];
afterEach(() => {
  process.exitCode = undefined;
  for (const bench of opened.splice(0)) bench.remove();
});

function open(manifest: string | null, variables: NodeJS.ProcessEnv = {}): Workbench {
  const files: Record<string, string> = manifest === null ? {} : { "paas.yaml": manifest };
  const bench = workbench(files, { PATH: process.env.PATH, HOME: process.env.HOME, ...variables });
  opened.push(bench);
  return bench;
}

/** For projects that have nothing to do with Azure. */
const NO_AZURE: AzureDoor = { signIn: () => Promise.reject(new Error("nobody may sign in here")), options: {} };

async function found(bench: Workbench, azure = NO_AZURE) {
  await doctor({ json: true }, bench.tools, azure);
  const document = SHAPE.parse(JSON.parse(bench.printed.stdout));
  const of = (check: string) => document.checks.filter((one) => one.check === check);
  return {
    ...document,
    of,
    status: (check: string) =>
      of(check)
        .map(({ status }) => status)
        .join(),
  };
}

it("argv becomes options", async () => {
  const { tools } = open(MANIFEST);
  const run = vi.fn(async () => {});
  const program = new Command().exitOverride();
  registerDoctor(program, tools, run);
  await program.parseAsync(["doctor", "--json"], { from: "user" });
  expect(run).toHaveBeenCalledExactlyOnceWith({ json: true }, tools);
});

describe("a project on this machine", () => {
  it("is well without Azure, GitHub and Docker", async () => {
    const { ok, cloud, status, of } = await found(open(MANIFEST));
    expect({ ok, cloud }).toEqual({ ok: true, cloud: "local" });
    expect(process.exitCode).toBeUndefined();
    for (const check of ["node", "git", "terraform", "manifest", "cloud", "local-cloud"])
      expect(status(check)).toBe("ok");
    for (const check of ["buildx", "workflows", "azure-sign-in", "oidc-trust", "github-repository"]) {
      expect(of(check)).toMatchObject([{ status: "skipped", fix: null }]);
    }
  });

  it("reads as a table on a terminal, what is skipped for one reason in one line", async () => {
    const bench = open(MANIFEST);
    await doctor({}, bench.tools, NO_AZURE);
    const text = bench.printed.stdout.replace(/^(ok +(?:Node\.js|git|Terraform) +).*$/gm, "$1…");
    await expect(text).toMatchFileSnapshot("golden/doctor-local.txt");
  });

  it("without a manifest fails, and looks at the rest all the same", async () => {
    const { ok, of, status } = await found(open(null));
    expect(ok).toBe(false);
    expect(process.exitCode).toBe(1);
    expect(of("manifest")).toMatchObject([{ status: "failure", fix: "`paas init` writes one" }]);
    expect(status("terraform")).toBe("ok");
  });

  const writeInto = (bench: Workbench) => (file: string, text: string) => {
    fs.mkdirSync(path.dirname(path.join(bench.root, file)), { recursive: true });
    fs.writeFileSync(path.join(bench.root, file), text);
  };

  it("is as this version writes it right after init, pin and workflows", async () => {
    const bench = openInit({ "package.json": '{"scripts":{"start":"node server.js"}}', "server.js": "" });
    await bench.init();
    bench.printed.stdout = "";
    const tools = { ...bench.tools, manifest: () => readManifest(bench.root) };
    const { of } = await found({ ...bench, tools });
    expect(of("cli-pin")).toMatchObject([{ status: "ok", line: "0.1.0, as here" }]);
    expect(of("workflows")).toMatchObject([{ status: "ok", line: "3 files, as this version writes them" }]);
    bench.write(
      ".github/workflows/paas-nightly.yml",
      bench.read(".github/workflows/paas-nightly.yml").replace("0.1.0", "0.0.9"),
    );
    bench.printed.stdout = "";
    expect((await found({ ...bench, tools })).of("workflows")).toMatchObject([
      {
        status: "warning",
        line: ".github/workflows/paas-nightly.yml was written by 0.0.9, and 0.1.0 writes it otherwise",
      },
    ]);
  });

  it("whose vendored CLI is not what was locked is told", async () => {
    const bench = open(MANIFEST);
    const write = writeInto(bench);
    const spec = "file:vendor/paas-cli-0.1.0-0a1b2c3d.tgz";
    const packages = { "node_modules/paas-cli": { version: "0.1.0", integrity: integrityOf(Buffer.from("packed")) } };
    write("infra/package.json", JSON.stringify({ dependencies: { "paas-cli": spec } }));
    write("infra/package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }));
    write("infra/vendor/paas-cli-0.1.0-0a1b2c3d.tgz", "packed");
    expect((await found(bench)).status("cli-pin")).toBe("ok");
    write("infra/vendor/paas-cli-0.1.0-0a1b2c3d.tgz", "packed by somebody else");
    bench.printed.stdout = "";
    expect((await found(bench)).of("cli-pin")).toMatchObject([
      { status: "failure", line: expect.stringContaining("was changed"), fix: expect.stringContaining("paas init") },
    ]);
  });

  it("whose workflows were changed, and whose pin is old, is told", async () => {
    const bench = open(MANIFEST);
    const write = writeInto(bench);
    write("infra/package.json", JSON.stringify({ dependencies: { "paas-cli": "0.0.9" } }));
    const packages = { "node_modules/paas-cli": { version: "0.0.9", integrity: "sha512-paas" } };
    write("infra/package-lock.json", JSON.stringify({ lockfileVersion: 3, packages }));
    write(".github/workflows/paas-environment.yml", "on: push\n");
    const { of } = await found(bench);
    expect(of("cli-pin")).toMatchObject([{ status: "warning", line: "workflows run 0.0.9, and this is 0.1.0" }]);
    expect(of("workflows").map(({ line }) => line)).toEqual([
      ".github/workflows/paas-environment.yml is not what this version writes",
      ".github/workflows/paas-pull-request.yml is not there",
      ".github/workflows/paas-nightly.yml is not there",
    ]);
  });

  it("without Terraform is told how to get it", async () => {
    const { of } = await found(open(MANIFEST, { PAAS_TERRAFORM: "/nowhere/terraform" }));
    expect(of("terraform")).toMatchObject([{ status: "failure", fix: expect.stringContaining("install Terraform") }]);
  });
});

describe("a project on Azure", () => {
  let here: Fresh;
  let manifest: string;
  beforeAll(async () => {
    here = await openFresh();
    await bootstrapWithoutTerraform(here);
    manifest = fs.readFileSync(path.join(here.repository.folder, "paas.yaml"), "utf8");
  });
  afterAll(() => here?.close());

  const door = (): AzureDoor => ({
    signIn: (variables, chosen) => signIn(variables, chosen, here.azure.clientOptions),
    options: { ...here.azure.clientOptions, retryOptions: { maxRetries: 0 } },
  });
  /** Signed in to both, as whoever has bootstrapped. */
  const onBoth = () => {
    const { ARM_CLIENT_ID, ARM_CLIENT_SECRET } = here.variables;
    const bench = open(manifest, {
      ARM_CLIENT_ID,
      ARM_CLIENT_SECRET,
      GH_TOKEN: TOKEN,
      GITHUB_API_URL: here.github.apiUrl,
    });
    bench.git("remote", "add", "origin", "git@github.com:acme/shop.git");
    return bench;
  };

  it("is well after a bootstrap, from the sign-in to the federated credentials", async () => {
    const { of, checks, ok } = await found(onBoth(), door());
    const wrong = checks.filter(({ status }) => !["ok", "skipped"].includes(status));
    // The tests' machine may have no Docker, and tier prod is not bootstrapped.
    expect(wrong.filter(({ check }) => check !== "buildx")).toMatchObject([
      { check: "oidc-trust", status: "warning", line: expect.stringContaining("names no identity for prod") },
    ]);
    expect(ok).toBe(true);
    expect(of("azure-sign-in")[0]?.line).toBe(`${here.variables.ARM_CLIENT_ID} (environment), tenant ${TENANT}`);
    expect(of("azure-state")[0]?.line).toBe("tier-nonprod can be read");
    expect(of("azure-quota")[0]?.line).toBe("0 of 15 Container Apps environments in westeurope");
    expect(of("identity-roles")[0]?.line).toBe("3 identities hold what they need, and no more");
    expect(of("github-variables")[0]?.status).toBe("ok");
  });

  it("whose roles, trust, variables and rules were changed is told each", async () => {
    const { azure, github, oid } = here;
    const { assignments } = azure.roles;
    const before = [...assignments];
    assignments.splice(0, assignments.length, ...before.filter(({ properties: at }) => at.principalId === oid));
    const plan = github.repository.settings.environments.get("paas-plan");
    plan?.variables.set("AZURE_CLIENT_ID", "somebody-else");
    plan?.refs?.push("*");
    const { of, ok } = await found(onBoth(), door());
    assignments.splice(0, assignments.length, ...before);
    plan?.refs?.pop();
    expect(ok).toBe(false);
    expect(process.exitCode).toBe(1);
    expect(of("identity-roles").map(({ line }) => line)).toEqual([
      "id-shop-nonprod has no role to make and delete resource groups (Microsoft.Resources/subscriptions/read and 8 more)",
      "id-shop-nonprod has no role to make and change container apps (Microsoft.App/containerApps/* and 2 more)",
      "id-shop-nonprod has no role to run release commands (Microsoft.App/jobs/*)",
      "id-shop-nonprod has no role to use and make Container Apps environments (Microsoft.App/managedEnvironments/read and 4 more)",
      "id-shop-nonprod has no role to make, share and purge vaults (Microsoft.KeyVault/vaults/read and 7 more)",
      "id-shop-nonprod has no role to make identities and give them to apps (Microsoft.ManagedIdentity/userAssignedIdentities/read and 3 more)",
      "id-shop-nonprod has no role to keep and read logs (Microsoft.OperationalInsights/workspaces/read and 5 more)",
      "id-shop-nonprod has no role to read and write the state of tier nonprod (Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write)",
      "id-shop-nonprod has no role to push images of tier nonprod (Microsoft.ContainerRegistry/registries/push/write)",
      "id-shop-nonprod has no role to let apps of tier nonprod pull with the pull identity (Microsoft.ManagedIdentity/userAssignedIdentities/assign/action)",
      "id-shop-nonprod has no role to delete images of tier nonprod (Microsoft.ContainerRegistry/registries/artifacts/delete)",
      "id-shop-plan has no role to see what is there (Microsoft.App/containerApps/read)",
      "id-shop-plan has no role to see which secrets apps refer to (Microsoft.App/containerApps/listSecrets/action)",
      "id-shop-plan has no role to read states (Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read)",
      expect.stringMatching(
        / has no role to pull images of tier nonprod \(Microsoft.ContainerRegistry\/registries\/pull\/read\)$/,
      ),
    ]);
    expect(of("github-variables")).toMatchObject([
      { status: "failure", line: expect.stringMatching(/^AZURE_CLIENT_ID of paas-plan is somebody-else, and /) },
    ]);
    expect(of("github-environments")).toMatchObject([
      { status: "warning", line: expect.stringContaining("also admits *") },
    ]);
  });

  it("shows a token of github.com to no other host", async () => {
    const bench = onBoth();
    bench.git("remote", "set-url", "origin", "git@git.example:acme/shop.git");
    const calls = here.github.calls.length;
    const { of } = await found(bench, door());
    expect(of("github-repository")).toMatchObject([
      { status: "skipped", line: expect.stringContaining("git.example") },
    ]);
    expect(here.github.calls).toHaveLength(calls);
  });

  it("that nobody is signed in to fails at that, and skips what depends on it", async () => {
    const { of, status } = await found(open(manifest, { PATH: "/nowhere" }), door());
    expect(of("azure-sign-in")).toMatchObject([{ status: "failure", fix: "`paas login`" }]);
    for (const check of ["subscription", "roles", "state", "quota"]) expect(status(`azure-${check}`)).toBe("skipped");
  });

  it("with a role too few is told which", async () => {
    const { assignments } = here.azure.roles;
    const removed = assignments.splice(0).filter(({ properties: at }) => at.principalId === here.oid);
    const owner = removed.filter(({ properties: at }) => at.roleDefinitionId.endsWith(OWNER));
    assignments.push(...owner);
    const { of } = await found(onBoth(), door());
    expect(of("azure-roles").map(({ line }) => line)).toEqual([
      "no role to read and write the state of tier nonprod (Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write)",
    ]);
  });
});

/** What Terraform would make of the platform is put there; all else is done by bootstrap itself. */
async function bootstrapWithoutTerraform(here: Fresh): Promise<void> {
  const { azure, oid } = here;
  const doors = await here.doors();
  const { registryId, pullIdentityId } = doors.cloud.platform.of("nonprod");
  const registry = { location: "westeurope", tags: {}, sku: "Basic" };
  azure.store.put({ id: registryId, type: "azurerm_container_registry", attributes: registry });
  const attributes = { location: "westeurope", tags: {}, principal_id: randomUUID(), client_id: randomUUID() };
  azure.store.put({ id: pullIdentityId, type: "azurerm_user_assigned_identity", attributes });
  const steps = stepsOf(
    () => {},
    () => 0,
  );
  const looks = (await here.look()).map((look) => (look.step.kind === "stack" ? { ...look, there: true } : look));
  await bootstrap(looks, doors, steps);
  await doors.state.ensureContainer("tier-nonprod");
  const roleDefinitionId = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/${OWNER}`;
  const scope = `/subscriptions/${SUBSCRIPTION}`;
  azure.roles.assignments.push({
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`,
    name: randomUUID(),
    type: "Microsoft.Authorization/roleAssignments",
    properties: { roleDefinitionId, principalId: oid, principalType: "ServicePrincipal", scope },
  });
}
