import { EXIT, PaasError } from "../errors.js";
import { shellWord } from "../ui/wording.js";

type Repository = {
  git(...words: string[]): Promise<string>;
  /** The commit that a revision names, or null. */
  tip(revision: string): Promise<string | null>;
};

/**
 * The default branch as a full ref.
 * @param told its name, where somebody says it; empty = nobody does
 * @throws PaasError `default-branch-missing` when what was told is not here
 */
export async function defaultRefIn({ git, tip }: Repository, told: string): Promise<string> {
  const fullRef = (name: string) => git("symbolic-ref", "--quiet", name).catch(() => "");
  const firstOf = async (...refs: string[]) => {
    for (const ref of refs) if (await tip(ref)) return ref;
    return null;
  };
  const current = await fullRef("HEAD");
  if (told !== "") {
    const here = `refs/heads/${told}`;
    // The tip that a workflow checked out is newer than what was fetched beside it; any other branch proves nothing.
    const found = await (current === here ? firstOf(here) : firstOf(`refs/remotes/origin/${told}`, here));
    if (found === null) throw noDefaultBranch(told);
    return found;
  }
  const origin = await fullRef("refs/remotes/origin/HEAD");
  const known = origin === "" ? [] : [origin];
  return (await firstOf(...known, "refs/heads/main", "refs/heads/master")) ?? (current || "HEAD");
}

/** What the default branch says decides who may do what, so nothing else may stand for it. */
function noDefaultBranch(name: string): PaasError {
  return new PaasError("default-branch-missing", `PAAS_DEFAULT_BRANCH names ${name}, and that branch is not here`, {
    details: [`looked for origin/${name} and for a local branch ${name}`],
    next: [
      `\`git fetch origin ${shellWord(`+refs/heads/${name}:refs/remotes/origin/${name}`)}\``,
      "in a workflow `fetch-depth: 0` for actions/checkout, or correct the variable",
    ].join(", "),
    exit: EXIT.usage,
  });
}
