/** What Azure admits as the name of one kind of resource, and how ours begins. */
export type KindRule = {
  /** Azure's usual abbreviation; every name begins with it. */
  abbreviation: string;
  /** Characters. */
  max: number;
  /** What Azure accepts, length included. */
  pattern: RegExp;
  /** Dashes are admitted, so parts are joined with them. */
  dash: boolean;
  /** Unique in all of Azure, so every name ends in a hash. */
  global: boolean;
  /** Becomes part of a host name, where Azure refuses reserved words. */
  public: boolean;
  /** What there is one of: a service's names contain the service, a platform's are shared by environments. */
  per: "environment" | "service" | "platform";
};

const PLAIN = { dash: true, global: false, public: false, per: "environment" } as const;
const PUBLIC = { ...PLAIN, global: true, public: true } as const;
const SERVICE = { ...PLAIN, per: "service" } as const;

const STORAGE = { ...PUBLIC, max: 24, pattern: /^[a-z0-9]{3,24}$/, dash: false };
const IDENTITY = { ...PLAIN, max: 128, pattern: /^[a-zA-Z0-9][\w-]{2,127}$/ };
const CONTAINER_APP = { ...SERVICE, max: 32, pattern: /^(?!.*--)[a-z][a-z0-9-]{0,30}[a-z0-9]$/, public: true };
const SITE = { ...PUBLIC, max: 60, pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{0,58}[a-zA-Z0-9]$/, per: "service" } as const;
const DATABASE = { ...PUBLIC, max: 63, pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/ };
const REDIS = { ...PUBLIC, max: 63, pattern: /^(?!.*--)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/ };

/** Every kind of resource that paas names. The key goes into the hash: renaming one renames resources. */
export const KINDS = {
  resourceGroup: { ...PLAIN, abbreviation: "rg", max: 90, pattern: /^[-\w._()]{0,89}[-\w_()]$/ },
  containerApp: { ...CONTAINER_APP, abbreviation: "ca" },
  containerAppJob: { ...CONTAINER_APP, abbreviation: "caj", public: false },
  containerAppEnvironment: {
    ...PLAIN,
    abbreviation: "cae",
    max: 60,
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{0,58}[a-zA-Z0-9]$/,
  },
  appServicePlan: { ...PLAIN, abbreviation: "asp", max: 40, pattern: /^[a-zA-Z0-9-]{1,40}$/ },
  webApp: { ...SITE, abbreviation: "app" },
  functionApp: { ...SITE, abbreviation: "func" },
  storageAccount: { ...STORAGE, abbreviation: "st" },
  stateAccount: { ...STORAGE, abbreviation: "ststate", per: "platform" },
  keyVault: { ...PUBLIC, abbreviation: "kv", max: 24, pattern: /^(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/ },
  postgresServer: { ...DATABASE, abbreviation: "psql" },
  mysqlServer: { ...DATABASE, abbreviation: "mysql" },
  redisCache: { ...REDIS, abbreviation: "redis" },
  managedRedis: { ...REDIS, abbreviation: "amr", pattern: /^(?!.*--)[a-zA-Z0-9][a-zA-Z0-9-]{1,61}[a-zA-Z0-9]$/ },
  containerRegistry: { ...PUBLIC, abbreviation: "cr", max: 50, pattern: /^[a-zA-Z0-9]{5,50}$/, dash: false },
  logAnalytics: {
    ...PLAIN,
    abbreviation: "log",
    max: 63,
    pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$/,
  },
  applicationInsights: {
    ...PLAIN,
    abbreviation: "appi",
    max: 255,
    pattern: /^[^%&\\?/]{0,254}[^%&\\?/ .]$/,
  },
  cosmosAccount: { ...PUBLIC, abbreviation: "cosmos", max: 44, pattern: /^[a-z0-9][a-z0-9-]{1,42}[a-z0-9]$/ },
  sqlServer: { ...PUBLIC, abbreviation: "sql", max: 63, pattern: /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/ },
  identity: { ...IDENTITY, abbreviation: "id" },
  pullIdentity: { ...IDENTITY, abbreviation: "id-pull", per: "platform" },
  serviceBus: {
    ...PUBLIC,
    abbreviation: "sbns",
    max: 50,
    pattern: /^(?!.*-(?:sb|mgmt)$)[a-zA-Z][a-zA-Z0-9-]{4,48}[a-zA-Z0-9]$/,
  },
  staticWebApp: { ...SERVICE, abbreviation: "stapp", max: 40, pattern: /^[a-zA-Z0-9-]{1,40}$/ },
  aksCluster: { ...PLAIN, abbreviation: "aks", max: 63, pattern: /^[a-zA-Z0-9](?:[\w-]{0,61}[a-zA-Z0-9])?$/ },
  aksDnsPrefix: {
    ...PLAIN,
    abbreviation: "aks",
    max: 54,
    pattern: /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,52}[a-zA-Z0-9])?$/,
    public: true,
  },
  appConfiguration: { ...PUBLIC, abbreviation: "appcs", max: 50, pattern: /^[a-zA-Z0-9-]{5,50}$/ },
} as const satisfies Record<string, KindRule>;

export type Kind = keyof typeof KINDS;

/** All kinds, in the table's order. */
export const ALL_KINDS = Object.keys(KINDS) as Kind[];

/** Kinds of which there is one per environment, service or platform. */
export function kindsPer(owner: KindRule["per"]): Kind[] {
  return ALL_KINDS.filter((kind) => KINDS[kind].per === owner);
}
