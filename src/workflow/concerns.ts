import type { FixedEnvironment } from "../manifest/manifest.js";
import { SHARED } from "./github-environments.js";
import { commandsIn } from "./lint/commands.js";
import type { Workflow } from "./rehearse/workflow-file.js";

/** A workflow file; without a workflow where GitHub refuses it. */
export type WorkflowFile = { path: string; text: string; workflow: Workflow | null };

/**
 * Whether a workflow file has to do with environments: one of ours by its name, one that runs paas, and one that gets an
 * identity of environments. The others are the project's own business.
 */
export function concernsEnvironments(
  { path, text, workflow }: WorkflowFile,
  fixed: readonly FixedEnvironment[],
): boolean {
  if (isNamedAsOurs(path)) return true;
  if (workflow === null) return /\bpaas\b/.test(text);
  const names: string[] = [...Object.values(SHARED), ...fixed.map(({ envId }) => envId)];
  return workflow.jobs.some(
    ({ environment, steps }) =>
      names.includes(String(environment?.name)) ||
      steps.some(({ run }) => typeof run === "string" && commandsIn(run).length > 0),
  );
}

function isNamedAsOurs(path: string): boolean {
  return /(?:^|\/)paas-[^/]*$/.test(path);
}
