import path from "node:path";
import type { Environment, Platform } from "../environment/environment.js";
import { PaasError } from "../errors.js";
import { apply, outputs, plan, planReadOnly } from "../terraform/commands.js";
import type { Existing } from "../terraform/failure.js";
import { useLockFile } from "../terraform/lock-file.js";
import { infraPackages, packageCache } from "../terraform/packages.js";
import { hasChanges, type Plan, planWords } from "../terraform/plan.js";
import { assertPlannable, assertProviders } from "../terraform/providers.js";
import type { ResourceEvent, TerraformRun } from "../terraform/run.js";
import { resourceTypesOfState } from "../terraform/state.js";
import { type Synthesis, synthesise } from "../terraform/synth.js";
import { count } from "../ui/wording.js";
import { adoptable } from "./adopt.js";
import type { Doors } from "./doors.js";
import { type Steps, under } from "./events.js";
import { proposeLockFile } from "./provider-lock.js";
import { withState } from "./terraform-state.js";
import { type EnvironmentFile, type Workplace, writeEnvironmentFile } from "./workplace.js";

/** One stack of the CDKTF app and where its state lies. */
export type Stack = {
  /** Environment that messages name. */
  envId: string;
  content: EnvironmentFile;
  platform: Platform;
  state: { container: string; key: string };
};

/** The stack of an environment. */
export function stackOf(environment: Environment, platform: Platform): Stack {
  const content = { schemaVersion: 1 as const, stack: "environment" as const, environment, platform };
  return { envId: environment.envId, content, platform, state: environment.state };
}

/** What an apply left behind. */
export type Applied = { plan: Plan; outputs: Record<string, unknown> };

/** Synthesises, plans and applies a stack, step by step; a plan without changes is not applied. */
export async function applyStack(stack: Stack, workplace: Workplace, doors: Doors, steps: Steps): Promise<Applied> {
  const run = await prepareStack(stack, workplace, doors, steps);
  const applied = await withState(run, stack, doors, steps.warn, () => applyOrAdopt(run, stack, doors, steps));
  await proposeLockFile(run, workplace.infra, doors, steps);
  return applied;
}

/**
 * Applies, and when the cloud has resources that the state does not know, because a run was killed before it could
 * write them down, adopts them and applies again. What depends on them shows up one round later; every round adopts
 * more, or fails.
 */
async function applyOrAdopt(run: TerraformRun, stack: Stack, doors: Doors, steps: Steps): Promise<Applied> {
  const adopted: Existing[] = [];
  for (;;) {
    try {
      return await applyPlanned(run, adopted, adopted.length === 0 ? steps : under("adopt", steps));
    } catch (error) {
      const found = await adoptable(error, stack.content, doors);
      if (found.length === 0 || found.some(({ id }) => adopted.some((known) => known.id === id))) throw error;
      for (const { address } of found) {
        steps.warn(`${address} is there and the state does not know it, as after a run that was killed: adopting it`);
      }
      adopted.push(...found);
    }
  }
}

async function applyPlanned(run: TerraformRun, existing: Existing[], steps: Steps): Promise<Applied> {
  const planned = await steps.run("plan", async () => {
    const value = await plan(run, existing);
    return { value, detail: planWords(value) };
  });
  if (!hasChanges(planned)) {
    steps.skip("apply", "nothing to change");
  } else {
    await steps.run("apply", async (tell) => {
      const total = new Set([...planned.resources.map(({ address }) => address), ...planned.adopted]).size;
      await apply({ ...run, onEvent: countdown(total, tell) });
      return { value: undefined, detail: `${total} of ${count(total, "resource")}` };
    });
  }
  return { plan: planned, outputs: await outputs(run) };
}

/**
 * The plan of a stack against a copy of its state; nothing is written and no lock is taken.
 * @param proposed the stack is of a pull request, which nobody has approved
 */
export async function planStack(
  stack: Stack,
  workplace: Workplace,
  doors: Doors,
  steps: Steps,
  proposed = false,
): Promise<Plan> {
  const run = await prepareStack(stack, workplace, doors, steps, proposed);
  const state = await doors.state.blobs.download(stack.state);
  return steps.run("plan", async () => {
    const value = await planReadOnly(run, state);
    return { value, detail: planWords(value) };
  });
}

/** Bundles and runs `infra/`, and makes everything ready that Terraform needs. */
export async function prepareStack(
  stack: Stack,
  workplace: Workplace,
  doors: Doors,
  steps: Steps,
  proposed = false,
): Promise<TerraformRun> {
  const terraform = await doors.terraform();
  const synthesis = await synth(stack, workplace, doors, steps);
  if (proposed) assertPlannable(synthesis);
  assertProviders(synthesis, doors.cloud.terraform.providers);
  const state = await doors.state.blobs.download(stack.state);
  const types = new Set([...synthesis.resourceTypes, ...resourceTypesOfState(state)]);
  // A cloud that serves its own providers has other checksums.
  const locked = doors.cloud.terraform.providers === null ? await useLockFile(workplace.infra, workplace.folder) : {};
  return {
    binary: terraform.path,
    envId: stack.envId,
    work: workplace.folder,
    variables: { ...(await doors.cloud.terraform.variables([...types], synthesis.bindings)), ...locked },
    signal: doors.signal,
    onInterrupt: () => sayStopping(steps),
  };
}

/**
 * Says what a run waits for whose Terraform was interrupted.
 * @param limit milliseconds that it has not kept to; null when somebody stops the run
 */
export function sayStopping(steps: Steps, limit: number | null = null): void {
  const why =
    limit === null
      ? "stopping: Terraform was told, and"
      : `Terraform has not ended within ${limit / 60_000} minutes: it was told to stop, and`;
  steps.warn(`${why} ends in order and saves its state before this ${limit === null ? "does" : "goes on"}`);
}

/** Bundles and runs `infra/`; installs its packages where they are missing. */
export async function synth(stack: Stack, workplace: Workplace, doors: Doors, steps: Steps): Promise<Synthesis> {
  const { infra, environmentFile } = workplace;
  const nodeModules = await installPackages(workplace, doors, steps);
  return steps.run("synth", async () => {
    await writeEnvironmentFile(environmentFile, stack.content);
    const work = workplace.folder;
    const value = await synthesise({ infra, work, environmentFile, nodeModules, signal: doors.signal });
    return { value, detail: "infra/ to Terraform JSON" };
  });
}

/** The packages that `infra/` is bundled with; a step only when they are neither in the checkout nor in the cache. */
export async function installPackages({ infra }: Workplace, doors: Doors, steps: Steps): Promise<string> {
  const cache = packageCache(doors.variables);
  const checkout = path.join(doors.git.root, "infra");
  const request = { infra, checkout, cache, onLine: () => {}, signal: doors.signal };
  const cached = await infraPackages({ ...request, install: false }).catch(isNotInstalled);
  if (cached) return cached.nodeModules;
  return steps.run("install infra", async (tell) => {
    tell("npm ci --ignore-scripts, once per lock file");
    return { value: (await infraPackages({ ...request, install: true })).nodeModules };
  });
}

function isNotInstalled(error: unknown): null {
  if (error instanceof PaasError && error.code === "infra-not-installed") return null;
  throw error;
}

function countdown(total: number, tell: (detail: string) => void): (event: ResourceEvent) => void {
  let done = 0;
  return ({ phase, address }) => {
    if (phase === "done") done += 1;
    tell(`${done}/${total} ${address}`);
  };
}
