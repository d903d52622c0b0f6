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
