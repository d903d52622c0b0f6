import { environmentsOf } from "../bootstrap/github.js";
import type { Git } from "../git/git.js";
import { openGithub } from "../github/api.js";
import { personToken } from "../github/person-token.js";
import { placeOfRemote, subjectPrefix } from "../github/server.js";
import { openSettings, type RepositorySettings } from "../github/settings.js";
import type { Manifest, Tier } from "../manifest/manifest.js";
import { placeOf } from "../manifest/tier-place.js";
import { githubCommands } from "../pipeline/bootstrap-commands.js";
import type { Tools } from "../tools.js";

/** GitHub's part of a bootstrap: how to reach it, or why it is left for later and what a person would type. */
export type GithubSide = {
  defaultBranch: string;
  reached: {
    settings: RepositorySettings;
    trust: { repository: string; issuer: string; subjectPrefix: string };
  } | null;
  /** Null where it is reached. */
  why: string | null;
  repository: string | null;
};

/** Finds the repository on GitHub that `origin` leads to, and who may change its settings; nothing is changed. */
export async function openGithubSide(
  git: Git,
  { variables, signal }: Pick<Tools, "variables" | "signal">,
): Promise<GithubSide> {
  const defaultBranch = (await git.defaultBranch()).replace(/^origin\//, "");
  const { origin } = await git.remotes();
  const place = origin ? placeOfRemote(origin) : null;
  if (!place) {
    const why = origin ? "the remote origin is no repository on GitHub" : "there is no remote origin";
    return { defaultBranch, reached: null, why, repository: null };
  }
  const repository = `${place.owner}/${place.repo}`;
  const token = await personToken(place.host, variables);
  if (!token) {
    const why = "there is no token for GitHub (GH_TOKEN, GITHUB_TOKEN or `gh auth login`)";
    return { defaultBranch, reached: null, why, repository };
  }
  const apiUrl = (variables.GITHUB_API_URL || place.apiUrl).replace(/\/+$/, "");
  const where = { apiUrl, repository: { owner: place.owner, repo: place.repo } };
  const settings = openSettings(await openGithub(where, token, signal));
  const [branch, subject] = [await settings.defaultBranch(), await settings.subject()];
  const prefix = subjectPrefix(place, subject);
  if (prefix === null) {
    const why =
      "the repository's jobs have subjects of its own making, without the environment: reset them to the default";
    return { defaultBranch: branch, reached: null, why, repository };
  }
  const trust = { repository, issuer: place.issuer, subjectPrefix: prefix };
  return { defaultBranch: branch, reached: { settings, trust }, why: null, repository };
}

/** What a person types for GitHub's part, where it cannot be reached. */
export function commandsByHand(
  { repository, defaultBranch }: GithubSide,
  { manifest, tier, clientIds }: { manifest: Manifest; tier: Tier; clientIds: Record<string, string> },
): string[] {
  if (repository === null || !manifest.platform) return [];
  const { tenant } = manifest.platform;
  const { subscription } = placeOf(manifest.platform, tier);
  return githubCommands(
    repository,
    environmentsOf(manifest, tier, defaultBranch).map(({ name, refs, identity }) => ({
      name,
      refs,
      variables: {
        AZURE_CLIENT_ID: clientIds[identity] ?? "<client id>",
        AZURE_TENANT_ID: tenant,
        AZURE_SUBSCRIPTION_ID: subscription,
      },
    })),
  );
}
