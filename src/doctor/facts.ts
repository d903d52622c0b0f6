import type { CloudName } from "../cloud.js";
import type { PlatformDescription } from "../environment/platform.js";
import type { Manifest } from "../manifest/manifest.js";
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
  /** What `infra/package.json` says of the CLI; null when it says nothing. */
  pin: Gathered<string | null>;
  workflows: Gathered<WorkflowFact[]>;
  github: GithubFacts;
  azure: AzureFacts;
};

export type LocalFacts = { state: "stopped" } | { state: "running" | "unhealthy"; detail: string };

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
};

/** How GitHub begins the subject of a job's token. */
export type SubjectFact = {
  /** `repo:acme@9919/shop@123456`: read from GitHub, never made of names where it tells. */
  prefix: string;
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
  /** What the tiers share, as the manifest describes it. */
  platforms: PlatformDescription[];
  /** Federated credentials of the workflows' identities, by client id. */
  credentials: Gathered<Record<string, FederatedCredential[]>>;
  stateAccountId: Gathered<string>;
  /** Containers of the state account that could be read, by tier. */
  state: Gathered<Record<string, Gathered<true>>>;
  quota: Gathered<{ used: number; limit: number; region: string }>;
};

export type FederatedCredential = { name: string; issuer: string; subject: string; audiences: string[] };
