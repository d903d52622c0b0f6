import type { Refs } from "../environment/reap.js";
import { EXIT, PaasError } from "../errors.js";
import type { Github } from "../github/api.js";
import { branchExists, previewNumber, wantsPreview } from "../github/guards.js";
import { readBranches, readPreviews } from "../github/refs.js";
import { isPreviewId } from "../naming/envId.js";
import type { Tools } from "../tools.js";

/** The environment that a reading is made for: what a list lacks of it is asked for by name once more. */
type About = { envId: string; branch: string | null };

/**
 * The branches and pull requests that there are: inside GitHub Actions GitHub's own, elsewhere the branches of a remote.
 * @param remote git remote whose branches are the cloud's environments
 * @throws PaasError `branches-unknown` (exit 5) when they cannot be read, or cannot be all
 */
export async function readRefs(remote: string, about: About | null, tools: Tools): Promise<Refs> {
  const refs = (await tools.actions()) === null ? await ofRemote(remote, tools) : await atGithub(about, tools);
  if (refs.branches.length === 0) throw unknown(refs.where, ["the list of branches is empty"]);
  return refs;
}

async function ofRemote(remote: string, tools: Tools): Promise<Refs> {
  const where = `in remote ${remote}`;
  const git = await tools.git();
  const branches = await git.remoteBranches(remote).catch((cause) => refuse(where, cause));
  return { branches, previews: null, where };
}

async function atGithub(about: About | null, tools: Tools): Promise<Refs> {
  const where = "at GitHub";
  const github = await tools.github();
  if (github === null) throw unknown(where, ["GITHUB_TOKEN is not set"]);
  const [branches, previews] = await readBoth(github, about).catch((cause) => refuse(where, cause));
  const told = tools.variables.PAAS_DEFAULT_BRANCH || (await tools.actions())?.defaultBranch;
  // An empty list is refused as such; one without the branch that there always is cannot be whole.
  if (branches.length > 0 && told && !branches.includes(told)) throw unknown(where, [`the list lacks ${told}`]);
  return { branches, previews, where };
}

/** What is created and closed while a list is read page by page can hide another entry of it. */
async function readBoth(github: Github, about: About | null): Promise<[string[], number[]]> {
  const [branches, previews] = await Promise.all([readBranches(github), readPreviews(github)]);
  if (about === null) return [branches, previews];
  const { envId, branch } = about;
  if (isPreviewId(envId)) {
    const number = previewNumber(envId);
    const missed = !previews.includes(number) && (await wantsPreview(github, number));
    return [branches, missed ? [...previews, number] : previews];
  }
  const missed = branch !== null && !branches.includes(branch) && (await branchExists(github, branch));
  return [missed ? [...branches, branch] : branches, previews];
}

function refuse(where: string, cause: unknown): never {
  if (!(cause instanceof PaasError) || cause.exit === EXIT.interrupted) throw cause;
  throw unknown(where, [cause.message, ...cause.details, ...(cause.next ? [cause.next] : [])], cause);
}

function unknown(where: string, details: string[], cause?: unknown): PaasError {
  return new PaasError("branches-unknown", `nothing is removed: the branches ${where} are not known`, {
    details,
    next: "mend that and run it again; `paas destroy <environment>` removes a single one",
    exit: EXIT.refused,
    cause,
  });
}
