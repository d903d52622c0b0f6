import { hostname } from "node:os";
import { EXIT, PaasError } from "../errors.js";
import { type Doors, openDoors } from "../pipeline/doors.js";
import { trustedManifest } from "../pipeline/source.js";
import { findTarget, type Target } from "../pipeline/target.js";
import type { TerraformLock } from "../state/blobs.js";
import { holderWords, type RecordLock } from "../state/lock.js";
import { processesIn } from "../terraform/processes.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { subjectOf } from "./subject.js";

export type UnlockOptions = GlobalOptions & { environment: string; force?: string };

type Outcome = { environment: string; terraform: string };

export async function unlock(options: UnlockOptions, tools: Tools): Promise<void> {
  const { envId } = await subjectOf(options.environment, tools);
  const doors = await openDoors(tools);
  const target = await findTarget(envId, await trustedManifest(doors.git, await tools.manifest()), doors);
  const record = await doors.state.records.lock(target.recordRef);
  const state = target.hasState ? await doors.state.blobs.lock(target.stateRef) : null;
  tools.ui.note(
    `environment lock  ${record.state}${record.holder ? ` · ${holderWords(record.holder, tools.now())}` : ""}`,
  );
  tools.ui.note(`Terraform's lock  ${state ? terraformWords(state.info) : "free"}`);

  const outcome: Outcome = {
    environment: await unlockRecord(target, record, doors),
    terraform: state ? await unlockState(target, state.info, record, options.force, doors) : "free",
  };
  const holder = { environment: record.holder, terraform: state?.info ?? null };
  const text = `environment lock: ${outcome.environment}; Terraform's lock: ${outcome.terraform}`;
  tools.ui.result(options, { environment: envId, locks: outcome, holder }, text);
  if (outcome.environment === "held") throw stillHeld(envId, record, tools.now());
}

/** Ours ends by itself within a minute of its holder's death, so only an expired one is cleared. */
async function unlockRecord(target: Target, lock: RecordLock, doors: Doors): Promise<string> {
  if (lock.state !== "expired") return lock.state;
  await doors.state.records.breakLease(target.recordRef);
  return "broken";
}

async function unlockState(
  target: Target,
  info: TerraformLock | null,
  record: RecordLock,
  force: string | undefined,
  doors: Doors,
): Promise<string> {
  if (force !== undefined && force !== info?.ID) throw wrongLockId(target.envId, force, info);
  if (force === undefined && !isDead(target.envId, info, record, doors)) throw notProvenDead(target.envId, info);
  await doors.state.blobs.breakLock(target.stateRef);
  return "broken";
}

/**
 * Terraform names its holder `user@host` without a process, so it counts as dead only when it was of this machine and
 * no process of this machine works on the environment. While a run of ours holds the record, the lock may be its own.
 */
function isDead(envId: string, info: TerraformLock | null, record: RecordLock, doors: Doors): boolean {
  if (record.state === "held" || !info?.Who.endsWith(`@${hostname()}`)) return false;
  return processesIn(`.paas/work/${doors.cloud.name}/${envId}`)?.length === 0;
}

function terraformWords(info: TerraformLock | null): string {
  return info
    ? `held · ${info.Who} since ${info.Created} (${info.Operation}, id ${info.ID})`
    : "held by an unknown holder";
}

function stillHeld(envId: string, { holder }: RecordLock, now: Date): PaasError {
  return new PaasError("environment-locked", `environment ${envId} is held by a run that is alive`, {
    details: [`held by ${holderWords(holder, now)}`, "a lock whose run has died expires by itself within a minute"],
    next: "wait for that run, or stop it",
    exit: EXIT.locked,
  });
}

function wrongLockId(envId: string, given: string, info: TerraformLock | null): PaasError {
  return new PaasError("wrong-lock-id", `Terraform's lock of ${envId} does not have the id ${given}`, {
    details: [info ? `its id is ${info.ID}` : "its holder died before it wrote an id"],
    next: info ? `\`paas unlock ${envId} --force ${info.ID}\` once its run has ended` : "wait for that run to end",
    exit: EXIT.usage,
  });
}

function notProvenDead(envId: string, info: TerraformLock | null): PaasError {
  return new PaasError("state-locked", `Terraform's lock of ${envId} may still be in use`, {
    details: [terraformWords(info), "its holder is not a dead process of this machine"],
    next: info ? `once that run has ended: \`paas unlock ${envId} --force ${info.ID}\`` : "wait for that run to end",
    exit: EXIT.locked,
  });
}
