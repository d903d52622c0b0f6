import type { CloudName } from "../cloud.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import type { ExpectedIdentity } from "./identities.js";
import type { Role } from "./roles.js";

/** Something that doctor wanted to know: what it is, why it could not be found out, or why it does not matter here. */
export type Gathered<T> = { value: T } | { failed: string; details?: string[]; next?: string } | { skipped: string };

/** Everything that the checks judge. A pure value; how it is gathered is no concern of theirs. */
export type Facts = {
  /** Version of this CLI. */
  cli: string;
  /** Without the v. */
  node: string;
  git: Gathered<string>;
  terraform: Gathered<{ version: string; path: string; flavour: "terraform" | "tofu" }>;
  buildx: Gathered<string>;
  manifest: Gathered<Manifest>;
  /** Which cloud, and what decided it. */
  cloud: Gathered<{ name: CloudName; because: string }>;
  local: Gathered<LocalFacts>;
  /** How `infra/` pins the CLI; null where it does not. */
  pin: Gathered<PinFact | null>;
  workflows: Gathered<WorkflowFact[]>;
  github: GithubFacts;
  azure: AzureFacts;
  /** Tiers that lie in subscriptions of their own. */
  elsewhere: AzureFacts[];
};

export type LocalFacts = { state: "stopped" } | { state: "running" | "unhealthy"; detail: string };

export type PinFact = {
  /** What `infra/package.json` says: a version, or `file:vendor/paas-cli-….tgz`. */
  spec: string;
  /** What `infra/package-lock.json` says; null when it does not have it. */
  locked: { version: string | null; integrity: string | null } | null;
  /** Of the vendored file as it lies there; null when there is none. */
  integrity: string | null;
};

/** A generated workflow: as it is in the working tree (null = not there), and as this version would write it. */
export type WorkflowFact = { path: string; found: string | null; rendered: string };

export type GithubFacts = {
  repository: Gathered<{ name: string; private: boolean }>;
  actions: Gathered<{ enabled: boolean }>;
  environments: Gathered<GithubEnvironmentFact[]>;
  subject: Gathered<SubjectFact>;
  /** Default branch of the checkout: what branch policies have to admit. */
  defaultBranch: string;
};

export type GithubEnvironmentFact = {
  name: string;
  /** Patterns of refs that may use it; null = any ref may. Unknown where GitHub does not tell them. */
  refs: Gathered<string[] | null>;
  /** Whether somebody has to agree before a job starts. */
  reviewed: boolean;
  /** What its jobs find in `vars`, by name: the repository's and the organisation's variables included. */
  variables: Gathered<Record<string, string>>;
};

/** How GitHub begins the subject of a job's token. */
export type SubjectFact = {
  /** `repo:acme@9919/shop@123456`: read from GitHub, never made of names where it tells. */
  prefix: string;
  /** Who signs the tokens: every GitHub server has its own address. */
  issuer: string;
  /** The claims that a customised subject consists of; null = GitHub's own form. */
  customClaims: string[] | null;
};

export type AzureFacts = {
  signIn: Gathered<{ who: string; way: string; tenantId: string; subscriptionId: string }>;
  subscription: Gathered<{ name: string; state: string }>;
  /** Registration states of resource providers, by namespace. */
  providers: Gathered<Record<string, string>>;
  /** Every role that who is signed in holds on the subscription or below, or inherits. */
  roles: Gathered<Role[]>;
  /** Tiers that were bootstrapped; of a project that was not, those that its environments are on. */
  tiers: Tier[];
  identities: Gathered<IdentityFact[]>;
  stateAccountId: Gathered<string>;
  /** Containers of the state account that could be read, by tier. */
  state: Gathered<Record<string, Gathered<true>>>;
  quota: Gathered<{ used: number; limit: number; region: string }>;
};

/** An identity that bootstrap makes, as it should be and as Azure has it. */
export type IdentityFact = ExpectedIdentity & { found: FoundIdentity | null };

export type FoundIdentity = {
  clientId: string;
  principalId: string;
  credentials: FederatedCredential[];
  /** Everything that it holds on the subscription or below, or inherits. */
  roles: Role[];
};

export type FederatedCredential = { name: string; issuer: string; subject: string; audiences: string[] };
