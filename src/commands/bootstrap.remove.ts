import { planRemoval } from "../pipeline/bootstrap-remove.js";
import { type Steps, stepsOf } from "../pipeline/events.js";
import type { Tools } from "../tools.js";
import { confirm } from "./bootstrap.confirm.js";
import type { Opened } from "./bootstrap.open.js";
import type { BootstrapOptions } from "./bootstrap.run.js";

/** `--remove`: shows what goes, asks, and takes it down. */
export async function removePlatform(options: BootstrapOptions, { doors }: Opened, tools: Tools): Promise<void> {
  const { ui } = tools;
  const run = async (steps: Steps) => {
    const done: { name: string; status: "done" }[] = [];
    for (const { name, work } of await planRemoval(doors, steps)) {
      await steps.run(name, async () => ({ value: undefined, detail: await work() }));
      done.push({ name, status: "done" });
    }
    return done;
  };
  const silent = stepsOf(
    () => {},
    () => performance.now(),
  );
  const planned = await planRemoval(doors, silent);
  ui.note(ui.palette.strong(`to be removed in subscription ${doors.cloud.subscriptionId}`));
  for (const { name } of planned) ui.note(`  ${ui.palette.bad("-")} ${name}`);
  const plan = planned.map(({ name }) => ({ kind: "remove", name }));
  if (options.dryRun) {
    return ui.result(
      options,
      { tier: options.tier, plan, warnings: [], steps: [], commands: [] },
      "nothing was changed",
    );
  }
  await confirm(options, `Take the platform of ${options.tier} down?`, tools);
  const steps = await ui.progress((emit) => run(stepsOf(emit, () => performance.now())));
  const text = `the platform of ${options.tier} is removed; GitHub keeps its environments, which nothing trusts any more`;
  ui.result(options, { tier: options.tier, plan, warnings: [], steps, commands: [] }, text);
}
