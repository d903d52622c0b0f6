import type { ActionsContext } from "./context.js";

/** Whether a run may use an identity of the cloud, and if not, why. */
export type Trust = { credentials: true } | { credentials: false; why: string };

const DEPENDABOT = "dependabot[bot]";

/**
 * Only who may push to this repository may act with its identities. What a fork or Dependabot proposes is code that
 * nobody has read yet.
 */
export function trustOf({ event, sender, repository }: Pick<ActionsContext, "event" | "sender" | "repository">): Trust {
  if (event.kind === "pull-request") {
    const { number, headRepository, author } = event.pull;
    if (headRepository === null) return refused(`pull request ${number} comes from a fork that is gone`);
    if (!sameRepository(headRepository, repository)) {
      return refused(`pull request ${number} comes from the fork ${headRepository}`);
    }
    if (author === DEPENDABOT) return refused(`pull request ${number} is Dependabot's`);
  }
  if (event.kind === "push" && sender === DEPENDABOT) return refused("Dependabot pushed this commit");
  return { credentials: true };
}

/** GitHub compares names of repositories without case. */
function sameRepository(name: string, { owner, repo }: ActionsContext["repository"]): boolean {
  return name.toLowerCase() === `${owner}/${repo}`.toLowerCase();
}

function refused(why: string): Trust {
  return { credentials: false, why };
}
