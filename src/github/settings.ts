import { PaasError } from "../errors.js";
import { type Github, pages } from "./api.js";
import { isAbsent } from "./failure.js";
import type { SubjectSettings } from "./server.js";

/** The settings of a repository that its workflows need; changing them takes an administrator's token. */
export type RepositorySettings = {
  defaultBranch(): Promise<string>;
  /** Null on servers that do not tell. */
  subject(): Promise<SubjectSettings | null>;
  /** Whether the environment admits exactly these refs. */
  admits(environment: string, refs: string[]): Promise<boolean>;
  /**
   * Makes an environment and the rules that say which refs may use it.
   * @returns false where the repository's plan has no such rules: then the environment has none
   */
  putEnvironment(environment: string, refs: string[]): Promise<boolean>;
  variable(environment: string, name: string): Promise<string | null>;
  setVariable(environment: string, name: string, value: string): Promise<void>;
};

type Reviewer = { type: "User" | "Team"; reviewer: { id: number } };
type Rule = { type: string; wait_timer?: number; prevent_self_review?: boolean; reviewers?: Reviewer[] };
type Found = {
  protection_rules?: Rule[];
  deployment_branch_policy: { protected_branches: boolean; custom_branch_policies: boolean } | null;
};

/** What GitHub answers where a plan has no rules for environments. */
const NOT_IN_PLAN = [403, 404, 422];

export function openSettings(github: Github): RepositorySettings {
  const { repository, request } = github;
  const call = <T>(trying: string, work: () => Promise<T>) =>
    github.call(trying, "administration: write", work).catch(forPeople);
  const find = (environment: string) =>
    call(`look for the environment ${environment}`, () =>
      orNull(async () => {
        const route = "GET /repos/{owner}/{repo}/environments/{environment_name}";
        const { data } = await request(route, { ...repository, environment_name: environment });
        return data as unknown as Found;
      }),
    );
  const refsOf = (environment: string) =>
    call(`read the rules of ${environment}`, async () => {
      const route = "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies";
      const names: string[] = [];
      const read = async (page: number) => {
        const answer = await request(route, { ...repository, environment_name: environment, per_page: 100, page });
        return { data: answer.data.branch_policies, headers: answer.headers };
      };
      for await (const policies of pages(read)) names.push(...policies.map(({ name }) => name ?? ""));
      return names;
    });

  return {
    defaultBranch: () =>
      call("read the repository", async () => {
        return (await request("GET /repos/{owner}/{repo}", repository)).data.default_branch;
      }),
    subject: () =>
      call("read how subjects of jobs begin", () =>
        orNull(async () => {
          const { data } = await request("GET /repos/{owner}/{repo}/actions/oidc/customization/sub", repository);
          return data as SubjectSettings;
        }),
      ),
    admits: async (environment, refs) => {
      const found = await find(environment);
      if (!found?.deployment_branch_policy?.custom_branch_policies) return false;
      const known = await refsOf(environment);
      return known.length === refs.length && refs.every((ref) => known.includes(ref));
    },
    putEnvironment: async (environment, refs) => {
      const found = await find(environment);
      if (!(await putPolicy(environment, found))) return false;
      const known = await refsOf(environment);
      for (const ref of refs.filter((one) => !known.includes(one))) {
        await call(`let ${ref} use ${environment}`, async () => {
          const route = "POST /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies";
          await request(route, { ...repository, environment_name: environment, name: ref, type: "branch" });
        });
      }
      return true;
    },
    variable: (environment, name) =>
      call(`read the variable ${name} of ${environment}`, () =>
        orNull(async () => {
          const route = "GET /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}";
          return (await request(route, { ...repository, environment_name: environment, name })).data.value;
        }),
      ),
    setVariable: (environment, name, value) =>
      call(`set the variable ${name} of ${environment}`, async () => {
        const place = { ...repository, environment_name: environment, name, value };
        try {
          await request("PATCH /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}", place);
        } catch (error) {
          if (!isAbsent(error)) throw error;
          await request("POST /repos/{owner}/{repo}/environments/{environment_name}/variables", place);
        }
      }),
  };

  /** What is not said in this call is taken away, so reviewers and timers are said again. */
  function putPolicy(environment: string, found: Found | null): Promise<boolean> {
    const route = "PUT /repos/{owner}/{repo}/environments/{environment_name}";
    const place = { ...repository, environment_name: environment };
    if (found?.deployment_branch_policy?.custom_branch_policies) return Promise.resolve(true);
    return call(`make the environment ${environment}`, async () => {
      const policy = { protected_branches: false, custom_branch_policies: true };
      try {
        await request(route, { ...place, ...keptRules(found), deployment_branch_policy: policy });
        return true;
      } catch (error) {
        if (!NOT_IN_PLAN.includes((error as { status?: number }).status ?? 0)) throw error;
        // A token without the right is refused here again, and then it is that.
        await request(route, place);
        return false;
      }
    });
  }
}

function keptRules(found: Found | null) {
  const rules = found?.protection_rules ?? [];
  const timer = rules.find(({ type }) => type === "wait_timer")?.wait_timer;
  const review = rules.find(({ type }) => type === "required_reviewers");
  const reviewers = review?.reviewers?.map(({ type, reviewer }) => ({ type, id: reviewer.id }));
  return {
    ...(timer === undefined ? {} : { wait_timer: timer }),
    ...(reviewers ? { reviewers } : {}),
    ...(review?.prevent_self_review === undefined ? {} : { prevent_self_review: review.prevent_self_review }),
  };
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

/** Outside of a job there are no `permissions:` to change: it is a person's own token. */
function forPeople(error: unknown): never {
  if (!(error instanceof PaasError) || error.code !== "github-not-allowed") throw error;
  const { code, message, details, exit, cause } = error;
  throw new PaasError(code, message, {
    details,
    exit,
    cause,
    next: "sign in as an administrator of the repository: `gh auth login`, or GH_TOKEN with the rights administration, environments and variables",
  });
}
