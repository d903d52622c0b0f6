import type { GithubEvent } from "./event.js";
import type { Json, JsonObject } from "./json.js";
import type { Identity } from "./oidc.js";
import type { Start } from "./triggers.js";
import type { Workflow } from "./workflow-file.js";

/** Where the simulated GitHub is. Nothing in a rehearsal may reach the real one. */
export type Server = { url: string; apiUrl: string };

/** The token of a rehearsal: it opens nothing anywhere. */
export const TOKEN = "ghs_rehearsal0000000000000000000000000000";

/** `github` as a run of this workflow sees it, before a job adds its own. */
export function githubContext(
  workflow: Workflow,
  event: GithubEvent,
  start: Start,
  { identity, server }: { identity: Identity; server: Server },
): JsonObject {
  return {
    token: TOKEN,
    event: eventPayload(event, start),
    event_name: event.name,
    ref: event.ref,
    ref_name: event.refName,
    ref_type: "branch",
    ref_protected: false,
    sha: event.sha,
    head_ref: event.headRef ?? "",
    base_ref: event.baseRef ?? "",
    actor: event.actor,
    triggering_actor: event.actor,
    repository: identity.repository,
    repository_id: identity.repositoryId,
    repository_owner: identity.repository.split("/")[0] ?? "",
    repository_owner_id: identity.ownerId,
    workflow: workflow.name,
    workflow_ref: `${identity.repository}/${workflow.path}@${event.ref}`,
    workflow_sha: event.workflowCommit ?? "",
    run_id: "1",
    run_number: "1",
    run_attempt: "1",
    server_url: server.url,
    api_url: server.apiUrl,
    graphql_url: `${server.apiUrl}/graphql`,
  };
}

/** A dispatched run sees its inputs as texts in the event; a scheduled one sees the line of the timetable. */
function eventPayload(event: GithubEvent, { inputs, cron }: Start): Json {
  if (event.name === "schedule") return { ...event.payload, schedule: cron };
  if (event.name !== "workflow_dispatch") return event.payload;
  return {
    ...event.payload,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])),
  };
}

/** What the runner tells every step in `GITHUB_*`, from the context of its job. */
export function githubVariables(github: JsonObject): Record<string, string> {
  const hidden = ["token", "event", "ref_protected"];
  const shown = Object.entries(github).filter(([name]) => !hidden.includes(name));
  return Object.fromEntries(shown.map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, String(value)]));
}
