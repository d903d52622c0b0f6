import path from "node:path";
import { describeEnvironment } from "../environment/describe.js";
import { doorsTo, openDoors } from "../pipeline/doors.js";
import { stepsOf } from "../pipeline/events.js";
import { prepareStack, stackOf } from "../pipeline/infrastructure.js";
import { findSource } from "../pipeline/source.js";
import { withState } from "../pipeline/terraform-state.js";
import { checkOut, workplaceAt } from "../pipeline/workplace.js";
import { runOnTerminal } from "../terraform/run.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { requireBranch, subjectOf } from "./subject.js";

export type TerraformOptions = GlobalOptions & { environment: string; words: string[] };

/** Prepares a folder as `up` would, then hands the terminal to Terraform; its exit code is ours. */
export async function terraform(options: TerraformOptions, tools: Tools): Promise<void> {
  const branch = requireBranch(await subjectOf(options.environment, tools));
  const git = await tools.git();
  const source = await findSource(git, git, branch, null);
  const doors = doorsTo(source, await openDoors(tools));
  const { manifest, trusted } = source;
  const { subscriptionId } = doors.cloud;
  const draft = describeEnvironment({ manifest, trusted, branch, generation: 0, subscriptionId });
  const generation = (await doors.state.records.read(draft.record))?.record.generation ?? 0;
  const environment = describeEnvironment({ manifest, trusted, branch, generation, subscriptionId });
  const stack = stackOf(environment, doors.cloud.platform.of(environment.tier));

  const workplace = workplaceAt(path.join(doors.work(environment.envId), "terraform"));
  const run = await tools.ui.progress(async (emit) => {
    await checkOut(source, workplace);
    const steps = stepsOf(emit, () => performance.now());
    return prepareStack(stack, workplace, doors, steps);
  });
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  process.exitCode = await withState(run, stack, doors, tools.ui.warn, () =>
    runOnTerminal(run, options.words, isTerminal),
  );
}
