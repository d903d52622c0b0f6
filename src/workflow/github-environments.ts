import { fixedEnvironments } from "../manifest/environments.js";
import type { Manifest, Tier } from "../manifest/manifest.js";

/**
 * A GitHub environment: what decides which identity a job gets. Its name is the end of the subject that Azure trusts,
 * so there are a few fixed ones and never one per branch.
 */
export type GithubEnvironment = {
  name: string;
  /** Which identity of `platform.identities` trusts it: a tier's, or the one that can only read, for plans. */
  identity: Tier | "plan";
  /** Refs whose runs may use it, as GitHub writes the patterns of an environment's deployment branches. */
  refs: string[];
};

/** Names of the environments that do not belong to one fixed environment of the manifest. */
export const SHARED = {
  branch: "paas-branch",
  plan: "paas-plan",
  preview: "paas-preview",
  destroy: "paas-destroy",
} as const;

const PULL_REQUESTS = "refs/pull/*/merge";

/** Every GitHub environment that the workflows of a project name. */
export function githubEnvironments(manifest: Manifest, defaultBranch: string): GithubEnvironment[] {
  const shared: GithubEnvironment[] = [
    // A star does not match a slash there.
    { name: SHARED.branch, identity: "nonprod", refs: ["env-*", "env-*/**/*", defaultBranch] },
    { name: SHARED.plan, identity: "plan", refs: [PULL_REQUESTS] },
    { name: SHARED.preview, identity: "nonprod", refs: [PULL_REQUESTS, defaultBranch] },
    { name: SHARED.destroy, identity: "nonprod", refs: [defaultBranch] },
  ];
  const fixed = fixedEnvironments(manifest).map(({ envId, branch, tier }): GithubEnvironment => {
    return { name: envId, identity: tier, refs: [...new Set([branch, defaultBranch])] };
  });
  return [...shared, ...fixed];
}
