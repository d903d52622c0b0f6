import { codeOf, untilDone } from "../azure/patience.js";
import { type Look, labelOf } from "../bootstrap/picture.js";
import { type BootstrapPlan, type OwnersStep, type Step, takesOwner } from "../bootstrap/step.js";
import { PaasError } from "../errors.js";
import { sideBySide } from "../side-by-side.js";
import { needsPlatform, ownerCommand } from "./bootstrap-commands.js";
import type { BootstrapDoors } from "./bootstrap-doors.js";
import { bootstrapEffects, type Effects } from "./bootstrap-effects.js";
import type { Steps } from "./events.js";

export type BootstrapOutcome = {
  steps: { name: string; status: "done" | "there" | "left" }[];
  /** What an owner has to type before the rest can be done; empty when all is done. */
  commands: string[];
};

/** Azure and GitHub limit how many calls may be under way. */
const LOOKS_AT_ONCE = 8;

/** Looks at every step; nothing is changed. */
export async function lookAt(plan: BootstrapPlan, doors: BootstrapDoors, steps: Steps): Promise<Look[]> {
  const effects = bootstrapEffects(doors, steps);
  return sideBySide(plan.steps, LOOKS_AT_ONCE, async (step) => {
    return { step, there: await effectOf(effects, step).isThere(step) };
  });
}

/**
 * Does what is not there yet, step by step, so that a run that ended in the middle is simply repeated. Roles and the
 * lock, which not everybody may give and set, are left to an owner then; everything that needs none of them is done.
 */
export async function bootstrap(looks: Look[], doors: BootstrapDoors, steps: Steps): Promise<BootstrapOutcome> {
  const effects = bootstrapEffects(doors, steps);
  const outcome: BootstrapOutcome["steps"] = [];
  const denied: OwnersStep[] = [];
  let states = true;
  for (const { step, there } of looks) {
    const name = labelOf(step);
    if (there) {
      outcome.push({ name, status: "there" });
      continue;
    }
    const waits = !states && needsPlatform(step);
    const left = waits || (await leftOut(step, effects, { denied, states }, doors, steps));
    if (left) steps.skip(name, waits ? "waits for access to the states" : "left to an owner");
    if (left && step.kind === "access") states = false;
    outcome.push({ name, status: left ? "left" : "done" });
  }
  return { steps: outcome, commands: await commandsFor(denied, doors) };
}

/** Does one step; true when it could not be done for lack of a right. */
async function leftOut(
  step: Step,
  effects: Effects,
  { denied, states }: { denied: OwnersStep[]; states: boolean },
  doors: BootstrapDoors,
  steps: Steps,
): Promise<boolean> {
  const effect = effectOf(effects, step);
  // Without the role nothing is waited for: it may be held in another way, and else an owner grants it.
  const ownRoleMissing = denied.some((one) => one.kind === "role" && one.principal.kind === "person");
  if (step.kind === "access" && ownRoleMissing) return !(await effect.isThere(step));
  if (step.kind === "role" && !states && (await isUnknown(step, doors))) {
    denied.push(step);
    return true;
  }
  try {
    await steps.run(labelOf(step), async () => {
      const detail = await untilDone(() => effect.make(step), isUnregistered, doors.patience, doors.signal);
      return { value: undefined, ...(detail === undefined ? {} : { detail }) };
    });
    return false;
  } catch (error) {
    if (!takesOwner(step) || !isDenied(error)) throw error;
    denied.push(step);
    return true;
  }
}

/** A registration that has just ended is not known everywhere yet. */
function isUnregistered(error: unknown): boolean {
  return codeOf(error) === "MissingSubscriptionRegistration";
}

/** The principal is a part of the platform, which is not there. */
async function isUnknown(step: Extract<Step, { kind: "role" }>, { identities }: BootstrapDoors): Promise<boolean> {
  return step.principal.kind === "identity" && (await identities.find(step.principal.id)) === null;
}

/** Resource Manager refuses who is signed in, for lack of a right. */
export function isDenied(error: unknown): boolean {
  return (
    error instanceof PaasError && ["AuthorizationFailed", "LinkedAuthorizationFailed"].includes(codeOf(error) ?? "")
  );
}

async function commandsFor(denied: OwnersStep[], { identities }: BootstrapDoors): Promise<string[]> {
  const commands: string[] = [];
  for (const step of denied) {
    if (step.kind !== "role") {
      commands.push(ownerCommand(step, null));
      continue;
    }
    const { principal } = step;
    const id =
      principal.kind === "person" ? principal.id : ((await identities.find(principal.id))?.principalId ?? null);
    // What the platform's own parts are granted is for the next run: they are not there.
    if (id !== null) commands.push(ownerCommand(step, id));
  }
  return commands;
}

/** The table's row for a step: its kind decides, which the compiler cannot follow through an index. */
function effectOf(
  effects: Effects,
  step: Step,
): { isThere(step: Step): Promise<boolean>; make(step: Step): Promise<string | undefined> } {
  return effects[step.kind] as ReturnType<typeof effectOf>;
}
