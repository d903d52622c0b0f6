import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { claimsOf } from "../../src/azure/claims.js";
import { openAzureCloud } from "../../src/azure/cloud.js";
import type { Patience } from "../../src/azure/patience.js";
import type { Session } from "../../src/azure/session.js";
import { signIn } from "../../src/azure/sign-in.js";
import type { BootstrapRequest } from "../../src/bootstrap/names.js";
import { labelOf } from "../../src/bootstrap/picture.js";
import { planBootstrap } from "../../src/bootstrap/plan.js";
import type { BootstrapPlan, Step } from "../../src/bootstrap/step.js";
import { platformBlockFor } from "../../src/environment/platform.js";
import { openGit } from "../../src/git/git.js";
import { openGithub } from "../../src/github/api.js";
import { subjectPrefix } from "../../src/github/server.js";
import { openSettings } from "../../src/github/settings.js";
import type { Tier } from "../../src/manifest/manifest.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { type BootstrapOutcome, bootstrap, lookAt } from "../../src/pipeline/bootstrap.js";
import { type BootstrapDoors, openBootstrapDoors } from "../../src/pipeline/bootstrap-doors.js";
import { openDoors } from "../../src/pipeline/doors.js";
import { type Event, stepsOf } from "../../src/pipeline/events.js";
import { type StandIn as GithubStandIn, openStandIn, TOKEN } from "../github/stand-in.js";
import { gitRepo, type Repository } from "../helpers/repository.js";
import { doubles } from "./doubles.js";
import { infraFiles, TYPES, terraformWith } from "./project.js";
import { openAzure, type StandIn } from "./stand-in/azure.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";
import { addApplication } from "./stand-in/directory.js";

const BINDINGS = path.dirname(createRequire(import.meta.url).resolve("@cdktf/provider-azurerm/package.json"));

/** Without a platform, as `paas init` writes it, and with comments that must stay. */
export const UNBOOTSTRAPPED = `# The shop.
name: shop
id: abcdefghijklmnopqrstuvwxyz
location: westeurope # near its customers
services:
  web: { runtime: node, port: 3000 }
`;

/** A project that has nothing on Azure yet, beside stand-ins for Azure and GitHub of its own. */
export type Fresh = {
  azure: StandIn;
  github: GithubStandIn;
  repository: Repository;
  session: Session;
  variables: NodeJS.ProcessEnv;
  /** Object id of who is signed in. */
  oid: string;
  /** Name of the state account. */
  account: string;
  /** How long was waited in all, in milliseconds, by a clock that nobody has to wait for. */
  waits: number[];
  events: Event[];
  plan(more?: Partial<BootstrapRequest>): Promise<BootstrapPlan>;
  doors(tier?: Tier): Promise<BootstrapDoors>;
  look(more?: Partial<BootstrapRequest>): ReturnType<typeof lookAt>;
  /** @param killedAt kind of step whose first one does not end: what a killed run leaves behind */
  bootstrap(more?: Partial<BootstrapRequest>, killedAt?: Step["kind"]): Promise<BootstrapOutcome>;
  close(): Promise<void>;
};

export async function openFresh(text = UNBOOTSTRAPPED): Promise<Fresh> {
  const probe = requireManifest(text, "paas.yaml");
  const { stateAccount } = platformBlockFor(probe, { tier: "nonprod", subscriptionId: SUBSCRIPTION, tenantId: TENANT });
  const azure = await openAzure({ account: stateAccount });
  const github = await openStandIn();
  azure.schemas.ensure(TYPES, BINDINGS);
  const later: (() => void)[] = [];
  const repository = gitRepo({ "paas.yaml": text, ...infraFiles() }, { removeAfter: (work) => later.push(work) });
  const { clientId } = addApplication(azure.directory, {
    secret: { value: "s3cret", expires: new Date(Date.now() + 1e9) },
  });
  const variables = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PAAS_CACHE_DIR: process.env.PAAS_CACHE_DIR,
    ...azure.variables,
    ARM_CLIENT_ID: clientId,
    ARM_CLIENT_SECRET: "s3cret",
    PAAS_TERRAFORM: terraformWith(azure),
  };
  const chosen = { tenantId: TENANT, subscriptionId: SUBSCRIPTION };
  const session = await signIn(variables, chosen, azure.clientOptions);
  const token = await session.credential.getToken("https://management.azure.com/.default");
  const oid = claimsOf(token?.token ?? "").objectId ?? "";
  const git = await openGit(repository.folder);
  const signal = new AbortController().signal;
  const place = { apiUrl: github.apiUrl, repository: { owner: "acme", repo: "shop" } };
  const settings = openSettings(await openGithub(place, TOKEN, signal));
  const waits: number[] = [];
  const patience: Patience = { wait: async (milliseconds) => void waits.push(milliseconds), limit: 120_000 };
  const events: Event[] = [];
  const steps = stepsOf(
    (event) => events.push(event),
    () => performance.now(),
  );
  const manifest = () => {
    const read = requireManifest(fs.readFileSync(path.join(repository.folder, "paas.yaml"), "utf8"), "paas.yaml");
    return {
      ...read,
      platform: platformBlockFor(read, { tier: "nonprod", subscriptionId: SUBSCRIPTION, tenantId: TENANT }),
    };
  };
  const openedDoors = async (tier: Tier = "nonprod") => {
    const cloud = openAzureCloud({ manifest: manifest(), variables }, session, doubles(), azure.clientOptions);
    const doors = await openDoors({
      cloud: async () => cloud,
      git: async () => git,
      home: async () => git.root,
      variables,
      now: () => new Date(),
      signal,
    });
    return openBootstrapDoors(doors, { manifest: manifest(), tier, github: settings, patience });
  };
  const plan = async (more: Partial<BootstrapRequest> = {}) => {
    const prefix = subjectPrefix({ owner: "acme", repo: "shop" }, await settings.subject()) ?? "";
    return planBootstrap({
      manifest: manifest(),
      tier: "nonprod",
      subscriptionId: SUBSCRIPTION,
      tenantId: TENANT,
      shared: false,
      person: { kind: "person", id: oid, type: "ServicePrincipal", name: session.who },
      defaultBranch: "main",
      github: { repository: "acme/shop", issuer: "https://token.actions.githubusercontent.com", subjectPrefix: prefix },
      ...more,
    });
  };
  const look = async (more: Partial<BootstrapRequest> = {}) =>
    lookAt(await plan(more), await openedDoors(more.tier), steps);
  return {
    azure,
    github,
    repository,
    session,
    variables,
    oid,
    account: stateAccount,
    waits,
    events,
    plan,
    look,
    doors: openedDoors,
    bootstrap: async (more = {}, killedAt) => {
      const looks = await look(more);
      const fatal = looks.find(({ step, there }) => step.kind === killedAt && !there);
      const killer = stepsOf(
        ({ step, status }) => {
          if (fatal && status === "done" && step === labelOf(fatal.step)) throw new Error(`killed at ${killedAt}`);
        },
        () => performance.now(),
      );
      return bootstrap(looks, await openedDoors(more.tier), killedAt ? killer : steps);
    },
    close: async () => {
      await session.close();
      for (const work of later) work();
      // Both throw what was wrong with requests, and both have to end.
      await azure.close().finally(() => github.close());
    },
  };
}
