import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { openAzureCloud } from "../../src/azure/cloud.js";
import type { Patience } from "../../src/azure/patience.js";
import type { Session } from "../../src/azure/session.js";
import { signIn } from "../../src/azure/sign-in.js";
import { firstSubscription } from "../../src/cloud.js";
import { type BootstrapOptions, bootstrap } from "../../src/commands/bootstrap.run.js";
import { PaasError } from "../../src/errors.js";
import { openGit } from "../../src/git/git.js";
import type { Manifest } from "../../src/manifest/manifest.js";
import { requireManifest } from "../../src/manifest/parse.js";
import { stateAccountName } from "../../src/naming/state-account.js";
import { type Doors, openDoors } from "../../src/pipeline/doors.js";
import { wireTools } from "../../src/tools.js";
import { createUi } from "../../src/ui/ui.js";
import { type StandIn as GithubStandIn, openStandIn, TOKEN } from "../github/stand-in.js";
import { gitRepo, type Repository } from "../helpers/repository.js";
import { UNBOOTSTRAPPED } from "./bootstrap-project.js";
import { doubles } from "./doubles.js";
import { infraFiles, TYPES, terraformWith } from "./project.js";
import { openAzure, type StandIn } from "./stand-in/azure.js";
import { OTHER_SUBSCRIPTION, SUBSCRIPTION } from "./stand-in/core.js";
import { addApplication } from "./stand-in/directory.js";

const BINDINGS = path.dirname(createRequire(import.meta.url).resolve("@cdktf/provider-azurerm/package.json"));
const NO_WAIT: Patience = { wait: async () => {}, limit: 120_000 };

/** How a command ended, and what was on the screen when it asked. */
export type Ended = {
  stdout: string;
  stderr: string;
  error: PaasError | null;
  asked: { message: string; shown: string }[];
};

/** A project that has nothing on Azure yet, and somebody who sees two subscriptions. */
export type Two = {
  nonprod: StandIn;
  prod: StandIn;
  github: GithubStandIn;
  repository: Repository;
  manifest(): Manifest;
  /** @param agrees what is answered to the question whether to go on */
  bootstrap(options?: Partial<BootstrapOptions>, agrees?: boolean): Promise<Ended>;
  /** @param more variables of whoever runs paas */
  doors(more?: Record<string, string>): Promise<Doors>;
  /** What each subscription was asked while `work` ran, sign-in left out. */
  during(work: () => Promise<unknown>): Promise<{ nonprod: string[]; prod: string[] }>;
  close(): Promise<void>;
};

export async function openTwo(): Promise<Two> {
  const project = requireManifest(UNBOOTSTRAPPED, "paas.yaml");
  const nonprod = await openAzure({ account: stateAccountName(project, SUBSCRIPTION) });
  const prod = await openAzure({ account: stateAccountName(project, OTHER_SUBSCRIPTION), beside: nonprod });
  for (const { schemas } of [nonprod, prod]) schemas.ensure(TYPES, BINDINGS);
  const github = await openStandIn();
  const later: (() => void)[] = [];
  const files = { "server.js": "", "package.json": '{"scripts":{"start":"node server.js"}}', ...infraFiles() };
  const repository = gitRepo({ "paas.yaml": UNBOOTSTRAPPED, ...files }, { removeAfter: (work) => later.push(work) });
  repository.git("remote", "add", "origin", "git@github.com:acme/shop.git");
  const { clientId } = addApplication(nonprod.directory, {
    secret: { value: "s3cret", expires: new Date(Date.now() + 1e9) },
  });
  const variables: Record<string, string> = {
    PATH: process.env.PATH ?? "",
    HOME: process.env.HOME ?? "",
    PAAS_CACHE_DIR: process.env.PAAS_CACHE_DIR ?? "",
    ...nonprod.variables,
    ARM_TENANT_ID: nonprod.tenantId,
    ARM_CLIENT_ID: clientId,
    ARM_CLIENT_SECRET: "s3cret",
    PAAS_TERRAFORM: terraformWith(nonprod, prod),
    GH_TOKEN: TOKEN,
    GITHUB_API_URL: github.apiUrl,
  };
  const sessions: Session[] = [];
  const open = async (manifest: Manifest, chosen: Parameters<typeof signIn>[1], more: Record<string, string> = {}) => {
    const own = { ...variables, ...more };
    const session = await signIn(own, chosen, nonprod.clientOptions);
    sessions.push(session);
    const cloudOf = (one: Manifest) =>
      openAzureCloud({ manifest: one, variables: own }, session, doubles(), nonprod.clientOptions);
    return { session, cloudOf, cloud: cloudOf(manifest) };
  };
  const manifest = () =>
    requireManifest(fs.readFileSync(path.join(repository.folder, "paas.yaml"), "utf8"), "paas.yaml");
  const { signal } = new AbortController();

  return {
    nonprod,
    prod,
    github,
    repository,
    manifest,
    bootstrap: async (options = {}, agrees = true) => {
      const ended: Ended = { stdout: "", stderr: "", error: null, asked: [] };
      const stream = (name: "stdout" | "stderr") => {
        const write = (text: string) => {
          ended[name] += text;
          return true;
        };
        return { isTTY: false, write } as NodeJS.WriteStream;
      };
      const real = wireTools({ directory: repository.folder }, variables, signal);
      const confirm = async ({ message }: { message: string }) => {
        ended.asked.push({ message, shown: ended.stderr });
        return agrees;
      };
      const tools = {
        ...real,
        ui: createUi({ NO_COLOR: "1" }, { stdout: stream("stdout"), stderr: stream("stderr") }),
        prompt: { ...real.prompt, interactive: true, confirm },
      };
      const azure = { open: ({ manifest: read }, chosen) => open(read, chosen), patience: NO_WAIT } as Parameters<
        typeof bootstrap
      >[2];
      await bootstrap({ tier: "nonprod", ...options }, tools, azure).catch((error: unknown) => {
        if (!(error instanceof PaasError)) throw error;
        ended.error = error;
      });
      return ended;
    },
    doors: async (more = {}) => {
      const read = manifest();
      if (!read.platform) throw new Error("it is not bootstrapped");
      const subscriptionId = firstSubscription(read.platform, { ...variables, ...more });
      const { cloud } = await open(read, { tenantId: read.platform.tenant, subscriptionId }, more);
      const git = await openGit(repository.folder);
      const here = { cloud: async () => cloud, git: async () => git, home: async () => git.root };
      return openDoors({ ...here, variables, now: () => new Date(), signal });
    },
    during: async (work) => {
      const before = [nonprod, prod].map(({ requests }) => requests.length);
      await work();
      const [first, second] = [nonprod, prod].map(({ requests }, index) =>
        requests.slice(before[index]).filter((request) => !request.includes("login.microsoftonline.com")),
      );
      return { nonprod: first ?? [], prod: second ?? [] };
    },
    close: async () => {
      for (const session of sessions) await session.close();
      for (const work of later) work();
      // Each throws what was wrong with requests, and each has to end.
      await prod.close().finally(() => nonprod.close().finally(() => github.close()));
    },
  };
}
