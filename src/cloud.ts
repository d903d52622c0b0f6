import type { TokenCredential } from "@azure/core-auth";
import type { Environment, EnvironmentService, Platform } from "./environment/environment.js";
import type { Tier } from "./manifest/manifest.js";

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
  /** Output of the build, line by line, for people. */
  onLine: (line: string) => void;
  signal: AbortSignal;
};

export type LogRequest = {
  environment: Environment;
  services: EnvironmentService[];
  /** How many lines of history. */
  tail: number;
  follow: boolean;
  signal: AbortSignal;
};
export type LogLine = { service: string; time: string; text: string };

export type ReleaseRequest = {
  environment: Environment;
  service: EnvironmentService;
  image: Image;
  command: string[];
  env: ContainerEnv[];
  onLine: (line: string) => void;
  signal: AbortSignal;
};

/** An environment variable of a container: a value, or the name of a secret of the container app. */
export type ContainerEnv = { name: string; value: string } | { name: string; secretRef: string };

/**
 * Where environments live. The pipeline, the commands and the CDKTF stack do not know which one they talk to:
 * all that differs is in here.
 */
export type Cloud = {
  name: "azure" | "local";
  /** For the first line on stderr, `local (simulated)`. */
  label: string;
  subscriptionId: string;
  arm: Endpoint;
  /** Blob service of the project's state account. */
  blobs: Endpoint;
  /** The shared platform of a tier; makes sure that it is there. */
  platform(tier: Tier): Promise<Platform>;
  terraform: {
    /** Providers that this cloud can serve, as full source addresses; null = any. */
    providers: string[] | null;
    /**
     * Environment variables for a Terraform run, complete (nothing else is inherited but PATH and HOME).
     * @param resourceTypes the azurerm types in the configuration and state of the run
     * @param bindings folder of `@cdktf/provider-azurerm` that the stack was bundled with; null = none at hand (destroy)
     */
    variables(resourceTypes: string[], bindings: string | null): Promise<Record<string, string>>;
  };
  build(request: BuildRequest): Promise<Image>;
  /** Runs a release command in the new image; throws PaasError `release-failed` with the last lines. */
  release(request: ReleaseRequest): Promise<void>;
  logs(request: LogRequest): AsyncIterable<LogLine>;
  /** Values live in the environment's vault; only names come back. */
  vault: {
    names(environment: Environment): Promise<string[]>;
    set(environment: Environment, name: string, value: string): Promise<void>;
  };
  /** Public URL of a service from the host name of its ingress. */
  url(host: string): string;
  /** Address at which the other services of the environment reach this one. */
  serviceAddress(environment: Environment, service: EnvironmentService): Promise<string>;
  close(): Promise<void>;
};
