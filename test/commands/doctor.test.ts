import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import type { Session } from "../../src/azure/session.js";
import type { AzureDoor } from "../../src/commands/doctor.gather.js";
import { registerDoctor } from "../../src/commands/doctor.js";
import { doctor } from "../../src/commands/doctor.run.js";
import { PaasError } from "../../src/errors.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { githubEnvironments } from "../../src/workflow/github-environments.js";
import { openAzure, type StandIn } from "../azure/stand-in/azure.js";
import { SUBSCRIPTION, TENANT } from "../azure/stand-in/core.js";
import { credentials, IDENTITY, MANIFEST, PREFIX } from "../doctor/facts.js";
import { openStandIn, TOKEN } from "../github/stand-in.js";
import { type Workbench, workbench } from "./repository.js";

const PLATFORM = `platform:
  tenant: ${TENANT}
  subscription: ${SUBSCRIPTION}
  stateAccount: stshop
  identities: { nonprod: ${IDENTITY.nonprod}, prod: ${IDENTITY.prod}, plan: ${IDENTITY.plan} }
`;

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

  it("whose workflows were changed, and whose pin is old, is told", async () => {
    const bench = open(MANIFEST);
    const write = (file: string, text: string) => {
      fs.mkdirSync(path.dirname(path.join(bench.root, file)), { recursive: true });
      fs.writeFileSync(path.join(bench.root, file), text);
    };
    write("infra/package.json", JSON.stringify({ dependencies: { "paas-cli": "0.0.9" } }));
    write(".github/workflows/paas-environment.yml", "on: push\n");
    const { of } = await found(bench);
    expect(of("cli-pin")).toMatchObject([{ status: "warning" }]);
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
  let azure: StandIn;
  const oid = "0f0e0d0c-1111-4222-8333-444455556666";
  beforeAll(async () => {
    azure = await openAzure({ account: "stshop", readings: true });
  });
  afterAll(() => azure.close());

  const door = (): AzureDoor => ({
    signIn: async (_, { tenantId, subscriptionId }): Promise<Session> => ({
      credential: { getToken: async (scopes) => tokenFor(String(scopes).replace("/.default", "")) },
      tenantId: tenantId ?? "",
      subscriptionId: subscriptionId ?? "",
      signIn: "login",
      who: "alice@acme.example",
      terraform: {},
      close: async () => {},
    }),
    options: { ...azure.clientOptions, retryOptions: { maxRetries: 0 } },
  });
  const tokenFor = (audience: string) => ({
    token: azure.tokens.mint(
      { iss: `https://sts.windows.net/${TENANT}/`, aud: audience, oid, upn: "alice@acme.example", tid: TENANT },
      3600,
      new Date(),
    ),
    expiresOnTimestamp: Date.now() + 3_600_000,
  });

  /** What `bootstrap` leaves behind. */
  function bootstrapped(): void {
    const { readings } = azure;
    const home = `/subscriptions/${SUBSCRIPTION}`;
    readings.providers = Object.fromEntries(
      ["App", "ContainerRegistry", "KeyVault", "ManagedIdentity", "OperationalInsights", "Storage"].map((name) => [
        `Microsoft.${name}`,
        "Registered",
      ]),
    );
    readings.storageAccounts = [`${home}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stshop`];
    readings.assignments = [];
    readings.give(oid, home, { name: "Owner", actions: ["*"] });
    readings.give(oid, home, { name: "Data", actions: [], dataActions: ["Microsoft.Storage/*"] });
    readings.identities = Object.entries(credentials(PREFIX)).map(([clientId, held]) => ({
      id: `${home}/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${clientId}`,
      clientId,
      credentials: held.map(({ name, issuer, subject }) => ({ name, issuer, subject })),
    }));
  }

  it("is looked at from the sign-in to the quota", async () => {
    bootstrapped();
    const { of, status } = await found(open(MANIFEST + PLATFORM), door());
    expect(of("azure-sign-in")).toMatchObject([{ status: "ok", line: `alice@acme.example (login), tenant ${TENANT}` }]);
    for (const check of ["subscription", "providers", "roles", "quota"]) expect(status(`azure-${check}`)).toBe("ok");
    // No container was made in the stand-in's account.
    expect(of("azure-state").map(({ fix }) => fix)).toEqual(Array(2).fill(expect.stringContaining("paas bootstrap")));
    expect(status("oidc-trust")).toBe("skipped");
  });

  it("with GitHub, compares subjects with credentials", async () => {
    bootstrapped();
    const github = await openStandIn();
    github.repository.settings.subject = { use_default: true, use_immutable_subject: false, sub_claim_prefix: PREFIX };
    const manifest = requireManifest(MANIFEST + PLATFORM, "paas.yaml");
    for (const { name, refs } of githubEnvironments(manifest, "main")) {
      github.repository.settings.environments.set(name, { refs: [...refs], rules: [], variables: new Map() });
    }
    const bench = open(MANIFEST + PLATFORM, { GH_TOKEN: TOKEN, GITHUB_SERVER_URL: new URL(github.apiUrl).origin });
    bench.git("remote", "add", "origin", `${new URL(github.apiUrl).origin}/acme/shop.git`);
    const { status } = await found(bench, door());
    const checks = ["github-repository", "github-actions", "github-environments", "oidc-subject", "oidc-trust"];
    expect(checks.map(status)).toEqual(checks.map(() => "ok"));
    await github.close();
    expect(github.problems).toEqual([]);
  });

  it("that nobody is signed in to fails at that, and skips what depends on it", async () => {
    const signIn = () =>
      Promise.reject(new PaasError("not-signed-in", "you are not signed in", { next: "`paas login`" }));
    const { of, status } = await found(open(MANIFEST + PLATFORM), { signIn, options: {} });
    expect(of("azure-sign-in")).toMatchObject([{ status: "failure", fix: "`paas login`" }]);
    for (const check of ["subscription", "roles", "state", "quota"]) expect(status(`azure-${check}`)).toBe("skipped");
  });

  it("with a role too few is told which", async () => {
    bootstrapped();
    azure.readings.assignments = azure.readings.assignments.filter(({ role }) => role === "Owner");
    const { of } = await found(open(MANIFEST + PLATFORM), door());
    expect(of("azure-roles").map(({ line }) => line)).toEqual([
      "no role to read and write the state of tier nonprod",
      "no role to read and write the state of tier prod",
    ]);
  });
});
