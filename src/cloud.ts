import type { Readable, Writable } from "node:stream";
import type { TokenCredential } from "@azure/core-auth";
import type { SecretReference } from "./azure/container.js";
import type { Session } from "./azure/session.js";
import type { Environment, EnvironmentService, Platform } from "./environment/environment.js";
import { describePlatform, platformOf } from "./environment/platform.js";
import { EXIT, PaasError } from "./errors.js";
import { isActions } from "./github/context.js";
import type { Manifest, PlatformBlock, Tier } from "./manifest/manifest.js";
import { placeOf, placesOf } from "./manifest/tier-place.js";
import { LOCAL_SUBSCRIPTION, LOCAL_TENANT } from "./naming/simulated.js";

export const CLOUDS = ["local", "azure"] as const;
export type CloudName = (typeof CLOUDS)[number];

/** Settings for an Azure SDK client: where it goes, as whom, and the options that make it trust what it meets there. */
export type Endpoint = { url: string; credential: TokenCredential; options: Record<string, unknown> };

/** An image in a registry, always by digest: `crshop.azurecr.io/shop/web@sha256:…`. */
export type Image = { reference: string; digest: string; cached: boolean };

export type BuildRequest = {
  environment: Environment;
  service: EnvironmentService;
  /** Registry host the image goes to. */
  registryServer: string;
  /** Folder with the files of the service as committed, and nothing else. */
  context: string;
  /** sha256 (hex) of those files: the same key means the same image. */
  contentKey: string;
  /** Sha of the commit. */
  commit: string;
  /** Output of the build, line by line, for people. */
  onLine: (line: string) => void;
  signal: AbortSignal;
};

export type LogRequest = {
  environment: Environment;
  services: EnvironmentService[];
  /** What the platform says of the apps, in place of what they print. */
  system?: boolean;
  /** Only the output of this revision. */
  revision?: string;
  /** How many lines of history. */
  tail: number;
  follow: boolean;
  signal: AbortSignal;
};
export type LogLine = { service: string; time: string; text: string };

/** Streams of a process, or ones that look like them. */
export type Streams = {
  stdin: Readable & { isTTY?: boolean; setRawMode?(on: boolean): unknown; unref?(): unknown };
  stdout: Writable & { isTTY?: boolean; columns?: number; rows?: number };
  stderr: Writable;
};

export type ExecRequest = {
  environment: Environment;
  service: EnvironmentService;
  /** Words, never a shell line. */
  command: string[];
  /** Where the command reads and writes; one on this machine gets those of this process. */
  streams: Streams;
  signal: AbortSignal;
};

export type ReleaseRequest = {
  environment: Environment;
  service: EnvironmentService;
  image: Image;
  command: string[];
  env: ContainerEnv[];
  /** What `secretRef` in `env` names. */
  secrets: SecretReference[];
  onLine: (line: string) => void;
  /** How it comes along, `running, 12 s`. */
  tell: (detail: string) => void;
  signal: AbortSignal;
};

/** An environment variable of a container: a value, or the name of a secret of the container app. */
export type ContainerEnv = { name: string; value: string } | { name: string; secretRef: string };

/**
 * Where environments live. The pipeline, the commands and the CDKTF stack do not know which one they talk to:
 * all that differs is in here.
 */
