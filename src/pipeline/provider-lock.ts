import fs from "node:fs/promises";
import path from "node:path";
import { deadline } from "../deadline.js";
import { PaasError } from "../errors.js";
import { isActions } from "../github/context.js";
import { LOCK_FILE, lockProviders } from "../terraform/lock-file.js";
import type { TerraformRun } from "../terraform/run.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";

const COMMIT = `\`git add infra/${LOCK_FILE} && git commit -m "Lock Terraform's providers"\``;

/** How long a run waits for five archives of azurerm, in milliseconds; a registry behind a firewall may never answer. */
const LIMIT = 10 * 60_000;

/**
 * Writes the lock file of `infra/` into the working tree after an apply that had none, and asks to commit it: from then
 * on every run keeps to this provider. A runner's working tree is thrown away, so there it is only said what is missing.
 * @param infra what the run was made of; a cloud with providers of its own locks none
 */
export async function proposeLockFile(run: TerraformRun, infra: string, doors: Doors, steps: Steps): Promise<void> {
  if (doors.cloud.terraform.providers !== null || (await isThere(infra))) return;
  const missing = `infra/${LOCK_FILE} is not committed, so every run takes whichever provider fits`;
  const target = path.join(doors.git.root, "infra");
  if (await isThere(target)) return steps.warn(`${missing}: ${COMMIT}`);
  if (isActions(doors.variables)) {
    return steps.warn(
      `${missing}: \`paas up\` or \`paas bootstrap --platform\` on your machine writes it, to be committed`,
    );
  }
  await steps.run("lock providers", async (tell) => {
    tell("their checksums for Linux, macOS and Windows, from Terraform's registry");
    return { value: undefined, detail: await written(run, target, doors, steps) };
  });
}

/** An environment without it works, so a registry that cannot be reached stops nothing. */
async function written(run: TerraformRun, target: string, doors: Doors, steps: Steps): Promise<string> {
  try {
    await lockProviders({ ...run, signal: deadline(LIMIT, doors.signal) }, target);
    steps.warn(`infra/${LOCK_FILE} is written; commit it: ${COMMIT}`);
    return `infra/${LOCK_FILE}`;
  } catch (error) {
    if (doors.signal.aborted || !(error instanceof PaasError) || error.code !== "providers-not-locked") throw error;
    steps.warn(`${error.message}: ${error.details[0] ?? "Terraform does not say why"}; ${error.next}`);
    return "left";
  }
}

async function isThere(infra: string): Promise<boolean> {
  return fs.access(path.join(infra, LOCK_FILE)).then(
    () => true,
    () => false,
  );
}
