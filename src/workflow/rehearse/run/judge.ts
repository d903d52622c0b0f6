import { EXIT, PaasError } from "../../../errors.js";
import type { WorkflowFile } from "../../concerns.js";
import type { GithubEvent } from "../event.js";
import { LEFT_OUT, type WorkflowTranscript } from "../transcript.js";
import { decideStart, type Start } from "../triggers.js";
import { parseWorkflowFile, type Workflow } from "../workflow-file.js";
import type { Origin } from "./origin.js";

/** A workflow file, and whether the event starts it. */
export type Judged = { workflow: Workflow | null; start: Start; transcript: WorkflowTranscript };
export type Started = Judged & { workflow: Workflow };

/** Every workflow file of the commit that GitHub reads for this event, and whether it starts. */
export async function judgeWorkflows(
  origin: Origin,
  event: GithubEvent,
  defaultTip: string,
  takesPart: (file: WorkflowFile) => boolean,
): Promise<Judged[]> {
  const texts = await origin.workflowFiles(event.workflowCommit ?? defaultTip);
  const parsed = await Promise.all(
    texts.map(async (file) => ({ ...file, ...(await parseWorkflowFile(file.path, file.text)) })),
  );
  if (!parsed.some(takesPart)) throw noWorkflows(event);
  return parsed.map((file) => judge(file, event, takesPart(file)));
}

function judge(
  { path: file, workflow, problems }: WorkflowFile & { problems: string[] },
  event: GithubEvent,
  takesPart: boolean,
): Judged {
  const start = !takesPart
    ? refused(LEFT_OUT)
    : workflow
      ? startOf(workflow, event)
      : refused("GitHub refuses the file");
  const transcript: WorkflowTranscript = {
    path: file,
    name: workflow?.name ?? file,
    runName: null,
    starts: start.starts,
    why: start.why,
    problems,
    concurrency: null,
    jobs: [],
    result: null,
  };
  return { workflow, start, transcript };
}

function startOf(workflow: Workflow, event: GithubEvent): Start {
  if (event.workflowCommit === null) return refused("the pull request has conflicts: GitHub starts nothing for it");
  try {
    return decideStart(workflow, event);
  } catch (error) {
    // A filter pattern such as `+a` is no regular expression; GitHub refuses the file too.
    if (error instanceof SyntaxError) return refused(`it has an invalid filter pattern: ${error.message}`);
    throw error;
  }
}

function refused(why: string): Start {
  return { starts: false, why, inputs: {}, cron: null };
}

function noWorkflows(event: GithubEvent): PaasError {
  return new PaasError(
    "no-workflows",
    `there is no workflow file in commit ${event.workflowCommit?.slice(0, 8)} of ${event.refName}`,
    {
      details: [
        "GitHub reads .github/workflows/ of the pushed commit, and of the default branch for delete and schedule",
      ],
      next: "`paas init` writes them; commit them, also on this branch",
      exit: EXIT.usage,
    },
  );
}
