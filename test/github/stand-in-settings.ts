import { z } from "zod";
import { ANSWERED } from "./published.js";
import type { Answer, Exchange, Route } from "./stand-in.js";

export type Environment = { refs: string[] | null; rules: Record<string, unknown>[]; variables: Map<string, string> };

/** The settings of the stand-in's repository, shaped by the published REST API (2022-11-28). */
export class Settings {
  defaultBranch = "main";
  /** What `sub_claim_prefix` says; null = a server that does not know it. */
  subject: Record<string, unknown> | null = { use_default: true, sub_claim_prefix: "repo:acme@123/shop@456" };
  environments = new Map<string, Environment>();
  /** Variables of the repository itself. */
  variables = new Map<string, string>();
  /** Status with which a plan without rules for environments refuses them. */
  refusesRules: number | null = null;
}

const listPage = {
  per_page: z.coerce.number().int().min(1).max(30).optional(),
  page: z.coerce.number().min(1).optional(),
};
const listed = (variables: Map<string, string>): Answer => {
  const all = [...variables].map(([name, value]) => ({ name, value }));
  return { status: 200, body: { total_count: all.length, variables: all } };
};
const absent: Answer = { status: 404, body: { message: "Not Found" } };
const policy = z.strictObject({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() });
const reviewer = z.strictObject({ type: z.enum(["User", "Team"]), id: z.int() });
const ONE = "\\/environments\\/(?<environment>[^/]+)";

function environmentOf({ path, repository }: Exchange): Environment | undefined {
  return repository.settings.environments.get(path.environment ?? "");
}

/** `GET …/environments/{name}`: rules and policy of one that is there. */
function rendered(name: string, { refs, rules }: Environment): Answer {
  const deployment_branch_policy = refs === null ? null : { protected_branches: false, custom_branch_policies: true };
  return { status: 200, body: { id: 1, name, protection_rules: rules, deployment_branch_policy } };
}

export const SETTINGS_ROUTES: Route[] = [
  {
    method: "GET",
    pattern: /^$/,
    answered: ANSWERED.repository,
    answer: ({ repository }) => {
      const { private: isPrivate, settings } = repository;
      return {
        status: 200,
        body: { full_name: "acme/shop", private: isPrivate, default_branch: settings.defaultBranch },
      };
    },
  },
  {
    method: "GET",
    pattern: /^\/actions\/oidc\/customization\/sub$/,
    answered: ANSWERED.subject,
    answer: ({ repository }) =>
      repository.settings.subject ? { status: 200, body: repository.settings.subject } : absent,
  },
  {
    method: "GET",
    pattern: new RegExp(`^${ONE}$`),
    answered: ANSWERED.environment,
    answer: (exchange) => {
      const found = environmentOf(exchange);
      return found ? rendered(exchange.path.environment ?? "", found) : absent;
    },
  },
  {
    method: "PUT",
    pattern: new RegExp(`^${ONE}$`),
    answered: ANSWERED.environmentPut,
    body: z.strictObject({
      deployment_branch_policy: policy.nullable().optional(),
      wait_timer: z.int().optional(),
      reviewers: z.array(reviewer).nullable().optional(),
      prevent_self_review: z.boolean().optional(),
    }),
    answer: (exchange) => {
      const { repository, path, body } = exchange;
      const { refusesRules, environments } = repository.settings;
      if (refusesRules !== null && body.deployment_branch_policy)
        return { status: refusesRules, body: { message: "Upgrade to use environment protection rules" } };
      const known = environmentOf(exchange);
      const reviewers = body.reviewers as { type: string; id: number }[] | undefined;
      const review = reviewers?.map(({ type, id }) => ({ type, reviewer: { id } }));
      const made: Environment = {
        refs: body.deployment_branch_policy ? (known?.refs ?? []) : null,
        rules: review ? [{ type: "required_reviewers", reviewers: review }] : [],
        variables: known?.variables ?? new Map(),
      };
      environments.set(path.environment ?? "", made);
      return rendered(path.environment ?? "", made);
    },
  },
  {
    method: "GET",
    pattern: new RegExp(`^${ONE}\\/deployment-branch-policies$`),
    answered: ANSWERED.branchPolicies,
    query: z.strictObject({ per_page: z.string(), page: z.string().optional() }),
    answer: (exchange) => {
      const refs = environmentOf(exchange)?.refs;
      if (!refs) return absent;
      const branch_policies = refs.map((name, id) => ({ id, name, type: "branch" }));
      return { status: 200, body: { total_count: refs.length, branch_policies } };
    },
  },
  {
    method: "POST",
    pattern: new RegExp(`^${ONE}\\/deployment-branch-policies$`),
    answered: ANSWERED.branchPolicyMade,
    body: z.strictObject({ name: z.string().min(1), type: z.enum(["branch", "tag"]) }),
    answer: (exchange) => {
      const refs = environmentOf(exchange)?.refs;
      if (!refs) return absent;
      if (refs.includes(String(exchange.body.name))) return { status: 303, body: { message: "exists already" } };
      refs.push(String(exchange.body.name));
      return { status: 200, body: { id: refs.length, name: exchange.body.name, type: exchange.body.type } };
    },
  },
  {
    method: "GET",
    pattern: new RegExp(`^${ONE}\\/variables\\/(?<name>\\w+)$`),
    answered: ANSWERED.variable,
    answer: (exchange) => {
      const value = environmentOf(exchange)?.variables.get(exchange.path.name ?? "");
      return value === undefined ? absent : { status: 200, body: { name: exchange.path.name, value } };
    },
  },
  {
    method: "GET",
    pattern: new RegExp(`^${ONE}\\/variables$`),
    answered: ANSWERED.variables,
    query: z.strictObject(listPage),
    answer: (exchange) => {
      const found = environmentOf(exchange);
      return found ? listed(found.variables) : absent;
    },
  },
  {
    method: "GET",
    pattern: /^\/actions\/variables$/,
    answered: ANSWERED.repositoryVariables,
    query: z.strictObject(listPage),
    answer: ({ repository }) => listed(repository.settings.variables),
  },
  {
    method: "GET",
    pattern: /^\/actions\/organization-variables$/,
    answered: ANSWERED.organizationVariables,
    query: z.strictObject(listPage),
    answer: () => listed(new Map()),
  },
  {
    method: "PATCH",
    pattern: new RegExp(`^${ONE}\\/variables\\/(?<name>\\w+)$`),
    answered: ANSWERED.variableChanged,
    body: z.strictObject({ value: z.string().min(1) }),
    answer: (exchange) => {
      const variables = environmentOf(exchange)?.variables;
      if (!variables?.has(exchange.path.name ?? "")) return absent;
      variables.set(exchange.path.name ?? "", String(exchange.body.value));
      return { status: 204, body: undefined };
    },
  },
  {
    method: "POST",
    pattern: new RegExp(`^${ONE}\\/variables$`),
    answered: ANSWERED.variableMade,
    body: z.strictObject({ name: z.string().regex(/^\w+$/), value: z.string().min(1) }),
    answer: (exchange) => {
      const variables = environmentOf(exchange)?.variables;
      if (!variables) return absent;
      variables.set(String(exchange.body.name), String(exchange.body.value));
      return { status: 201, body: {} };
    },
  },
];
