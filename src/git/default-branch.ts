import { EXIT, PaasError } from "../errors.js";
import { shellWord } from "../ui/wording.js";

/**
 * The default branch as a full ref.
 * @param told its name, where somebody says it; empty = nobody does
 * @throws PaasError `default-branch-missing` when what was told is not here
 */
export async function defaultRefIn(git: (...words: string[]) => Promise<string>, told: string): Promise<string> {
  const current = () => git("symbolic-ref", "--quiet", "HEAD").catch(() => "");
  /** Those of some refs that are here, with the ref that each stands for, if any. */
  const present = async (refs: string[]) => {
    const lines = (await git("for-each-ref", "--format=%(refname) %(symref)", ...refs)).split("\n");
    return new Map(lines.map((line) => line.split(" ") as [string, string]));
  };
  if (told !== "") {
    const here = `refs/heads/${told}`;
    const fetched = `refs/remotes/origin/${told}`;
    const there = await present([fetched, here]);
    // The tip that a workflow checked out is newer than what was fetched beside it; any other branch proves nothing.
    const places = (await current()) === here ? [here] : [fetched, here];
    const found = places.find((ref) => there.has(ref));
    if (found === undefined) throw noDefaultBranch(told);
    return found;
  }
  const there = await present([ORIGIN, ...USUAL]);
  return there.get(ORIGIN) || USUAL.find((ref) => there.has(ref)) || (await current()) || "HEAD";
}

const ORIGIN = "refs/remotes/origin/HEAD";
const USUAL = ["refs/heads/main", "refs/heads/master"];

/** A branch's full ref as people name it: `main` or `origin/main`. */
export function branchOf(ref: string): string {
  return ref.replace(/^refs\/(?:heads|remotes)\//, "");
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