export type Cloud = {
  name: CloudName;
  /** For the first line on stderr, `local (simulated)`. */
  label: string;
  /** Nothing outside this machine answers to its names. */
  simulated: boolean;
  /** Subscription that `blobs`, Terraform and whoever opens doors to `arm` work in. */
  subscriptionId: string;
  /** The same cloud in the subscription of a tier; itself where tiers share one. */
  at(tier: Tier): Cloud;
  /** Git remote whose branches are this cloud's environments. */
  remote: string;
  arm: Endpoint;
  /** Blob service of the state account in this subscription. */
  blobs: Endpoint;
  platform: {
    /** Ids of the shared platform of a tier, whether or not it is there yet. */
    of(tier: Tier): Platform;
    exists(tier: Tier): Promise<boolean>;
    /** Whether `up` makes it where it is missing; on Azure `paas bootstrap` alone does. */
    madeByRuns: boolean;
  };
  terraform: {
    /** Providers that this cloud can serve, as full source addresses; null = any. */
    providers: string[] | null;
    /**
     * True where Terraform cannot reach the state account itself: then the state is copied into a file before a run and
     * back after it, under the environment's lock.
     */
    stateThroughFile: boolean;
    /**
     * Environment variables for a Terraform run, complete (nothing else is inherited but PATH and HOME).
     * @param resourceTypes the azurerm types in the configuration and state of the run
     * @param bindings folder of `@cdktf/provider-azurerm` that the stack was bundled with; null = none at hand (destroy)
     */
    variables(resourceTypes: string[], bindings: string | null): Promise<Record<string, string>>;
  };
  build(request: BuildRequest): Promise<Image>;
  /**
   * Whether an image can still be deployed in a tier: registries and this machine forget old ones, and one of another
   * registry than the tier's was never built here.
   */
  hasImage(reference: string, tier: Tier): Promise<boolean>;
  /** Runs a release command in the new image; throws PaasError `release-failed` with the last lines. */
  release(request: ReleaseRequest): Promise<void>;
  /** Stops and removes what the release commands of a killed run have left in a resource group. */
  clearReleases(resourceGroup: string, tier: Tier): Promise<void>;
  logs(request: LogRequest): AsyncIterable<LogLine>;
  /**
   * Runs a command where a service runs, with the environment that the service has.
   * @returns its exit code
   * @throws PaasError `no-console` where nothing of the service runs, `command-not-found`, `console-lost`
   */
  exec(request: ExecRequest): Promise<number>;
  /** Values of secrets live in vaults and never come back. */
  vault: {
    of(environment: Environment): Vault;
    /**
     * Whether whoever is signed in may read the environment's vault now, asked once. It lets in who deployed last, and
     * the next apply whoever deploys then.
     */
    readable(environment: Environment): Promise<boolean>;
    /** What every environment of a tier gets that has no value of its own. */
    defaults(tier: Tier): Vault;
    /**
     * Copies the tier's values of these names into the environment's vault where they are missing, or were copied
     * before and have changed since. A value that was set for the environment itself stays.
     * @returns the names that were copied
     */
    copyDefaults(environment: Environment, names: string[]): Promise<string[]>;
  };
  /** Removes what lies outside Azure's groups: images that no environment uses any more, logs, vault values. */
  forget(envId: string, tier: Tier): Promise<string>;
  /** Removes images that an environment was given once and that are not among these, where they are kept for ever else. */
  keepImages(envId: string, tier: Tier, references: string[]): Promise<void>;
  /** Forgets what was pushed of a branch, where that is kept here: the same push then makes its environment anew. */
  forgetPushes(branch: string): Promise<void>;
  /** Public URL of a service from the host name of its ingress. */
  url(host: string): string;
  /** Address at which the other services of the environment reach this one. */
  serviceAddress(environment: Environment, service: EnvironmentService): Promise<string>;
  close(): Promise<void>;
};

export type Vault = {
  /** The values that it has, by name: each is told by a word that says nothing of it and changes when it does. */
  versions(): Promise<Record<string, string>>;
  /** @param name as the manifest writes it, `STRIPE_KEY` */
  set(name: string, value: string): Promise<void>;
  /** @returns false when it had no such value */
  remove(name: string): Promise<boolean>;
};

export type CloudContext = {
  root: string;
  manifest: Manifest;
  variables: NodeJS.ProcessEnv;
  /** Says something on stderr. */
  note: (line: string) => void;
};

/** `--cloud`, then `PAAS_CLOUD`, then azure for a bootstrapped project, else local. */
export function chooseCloud(
  option: string | undefined,
  variables: NodeJS.ProcessEnv,
  manifest: Manifest | null,
): CloudName {
  const asked = option ?? variables.PAAS_CLOUD;
  if (!asked) return manifest?.platform ? "azure" : "local";
  const name = CLOUDS.find((cloud) => cloud === asked);
  if (name) return name;
  throw new PaasError("unknown-cloud", `there is no cloud "${asked}"`, {
    details: [`allowed: ${CLOUDS.join(", ")}`],
    next: option ? "use --cloud local or --cloud azure" : "correct or unset PAAS_CLOUD",
    exit: EXIT.usage,
  });
}

