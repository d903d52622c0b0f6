import type { GithubEvent } from "./event.js";

/** The repository as GitHub names it. */
export type Identity = {
  /** `acme/shop` */
  repository: string;
  /** Numbers that stay when names change; placeholders where they are not known. */
  ownerId: string;
  repositoryId: string;
};

/** `sub` of a job's OIDC token, in the form of older repositories and of those made after 2026-07-15. */
export type Subject = { classic: string; immutable: string };

/** An environment overrides everything else; `on: delete` and `schedule` run as the default branch. */
export function subjectOf(identity: Identity, event: GithubEvent, environment: string | null): Subject {
  const { repository, ownerId, repositoryId } = identity;
  const [owner, name] = repository.split("/");
  const context = contextOf(event, environment);
  return {
    classic: `repo:${repository}:${context}`,
    immutable: `repo:${owner}@${ownerId}/${name}@${repositoryId}:${context}`,
  };
}

function contextOf(event: GithubEvent, environment: string | null): string {
  if (environment !== null) return `environment:${environment.replaceAll(":", "%3A")}`;
  return event.name === "pull_request" ? "pull_request" : `ref:${event.ref}`;
}
