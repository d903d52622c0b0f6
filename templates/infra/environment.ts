import { readFileSync } from "node:fs";

/** Names of resources, by kind. */
export type Names = Record<string, string>;

/** A service of `paas.yaml`, merged for this environment. */
export interface Service {
  name: string;
  /** Name of its container app. */
  appName: string;
  port: number;
  /** Reached by the other services of the environment only. */
  internal: boolean;
  scale: { min: number; max: number };
  /** Names of its secrets; the values live in the environment's key vault. */
  secrets: string[];
}

/** What one branch becomes. Every name is decided before it gets here. */
export interface Environment {
  project: { id: string; name: string };
  envId: string;
  tier: string;
  protected: boolean;
  location: string;
  /** `dedicated`: the environment brings its own Container Apps environment and log workspace. */
  isolation: "shared" | "dedicated";
  resourceGroup: string;
  tags: Record<string, string>;
  /** The environment's own resources. */
  names: Names;
  services: Service[];
}

/** What all environments of a tier share; ids are full Azure resource ids. */
export interface Platform {
  containerAppEnvironmentId: string;
  logAnalyticsWorkspaceId: string;
  registryId: string;
  registryServer: string;
  /** User-assigned identity that may pull images. */
  pullIdentityId: string;
}

/** The shared platform itself, before it exists. */
export interface PlatformDescription {
  project: { id: string; name: string };
  tier: string;
  location: string;
  resourceGroup: string;
  tags: Record<string, string>;
  names: Names;
}

export type EnvironmentFile =
  | { schemaVersion: 1; stack: "environment"; environment: Environment; platform: Platform }
  | { schemaVersion: 1; stack: "platform"; platform: PlatformDescription };

/** Reads the file that `PAAS_ENVIRONMENT_FILE` names; paas writes it before it runs this app. */
export function readEnvironmentFile(): EnvironmentFile {
  const file = process.env.PAAS_ENVIRONMENT_FILE;
  if (!file) {
    throw new Error(
      "PAAS_ENVIRONMENT_FILE is not set: write one with `paas config <env> --environment-file` and name it there",
    );
  }
  const contents = JSON.parse(readFileSync(file, "utf8")) as EnvironmentFile;
  if (contents.schemaVersion !== 1) {
    throw new Error(`${file}: schemaVersion is ${contents.schemaVersion}, this app reads 1`);
  }
  return contents;
}

/** The name of a resource; a missing one means that paas and this app disagree, which no default should hide. */
export function nameOf(kind: string, names: Names): string {
  const name = names[kind];
  if (!name) throw new Error(`the environment file has no name for "${kind}"`);
  return name;
}
