/** What `paas.yaml` says, checked and with every default filled in. */

export const RUNTIMES = ["node", "python", "static", "docker"] as const;
export type Runtime = (typeof RUNTIMES)[number];

export const TIERS = ["nonprod", "prod"] as const;
export type Tier = (typeof TIERS)[number];

export type Service = {
  name: string;
  /** Folder of the service inside the repository, `.` or `services/api`; never absolute, never above the root. */
  path: string;
  runtime: Runtime;
  compute: "container-app";
  /** Port the app is told to listen on (`PORT`). */
  port: number;
  /** Not reachable from the public ingress; other services of the environment reach it. */
  internal: boolean;
  /** vCPU. */
  cpu: number;
  /** As Azure writes it: `1Gi`. */
  memory: string;
  scale: { min: number; max: number };
  /** Path that answers 2xx or 3xx when the app is healthy. */
  health: string;
  /** Seconds that a new version may take until it is healthy. */
  startup: number;
  env: Record<string, string>;
  /** Names only. */
  secrets: string[];
  /** Run in the new image before traffic moves: words, never a shell line. */
  release: string[] | null;
  domain: string | null;
};

/** The manifest merged for one environment: base, then every overlay whose pattern matches, in the file's order. */
export type EnvironmentSettings = {
  location: string;
  isolation: "shared" | "dedicated";
  tier: Tier;
  protected: boolean;
  /** Lifetime in milliseconds; null = never expires. */
  ttl: number | null;
  services: Service[];
};

/** A fixed environment: an id that is written in the manifest (or one of dev, staging, prod) and the branch it follows. */
export type FixedEnvironment = { envId: string; branch: string; tier: Tier; protected: boolean };

/** A subscription, and the storage account in it that holds states and records of its tiers. */
export type TierPlace = { subscription: string; stateAccount: string };

/** What `paas bootstrap` noted about the shared platform; ids only, never a secret. */
export type PlatformBlock = TierPlace & {
  tenant: string;
  /** Client ids of the identities that workflows sign in as, by purpose. */
  identities: Record<string, string>;
  /** Tiers that lie in a subscription of their own; all others lie in `subscription`. */
  tiers: Partial<Record<Tier, TierPlace>>;
};

/** A JSON value, as YAML gives it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type JsonMap = { [key: string]: Json };

/** An overlay as written: the id or pattern it is for, and what it changes. */
export type Overlay = { key: string; changes: JsonMap };

/** A checked `paas.yaml`. `settingsFor` merges it for one environment. */
export type Manifest = {
  /** Name of the project. */
  name: string;
  /** 26 base32 characters that all hashes use; never changes. */
  id: string;
  location: string;
  isolation: "shared" | "dedicated";
  /** Services before any overlay. */
  services: Service[];
  platform: PlatformBlock | null;
  /** In the file's order. */
  overlays: Overlay[];
  /** Everything but the overlays, as written. */
  base: JsonMap;
  /** Where it came from, so that later problems can name line and column. */
  source: { file: string; text: string };
};