/** The subscription that names of a tier's environments are made for; needs no connection. */
export function subscriptionOf(cloud: CloudName, manifest: Manifest, tier: Tier): string {
  if (cloud === "local") return LOCAL_SUBSCRIPTION;
  if (manifest.platform) return placeOf(manifest.platform, tier).subscription;
  throw notBootstrapped();
}

/** Connects to a cloud; the local one is started when it does not run. */
export async function openCloud(name: CloudName, context: CloudContext): Promise<Cloud> {
  if (name === "azure") return openAzure(context);
  const { openLocalCloud } = await import("./local/cloud.js");
  return openLocalCloud({ ...context, platform: localPlatform(context.manifest) });
}

/** Connects to a cloud that runs already; null when the local one does not. */
export async function openRunningCloud(name: CloudName, context: CloudContext): Promise<Cloud | null> {
  if (name === "azure") return openAzure(context);
  const { openRunningLocalCloud } = await import("./local/cloud.js");
  return openRunningLocalCloud({ ...context, platform: localPlatform(context.manifest) });
}

/** Where the platform of a tier lies in the simulated subscription. */
export function localPlatform(manifest: Manifest): (tier: Tier) => Platform {
  return (tier) => {
    const description = describePlatform({ manifest, tier, subscriptionId: LOCAL_SUBSCRIPTION });
    return platformOf(description, LOCAL_SUBSCRIPTION, LOCAL_TENANT);
  };
}

/** Makes the bare repository behind the git remote `local`; returns its path. */
export async function createLocalRemote(root: string): Promise<string> {
  const { createRemote } = await import("./local/remote.js");
  return createRemote(root);
}

/** Signs in, to the tenant and subscription that `paas bootstrap` has noted. */
async function openAzure(context: CloudContext): Promise<Cloud> {
  const { platform } = context.manifest;
  if (!platform) throw notBootstrapped(context.variables);
  const chosen = { tenantId: platform.tenant, subscriptionId: firstSubscription(platform, context.variables) };
  const { cloudOf } = await openAzureAs(context, chosen);
  return cloudOf(context.manifest);
}

/** Signs in where nothing is noted yet; the cloud is then that of a manifest which says where the platform will be. */
export async function openAzureAs(
  context: CloudContext,
  chosen: { tenantId: string | null; subscriptionId: string | null },
): Promise<{ session: Session; cloudOf(manifest: Manifest): Cloud }> {
  const [{ signIn }, { openAzureCloud }, { openParts }] = await Promise.all([
    import("./azure/sign-in.js"),
    import("./azure/cloud.js"),
    import("./azure/parts.js"),
  ]);
  const session = await signIn(context.variables, chosen);
  const cloudOf = (manifest: Manifest) =>
    openAzureCloud({ ...context, manifest }, session, openParts({ ...context, manifest }, session));
  return { session, cloudOf };
}

/**
 * The noted subscription that whoever signs in must be able to see. A workflow's identity sees that of its own tier
 * alone, which its variables name; with others than the noted ones nothing is ever done.
 */
export function firstSubscription(platform: PlatformBlock, variables: NodeJS.ProcessEnv): string {
  const told = variables.ARM_SUBSCRIPTION_ID || variables.AZURE_SUBSCRIPTION_ID;
  const noted = placesOf(platform).map(({ subscription }) => subscription);
  return noted.find((id) => id.toLowerCase() === told?.toLowerCase()) ?? platform.subscription;
}

function notBootstrapped(variables: NodeJS.ProcessEnv = {}): PaasError {
  return new PaasError("not-bootstrapped", "this project has no platform on Azure yet: paas.yaml has no `platform:`", {
    details: isActions(variables)
      ? ["in a workflow paas.yaml of the default branch says it, never that of another"]
      : [],
    next: "`paas bootstrap`, or use `--cloud local` (and unset PAAS_CLOUD)",
    exit: EXIT.usage,
  });
}
