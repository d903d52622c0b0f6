import type { GithubEnvironmentFact, SubjectFact } from "../doctor/facts.js";
import { PaasError } from "../errors.js";
import { type Github, pages } from "./api.js";

/** Reads of a repository's settings; none of them changes anything. */
export type RepositoryInspection = {
  repository(): Promise<{ name: string; private: boolean }>;
  actions(): Promise<{ enabled: boolean }>;
  environments(): Promise<GithubEnvironmentFact[]>;
  subject(): Promise<SubjectFact>;
};

const PAGE = 100;

type Environment = { name: string; deployment_branch_policy?: { custom_branch_policies: boolean } | null };

export function inspectRepository({ repository, request, call }: Github): RepositoryInspection {
  const { owner, repo } = repository;
  const at = { owner, repo };
  return {
    repository: () =>
      call("read the repository", "contents: read", async () => {
        const { data } = await request("GET /repos/{owner}/{repo}", at);
        return { name: data.full_name, private: data.private };
      }),
    actions: () =>
      call("read the settings of Actions", "administration: read", async () => {
        const { data } = await request("GET /repos/{owner}/{repo}/actions/permissions", at);
        return { enabled: data.enabled };
      }),
    environments: async () => {
      const found = await call("list the environments", "actions: read", () => allEnvironments());
      return Promise.all(found.map(async (one) => ({ name: one.name, refs: await refsOf(one) })));
    },
    subject: () =>
      call("read how subjects are customised", "actions: read", async () => {
        const { data } = await request("GET /repos/{owner}/{repo}/actions/oidc/customization/sub", at);
        const { sub_claim_prefix: prefix } = data as { sub_claim_prefix?: string };
        const customClaims = data.use_default ? null : (data.include_claim_keys ?? []);
        return { prefix: prefix ?? `repo:${owner}/${repo}`, customClaims };
      }),
  };

  async function allEnvironments(): Promise<Environment[]> {
    const found: Environment[] = [];
    const read = async (page: number) => {
      const { data, headers } = await request("GET /repos/{owner}/{repo}/environments", {
        ...at,
        per_page: PAGE,
        page,
      });
      return { data: (data.environments ?? []) as Environment[], headers };
    };
    for await (const some of pages(read)) found.push(...some);
    return found;
  }

  /** Patterns are told only where an environment has any; a plan without branch policies refuses to tell. */
  async function refsOf({
    name,
    deployment_branch_policy: policy,
  }: Environment): Promise<GithubEnvironmentFact["refs"]> {
    if (!policy) return { value: null };
    if (!policy.custom_branch_policies) return { value: ["protected branches"] };
    try {
      return { value: await call(`read the branch policies of ${name}`, "actions: read", () => patternsOf(name)) };
    } catch (error) {
      if (error instanceof PaasError) return { failed: error.message };
      throw error;
    }
  }

  async function patternsOf(environment_name: string): Promise<string[]> {
    const route = "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies";
    const { data } = await request(route, { ...at, environment_name, per_page: PAGE });
    return data.branch_policies.flatMap(({ name }) => name ?? []);
  }
}
