import { EXIT, PaasError } from "../errors.js";
import { branchToPlan, subjectOfEvent } from "../github/context.js";
import { fixedEnvironments } from "../manifest/environments.js";
import { BRANCH_PREFIX, envIdOf, environmentFromArgument, type Naming } from "../naming/envId.js";
import { trustedManifest } from "../pipeline/source.js";
import type { Tools } from "../tools.js";

/** The environment that a command is about; `branch` is null when only its record can tell. */
export type Subject = { envId: string; branch: string | null };

type SubjectTools = Pick<Tools, "git" | "manifest" | "variables" | "actions">;

/** From the argument, then `PAAS_ENV`, then the event of the workflow that this runs in, then the current branch. */
export async function subjectOf(argument: string | undefined, tools: SubjectTools): Promise<Subject> {
  const naming = await namingOf(tools);
  const named = argument ?? tools.variables.PAAS_ENV;
  if (named) return environmentFromArgument(named, naming);
  const context = await tools.actions();
  const told = context && subjectOfEvent(context.event);
  if (told && "argument" in told) return environmentFromArgument(told.argument, naming);
  const branch = told?.branch ?? (await (await tools.git()).currentBranch());
  return { envId: envIdOf(branch, naming), branch };
}

/** The same for a plan, which in a pull request is about what merging it would change. */
export async function subjectOfPlan(argument: string | undefined, tools: SubjectTools): Promise<Subject> {
  const event = (await tools.actions())?.event;
  const named = argument ?? tools.variables.PAAS_ENV;
  if (named || event?.kind !== "pull-request") return subjectOf(argument, tools);
  const naming = await namingOf(tools);
  const branch = branchToPlan(event.pull, naming.fixed);
  return { envId: envIdOf(branch, naming), branch };
}

async function namingOf(tools: Pick<Tools, "git" | "manifest">): Promise<Naming> {
  const trusted = await trustedManifest(await tools.git(), await tools.manifest());
  return { projectId: trusted.id, fixed: fixedEnvironments(trusted) };
}

/** The same for a branch that was pushed: the name is a branch and nothing else. */
export async function subjectOfBranch(branch: string, tools: Pick<Tools, "git" | "manifest">): Promise<Subject> {
  return { envId: envIdOf(branch, await namingOf(tools)), branch };
}

/** Whether it is only that a pushed branch is none of an environment, in a repository that may be no project. */
export function isNobodys(branch: string, error: unknown): boolean {
  if (!(error instanceof PaasError)) return false;
  if (error.code === "branch-not-an-environment") return true;
  return error.code === "manifest-missing" && !branch.startsWith(BRANCH_PREFIX);
}

/** For commands that ask no cloud: a hashed id alone does not tell the branch. */
export function requireBranch({ envId, branch }: Subject): string {
  if (branch !== null) return branch;
  throw new PaasError("branch-needed", `the id ${envId} does not tell which branch it belongs to`, {
    next: "name the branch itself, `paas up env-…`",
    exit: EXIT.usage,
  });
}
