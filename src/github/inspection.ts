import type { Gathered, GithubEnvironmentFact, SubjectFact } from "../doctor/facts.js";
import { PaasError } from "../errors.js";
import { type Github, pages } from "./api.js";
import { isAbsent } from "./failure.js";
import type { SubjectSettings } from "./server.js";

/** Reads of a repository's settings; none of them changes anything. */
export type RepositoryInspection = {
  repository(): Promise<{ name: string; private: boolean }>;
  actions(): Promise<{ enabled: boolean }>;
  /** Those of the named environments that are there. */
  environments(names: readonly string[]): Promise<GithubEnvironmentFact[]>;
  subject(): Promise<Pick<SubjectFact, "prefix" | "customClaims">>;
};

/** Items in a page: of variables GitHub gives 30 at most. */
const PAGE = { environments: 100, variables: 30 };

type Environment = {
  name: string;
  protection_rules?: { type: string; reviewers?: unknown[] }[];
  deployment_branch_policy?: { custom_branch_policies: boolean } | null;
};

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
    environments: async (names) => {
      const wanted = new Set(names.map((name) => name.toLowerCase()));
      const all = await call("list the environments", "actions: read", () => allEnvironments());
      const found = all.filter(({ name }) => wanted.has(name.toLowerCase()));
      const shared = found.length === 0 ? {} : await sharedVariables();
      return Promise.all(found.map((one) => factOf(one, shared)));
    },
    subject: () =>
      call("read how subjects are customised", "actions: read", async () => {
        const settings = await subjectSettings();
        const customClaims = settings.use_default === false ? (settings.include_claim_keys ?? []) : null;
        return { prefix: settings.sub_claim_prefix || `repo:${owner}/${repo}`, customClaims };
      }),
  };

  async function factOf(environment: Environment, shared: Record<string, string>): Promise<GithubEnvironmentFact> {
    const { name, protection_rules: rules = [] } = environment;
    const own = "GET /repos/{owner}/{repo}/environments/{environment_name}/variables";
    const [refs, variables] = await Promise.all([
      refsOf(environment),
      told(async () => ({ ...shared, ...(await variablesOf(`of ${name}`, own, { environment_name: name })) })),
    ]);
    const reviewed = rules.some(({ type, reviewers = [] }) => type === "required_reviewers" && reviewers.length > 0);
    return { name, refs, reviewed, variables };
  }

  async function allEnvironments(): Promise<Environment[]> {
    const found: Environment[] = [];
    const read = async (page: number) => {
      const { data, headers } = await request("GET /repos/{owner}/{repo}/environments", {
        ...at,
        per_page: PAGE.environments,
        page,
      });
      return { data: (data.environments ?? []) as Environment[], headers };
    };
    for await (const some of pages(read)) found.push(...some);
    return found;
  }

  /** A server that does not know the question gives subjects in their old form. */
  async function subjectSettings(): Promise<SubjectSettings> {
    try {
      const { data } = await request("GET /repos/{owner}/{repo}/actions/oidc/customization/sub", at);
      return data as SubjectSettings;
    } catch (error) {
      if (isAbsent(error)) return {};
      throw error;
    }
  }

  /** Patterns are told only where an environment has any; a plan without branch policies refuses to tell. */
  async function refsOf(environment: Environment): Promise<GithubEnvironmentFact["refs"]> {
    const { name, deployment_branch_policy: policy } = environment;
    if (!policy) return { value: null };
    if (!policy.custom_branch_policies) return { value: ["protected branches"] };
    return told(() => call(`read the branch policies of ${name}`, "actions: read", () => patternsOf(name)));
  }

  async function patternsOf(environment_name: string): Promise<string[]> {
    const route = "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies";
    const { data } = await request(route, { ...at, environment_name, per_page: PAGE.environments });
    return data.branch_policies.flatMap(({ name }) => name ?? []);
  }

  /** Jobs see them where their environment has none of the name; many tokens may not read them. */
  async function sharedVariables(): Promise<Record<string, string>> {
    const of = "of the repository";
    const organization = await told(() => variablesOf(of, "GET /repos/{owner}/{repo}/actions/organization-variables"));
    const own = await told(() => variablesOf(of, "GET /repos/{owner}/{repo}/actions/variables"));
    return { ...known(organization), ...known(own) };
  }

  function variablesOf(of: string, route: string, more: Record<string, string> = {}): Promise<Record<string, string>> {
    return call(`read the variables ${of}`, "actions: read", async () => {
      const found: Record<string, string> = {};
      const read = async (page: number) => {
        const { data, headers } = await request(route, { ...at, ...more, per_page: PAGE.variables, page });
        return { data: (data as { variables: { name: string; value: string }[] }).variables, headers };
      };
      for await (const some of pages(read)) for (const { name, value } of some) found[name.toUpperCase()] = value;
      return found;
    });
  }
}

/** What GitHub tells, or why it does not. */
async function told<T>(find: () => Promise<T>): Promise<Exclude<Gathered<T>, { skipped: string }>> {
  try {
    return { value: await find() };
  } catch (error) {
    if (error instanceof PaasError) return { failed: error.message };
    throw error;
  }
}

function known(variables: Gathered<Record<string, string>>): Record<string, string> {
  return "value" in variables ? variables.value : {};
}
