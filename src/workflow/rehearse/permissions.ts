import type { GithubEvent } from "./event.js";
import { isObject, type Json, textsOf } from "./json.js";

export type Level = "none" | "read" | "write";
/** What a job's GITHUB_TOKEN may do; a scope that is not named may do nothing. */
export type Permissions = Record<string, Level>;

const SCOPES = [
  ...["actions", "attestations", "checks", "contents", "deployments", "discussions", "id-token", "issues", "models"],
  ...["packages", "pages", "pull-requests", "security-events", "statuses"],
];

/** A repository that has not been given more: what GitHub gives new ones. */
const UNTOLD: Permissions = { contents: "read", packages: "read" };

/** A job's block replaces the workflow's as a whole; events that nobody vouches for lose every `write`. */
export function permissionsOf(workflow: Json | undefined, job: Json | undefined, event: GithubEvent): Permissions {
  const told = blockOf(job) ?? blockOf(workflow) ?? UNTOLD;
  return event.trusted ? told : readOnly(told);
}

/** True for a job that can ask for an OIDC token. */
export function mayIdentify(permissions: Permissions): boolean {
  return permissions["id-token"] === "write";
}

function blockOf(block: Json | undefined): Permissions | null {
  if (block === undefined || block === null) return null;
  if (isObject(block)) return named(Object.keys(block), (scope) => levelOf(block[scope]));
  // There is no `id-token: read`.
  if (block === "read-all") return named(SCOPES, (scope) => (scope === "id-token" ? "none" : "read"));
  return named(SCOPES, () => "write");
}

function readOnly(permissions: Permissions): Permissions {
  return named(Object.keys(permissions), (scope) => {
    if (scope === "id-token") return "none";
    return permissions[scope] === "write" ? "read" : levelOf(permissions[scope]);
  });
}

function named(scopes: string[], level: (scope: string) => Level): Permissions {
  const pairs = scopes.map((scope) => [scope, level(scope)] as const);
  return Object.fromEntries(pairs.filter(([, given]) => given !== "none"));
}

function levelOf(value: Json | undefined): Level {
  const [text] = textsOf(value);
  return text === "read" || text === "write" ? text : "none";
}
