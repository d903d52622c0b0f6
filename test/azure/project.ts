import fs from "node:fs";
import path from "node:path";
import { claimsOf } from "../../src/azure/claims.js";
import { type AzureParts, openAzureCloud } from "../../src/azure/cloud.js";
import type { Session } from "../../src/azure/session.js";
import { signIn } from "../../src/azure/sign-in.js";
import type { Cloud } from "../../src/cloud.js";
import { openGit } from "../../src/git/git.js";
import type { Manifest } from "../../src/manifest/manifest.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { destroy } from "../../src/pipeline/destroy.js";
import { type Doors, openDoors } from "../../src/pipeline/doors.js";
import { type Event, stepsOf } from "../../src/pipeline/events.js";
import { plan } from "../../src/pipeline/plan.js";
import { rollback } from "../../src/pipeline/rollback.js";
import { findSource } from "../../src/pipeline/source.js";
import { findTarget } from "../../src/pipeline/target.js";
import { up } from "../../src/pipeline/up.js";
import { gitRepo, type Repository } from "../helpers/repository.js";
import { type Doubles, doubles } from "./doubles.js";
import { openAzure, type StandIn } from "./stand-in/azure.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";
import { addApplication } from "./stand-in/directory.js";
import { BINDINGS, TYPES, terraformWith } from "./stand-in/terraform.js";

const TEMPLATE = path.resolve("templates/infra");

export { TYPES, terraformWith };
export const ACCOUNT = "stshop";

export const MANIFEST = `
name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope
platform:
  tenant: ${TENANT}
  subscription: ${SUBSCRIPTION}
  stateAccount: ${ACCOUNT}
services:
  web: { runtime: node, port: 3000 }
`;

/** What images and vaults the project works with, once the platform is there. */
export type MakeParts = (
  context: { manifest: Manifest; variables: NodeJS.ProcessEnv },
  session: Session,
  azure: StandIn,
) => AzureParts;

/** A project in a temporary repository, signed in to a stand-in Azure of its own that has the platform of `nonprod`. */
export type Project = {
  azure: StandIn;
  repository: Repository;
  manifest: Manifest;
  doubles: Doubles;
  session: Session;
  cloud: Cloud;
  doors: Doors;
  variables: NodeJS.ProcessEnv;
  events: Event[];
  up(branch?: string, doors?: Doors): ReturnType<typeof up>;
  plan(branch?: string): ReturnType<typeof plan>;
  /** Goes back to what was deployed last, as if it were something else. */
  rollback(): ReturnType<typeof rollback>;
  destroy(envId?: string, doors?: Doors, trusted?: Manifest): ReturnType<typeof destroy>;
  close(): Promise<void>;
};

/** @param more variables of whoever runs paas, such as values of secrets */
export async function openProject(
  text = MANIFEST,
  more: Record<string, string> = {},
  makeParts?: MakeParts,
): Promise<Project> {
  const azure = await openAzure({ account: ACCOUNT });
  azure.schemas.ensure(TYPES, BINDINGS);
  const later: (() => unknown)[] = [];
  const repository = gitRepo(
    { "paas.yaml": text, "server.js": "", "package.json": '{"scripts":{"start":"node server.js"}}', ...infraFiles() },
    { removeAfter: (work) => later.push(work) },
  );
  for (const branch of ["env-alice", "env-bob"]) repository.git("branch", branch);
  const manifest = requireManifest(text, "paas.yaml");
  const application = addApplication(azure.directory, {
    secret: { value: "s3cret", expires: new Date(Date.now() + 1e9) },
  });
  const variables = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PAAS_CACHE_DIR: process.env.PAAS_CACHE_DIR,
    ...azure.variables,
    ARM_CLIENT_ID: application.clientId,
    ARM_CLIENT_SECRET: "s3cret",
    PAAS_TERRAFORM: terraformWith(azure),
    ...more,
  };
  const chosen = { tenantId: TENANT, subscriptionId: SUBSCRIPTION };
  const session = await signIn(variables, chosen, azure.clientOptions);
  azure.terraform.objectId = await objectIdOf(session);
  const parts = doubles();
  const cloudWith = (some: AzureParts) => openAzureCloud({ manifest, variables }, session, some, azure.clientOptions);
  const git = await openGit(repository.folder);
  const doorsTo = (opened: Cloud) =>
    openDoors({
      cloud: async () => opened,
      git: async () => git,
      home: async () => git.root,
      variables,
      now: () => new Date(),
      signal: new AbortController().signal,
    });
  const withDoubles = cloudWith(parts);
  const cloud = makeParts ? cloudWith(makeParts({ manifest, variables }, session, azure)) : withDoubles;
  const doors = await doorsTo(cloud);
  const events: Event[] = [];
  const steps = stepsOf(
    (event) => events.push(event),
    () => performance.now(),
  );
  const source = (branch: string) => findSource(git, git, branch, null);
  const runUp = async (branch = "env-alice", through = doors) =>
    up({ source: await source(branch), lockTimeout: 0 }, through, steps);
  await makePlatform(await doorsTo(withDoubles), (through) => runUp("env-bob", through));
  return {
    azure,
    repository,
    manifest,
    doubles: parts,
    session,
    cloud,
    doors,
    variables,
    events,
    up: runUp,
    plan: async (branch = "env-alice") => plan(await source(branch), doors, steps),
    rollback: async () => {
      const [from, { record }] = [await source("env-alice"), await findTarget("alice", manifest, doors)];
      const [deployment] = record?.deployments ?? [];
      if (!deployment) throw new Error("nothing was deployed yet");
      return rollback({ source: from, deployment, newest: deployment.at, lockTimeout: 0 }, doors, steps);
    },
    destroy: async (envId = "alice", through = doors, trusted = manifest) => {
      const target = await findTarget(envId, trusted, through);
      return destroy(target, 0, through, steps);
    },
    close: async () => {
      await cloud.close();
      await azure.close();
      for (const work of later) await work();
    },
  };
}

/** The same project, with the environment `alice` up. */
export async function openRunningProject(): Promise<Project> {
  const project = await openProject();
  await project.up();
  return project;
}

/** Object id of who is signed in. */
export async function objectIdOf({ credential }: Session): Promise<string> {
  const token = await credential.getToken("https://management.azure.com/.default");
  return claimsOf(token?.token ?? "").objectId ?? "";
}

/** As `paas bootstrap` makes it: from the platform stack, here on the way to a first environment. */
async function makePlatform({ cloud, ...doors }: Doors, first: (doors: Doors) => Promise<unknown>): Promise<void> {
  await first({ ...doors, cloud: { ...cloud, platform: { ...cloud.platform, madeByRuns: true } } });
}

export function infraFiles(): Record<string, string> {
  const names = fs.readdirSync(TEMPLATE).filter((name) => fs.statSync(path.join(TEMPLATE, name)).isFile());
  const files = names.map((name) => [`infra/${name}`, fs.readFileSync(path.join(TEMPLATE, name), "utf8")]);
  // An attached provider is not locked; with the file there, nothing asks Terraform's registry for one.
  return { ...Object.fromEntries(files), "infra/.terraform.lock.hcl": "# Of a test: nothing is locked.\n" };
}
