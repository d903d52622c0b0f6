import type { Endpoints } from "@octokit/types";
import { z } from "zod";

/*
 * What GitHub answers, of each body the fields that paas reads and no others. The description is GitHub's own
 * (github.com/github/rest-api-description, descriptions/api.github.com/api.github.com.2022-11-28.json), from which
 * @octokit/types is generated: a schema that an answer of GitHub may break does not compile.
 */

/** Status and body of a route's answer when all is well. */
export type Answered = { status: number; schema: z.ZodType };

type Published<Route extends keyof Endpoints> = Endpoints[Route]["response"];
type Data<Route extends keyof Endpoints, Status> = Extract<Published<Route>, { status: Status }>["data"];

function published<
  Route extends keyof Endpoints,
  Status extends Published<Route>["status"] & number,
  Schema extends z.ZodType,
>(
  _route: Route,
  status: Status,
  schema: Schema & (Data<Route, Status> extends z.output<Schema> ? unknown : "not as GitHub answers"),
): Answered {
  return { status, schema };
}

/** Of every refusal: `basic-error`. */
export const REFUSED = z.strictObject({ message: z.string(), documentation_url: z.string().optional() });

/** What the description calls int64 is typed as this. */
const int64 = z.union([z.int(), z.bigint()]);
const count = z.int().nonnegative();
const labels = z.array(z.strictObject({ name: z.string() }));
const comment = z.strictObject({
  id: int64,
  body: z.string().optional(),
  user: z.strictObject({ login: z.string(), type: z.string() }).nullable(),
});
const deployment = z.strictObject({ id: int64, task: z.string(), environment: z.string(), ref: z.string() });
const deploymentStatus = z.strictObject({
  state: z.enum(["error", "failure", "inactive", "pending", "success", "queued", "in_progress"]),
  description: z.string().max(140),
  log_url: z.string().optional(),
  environment_url: z.string().optional(),
});
const policy = z.strictObject({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() });
const rule = z.strictObject({
  type: z.string().optional(),
  wait_timer: z.int().optional(),
  prevent_self_review: z.boolean().optional(),
  reviewers: z
    .array(
      z.strictObject({
        type: z.enum(["User", "Team"]).optional(),
        reviewer: z.strictObject({ id: int64 }).optional(),
      }),
    )
    .optional(),
});
const environment = z.strictObject({
  id: int64,
  name: z.string(),
  protection_rules: z.array(rule).optional(),
  deployment_branch_policy: policy.nullable().optional(),
});
const branchPolicy = z.strictObject({
  id: z.int().optional(),
  name: z.string().optional(),
  type: z.enum(["branch", "tag"]).optional(),
});
const variable = z.strictObject({ name: z.string(), value: z.string() });
const variables = z.strictObject({ total_count: count, variables: z.array(variable) });

export const ANSWERED = {
  repository: published(
    "GET /repos/{owner}/{repo}",
    200,
    z.strictObject({ full_name: z.string(), private: z.boolean(), default_branch: z.string() }),
  ),
  actions: published(
    "GET /repos/{owner}/{repo}/actions/permissions",
    200,
    z.strictObject({ enabled: z.boolean(), allowed_actions: z.enum(["all", "local_only", "selected"]).optional() }),
  ),
  subject: published(
    "GET /repos/{owner}/{repo}/actions/oidc/customization/sub",
    200,
    z.strictObject({
      use_default: z.boolean(),
      include_claim_keys: z.array(z.string()).optional(),
      sub_claim_prefix: z.string().optional(),
    }),
  ),
  environments: published(
    "GET /repos/{owner}/{repo}/environments",
    200,
    z.strictObject({ total_count: count.optional(), environments: z.array(environment).optional() }),
  ),
  environment: published("GET /repos/{owner}/{repo}/environments/{environment_name}", 200, environment),
  environmentPut: published("PUT /repos/{owner}/{repo}/environments/{environment_name}", 200, environment),
  branchPolicies: published(
    "GET /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
    200,
    z.strictObject({ total_count: count, branch_policies: z.array(branchPolicy) }),
  ),
  branchPolicyMade: published(
    "POST /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
    200,
    branchPolicy,
  ),
  variable: published("GET /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}", 200, variable),
  variables: published("GET /repos/{owner}/{repo}/environments/{environment_name}/variables", 200, variables),
  repositoryVariables: published("GET /repos/{owner}/{repo}/actions/variables", 200, variables),
  organizationVariables: published("GET /repos/{owner}/{repo}/actions/organization-variables", 200, variables),
  variableChanged: published(
    "PATCH /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}",
    204,
    z.undefined(),
  ),
  variableMade: published(
    "POST /repos/{owner}/{repo}/environments/{environment_name}/variables",
    201,
    z.strictObject({}),
  ),
  ref: published(
    "GET /repos/{owner}/{repo}/git/ref/{ref}",
    200,
    z.strictObject({ ref: z.string(), object: z.strictObject({ type: z.string() }) }),
  ),
  branches: published(
    "GET /repos/{owner}/{repo}/branches",
    200,
    z.array(z.strictObject({ name: z.string(), commit: z.strictObject({ sha: z.string() }), protected: z.boolean() })),
  ),
  pulls: published(
    "GET /repos/{owner}/{repo}/pulls",
    200,
    z.array(z.strictObject({ number: z.int(), state: z.string(), labels })),
  ),
  pull: published(
    "GET /repos/{owner}/{repo}/pulls/{pull_number}",
    200,
    z.strictObject({ state: z.enum(["open", "closed"]), labels }),
  ),
  events: published(
    "GET /repos/{owner}/{repo}/issues/{issue_number}/events",
    200,
    z.array(
      z.strictObject({
        event: z.string(),
        label: z.strictObject({ name: z.string().nullable() }).optional(),
        // Described as always there; of a user who is gone it is null.
        actor: z.strictObject({ login: z.string() }).nullable(),
      }),
    ),
  ),
  permission: published(
    "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
    200,
    z.strictObject({ permission: z.string(), role_name: z.string() }),
  ),
  comments: published("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", 200, z.array(comment)),
  commentMade: published("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", 201, comment),
  commentChanged: published("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", 200, comment),
  deployments: published("GET /repos/{owner}/{repo}/deployments", 200, z.array(deployment)),
  deploymentMade: published("POST /repos/{owner}/{repo}/deployments", 201, deployment),
  deploymentStatuses: published(
    "GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    200,
    z.array(deploymentStatus),
  ),
  deploymentStatusMade: published(
    "POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses",
    201,
    deploymentStatus,
  ),
  statusMade: published(
    "POST /repos/{owner}/{repo}/statuses/{sha}",
    201,
    z.strictObject({
      state: z.string(),
      target_url: z.string().nullable(),
      description: z.string().nullable(),
      context: z.string(),
    }),
  ),
} satisfies Record<string, Answered>;
