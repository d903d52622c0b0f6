import fs from "node:fs/promises";
import path from "node:path";
import type { Platform } from "../environment/environment.js";
import { type Backend, init, initWithFile } from "../terraform/commands.js";
import type { TerraformRun } from "../terraform/run.js";
import { continues } from "../terraform/state.js";
import { clearDeadLock } from "./dead-lock.js";
import type { Doors } from "./doors.js";

/** Where a state lies. */
export type StatePlace = { platform: Pick<Platform, "stateAccount">; state: { container: string; key: string } };

const STATE_FILE = "terraform.tfstate";

/**
 * Initialises Terraform with its state and runs `work` on it. The state stays in the state account, unless the cloud
 * says that Terraform cannot reach it there: then it passes through a file of the run, which is written back however
 * `work` ends.
 */
export async function withState<T>(
  run: TerraformRun,
  place: StatePlace,
  doors: Doors,
  warn: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  await recoverState(run, place, doors, warn);
  if (!doors.cloud.terraform.stateThroughFile) {
    await init(run, backendOf(place));
    return work();
  }
  warn("Terraform cannot reach the local cloud's storage on this system: its state passes through a file");
  const file = path.join(run.work, STATE_FILE);
  const state = await doors.state.blobs.download(place.state);
  await fs.rm(file, { force: true });
  if (state?.length) await fs.writeFile(file, state, { mode: 0o600 });
  try {
    await initWithFile(run, STATE_FILE);
    return await work();
  } finally {
    const after = await fs.readFile(file).catch(() => null);
    if (after) await doors.state.blobs.upload(place.state, after);
    await fs.rm(file, { force: true });
  }
}

/** Where Terraform keeps a state that it could not write to its place, because that was gone. */
const UNWRITTEN = "errored.tfstate";

/** Brings what an earlier run could not write any more to where it belongs. */
async function recoverState(
  run: TerraformRun,
  place: StatePlace,
  doors: Doors,
  warn: (text: string) => void,
): Promise<void> {
  const file = path.join(run.work, UNWRITTEN);
  const unwritten = await fs.readFile(file).catch(() => null);
  if (!unwritten || !continues(unwritten, await doors.state.blobs.download(place.state))) return;
  // Whoever left it may have ended only now, and its lock is held by nobody since.
  await clearDeadLock(environmentOf(place), place.state, doors, { warn });
  await doors.state.blobs.upload(place.state, unwritten);
  await fs.rm(file);
  warn("the run before could not write its state any more: it was brought in from the run's folder");
}

/** Null for the state of a platform, which is applied by runs of any environment. */
function environmentOf({ state }: StatePlace): string | null {
  const name = path.basename(state.key, ".tfstate");
  return name === "platform" ? null : name;
}

/** Settings of the azurerm backend; who signs in comes from the variables. */
export function backendOf({ platform, state }: StatePlace): Backend {
  return {
    storage_account_name: platform.stateAccount,
    container_name: state.container,
    key: state.key,
    use_azuread_auth: true,
  };
}
