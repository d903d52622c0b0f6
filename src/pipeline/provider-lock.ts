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
/** Milliseconds that Terraform then has to end in order: no state is in its hands. */
const PATIENCE = 10_000;

type Surroundings = Pick<Doors, "variables" | "signal"> & {
  git: Pick<Doors["git"], "root">;
  cloud: { terraform: Pick<Doors["cloud"]["terraform"], "providers"> };
};

/**
 * Writes the lock file of `infra/` into the working tree after an apply that had none, and asks to commit it: from then
 * on every run keeps to this provider. A runner's working tree is thrown away, so there it is only said what is missing.
 * @param infra what the run was made of; a cloud with providers of its own locks none
 * @param limit for tests
 */
export async function proposeLockFile(
  run: TerraformRun,
  infra: string,
  doors: Surroundings,
  steps: Steps,
  limit = LIMIT,
): Promise<void> {
  if (doors.cloud.terraform.providers !== null || (await isThere(path.join(infra, LOCK_FILE)))) return;
  const missing = `infra/${LOCK_FILE} is not committed, so every run takes whichever provider fits`;
  const target = path.join(doors.git.root, "infra");
  if (await isThere(path.join(target, LOCK_FILE))) return steps.warn(`${missing}: ${COMMIT}`);
  const elsewhere = (where: string) => steps.warn(`${missing}: ${WRITERS} ${where} writes it, to be committed`);
  if (isActions(doors.variables)) return elsewhere("on your machine");
  if (!(await isThere(target))) return elsewhere("where infra/ is checked out");
  await steps.run("lock providers", async (tell) => {
    tell("their checksums for Linux, macOS and Windows, from Terraform's registry");
    return { value: undefined, detail: await written(run, target, doors, steps, limit) };
  });
}

const WRITERS = "`paas up` or `paas bootstrap --platform`";

/** An environment without it works and has been applied, so that nothing is stopped by what goes wrong here. */
async function written(
  run: TerraformRun,
  target: string,
  doors: Surroundings,
  steps: Steps,
  limit: number,
): Promise<string> {
  const signal = deadline(limit, doors.signal);
  try {
    await lockProviders({ ...run, signal, patience: PATIENCE, onInterrupt: () => {} }, target);
    steps.warn(`infra/${LOCK_FILE} is written; commit it: ${COMMIT}`);
    return `infra/${LOCK_FILE}`;
  } catch (error) {
    if (doors.signal.aborted) throw new PaasError("aborted", "stopped locking the providers", { cause: error });
    const why = signal.aborted ? `Terraform's registry took longer than ${limit / 60_000} minutes` : wordsOf(error);
    steps.warn(`infra/${LOCK_FILE} could not be written: ${why}`);
    return "left";
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof PaasError)) return error instanceof Error ? error.message : String(error);
  return [error.details[0] ?? error.message, error.next].filter(Boolean).join("; ");
}

async function isThere(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}
