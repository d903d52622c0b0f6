import { EXIT, PaasError } from "../errors.js";
import { isDead } from "../pipeline/dead-lock.js";
import { type Doors, doorsAt, openDoors } from "../pipeline/doors.js";
import { trustedManifest } from "../pipeline/source.js";
import { findTarget, type Target } from "../pipeline/target.js";
import type { TerraformLock } from "../state/blobs.js";
import { holderWords, type RecordLock } from "../state/lock.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { subjectOf } from "./subject.js";

export type UnlockOptions = GlobalOptions & { environment: string; force?: string };

type Outcome = { environment: string; terraform: string };

export async function unlock(options: UnlockOptions, tools: Tools): Promise<void> {
  const { envId } = await subjectOf(options.environment, tools);
  const anywhere = await openDoors(tools);
  const target = await findTarget(envId, await trustedManifest(anywhere.git, await tools.manifest()), anywhere);
  const doors = doorsAt(target.tier, anywhere);
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
  if (outcome.environment === "held") throw stillHeld(envId, record, tools.now());
  tools.ui.result(options, { environment: envId, locks: outcome, holder }, text);
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
  if (force !== undefined && force !== idOf(info)) throw wrongLockId(target.envId, force, info);
  // While a run of ours holds the record, the lock may be its own.
  const dead = record.state !== "held" && isDead(info, target.envId, doors);
  if (force === undefined && !dead) throw notProvenDead(target.envId, info);
  await doors.state.blobs.breakLock(target.stateRef, info?.ID ?? null);
  return "broken";
}

/** A Terraform that was killed before it could say who it is leaves a lock without an id. */
const UNKNOWN = "unknown";

function idOf(info: TerraformLock | null): string {
  return info?.ID ?? UNKNOWN;
}

function terraformWords(info: TerraformLock | null): string {
  return info
    ? `held · ${info.Who} since ${info.Created} (${info.Operation}, id ${info.ID})`
    : `held by an unknown holder (id ${UNKNOWN})`;
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
    details: [info ? `its id is ${info.ID}` : `its holder wrote no id: it is named ${UNKNOWN}`],
    next: `\`paas unlock ${envId} --force ${idOf(info)}\` once its run has ended`,
    exit: EXIT.usage,
  });
}

function notProvenDead(envId: string, info: TerraformLock | null): PaasError {
  return new PaasError("state-locked", `Terraform's lock of ${envId} may still be in use`, {
    details: [terraformWords(info), "its holder is not a dead process of this machine"],
    next: `once that run has ended: \`paas unlock ${envId} --force ${idOf(info)}\``,
    exit: EXIT.locked,
  });
}
