import { EXIT, PaasError } from "../errors.js";
import type { BlobRef } from "./container.js";
import type { Holder } from "./summary.js";

/** The lock of a record: `expired` means that its holder died without releasing it; the next run takes it over. */
export type RecordLock = { state: "held" | "expired" | "free"; holder: Holder | null };

/** The environment whose record this is: `envs/alice.json` is alice's. */
export function environmentOf({ key }: BlobRef): string {
  return (key.split("/").at(-1) ?? key).replace(/\.json$/, "");
}

/** Says that an environment is held by another run. */
export function environmentLocked(envId: string, holder: Holder | null, waited: number, now: Date): PaasError {
  return new PaasError("environment-locked", `environment ${envId} is locked`, {
    details: [
      `held by ${holderWords(holder, now)}`,
      ...(waited > 0 ? [`waited ${Math.round(waited / 1000)} s for it`] : []),
    ],
    next: `wait for that run, or \`paas unlock ${envId}\` once it has ended`,
    exit: EXIT.locked,
  });
}

/** `runner@fv-az12 since 14:02 UTC (up, run 8812)` */
export function holderWords(holder: Holder | null, now: Date): string {
  if (holder === null) return "a run that has not said who it is";
  const { who, host, pid, operation, since, run } = holder;
  const sameDay = since.slice(0, 10) === now.toISOString().slice(0, 10);
  const when = `${sameDay ? "" : `${since.slice(0, 10)} `}${since.slice(11, 16)} UTC`;
  return `${who}@${host} since ${when} (${operation}, ${run === null ? `process ${pid}` : `run ${run}`})`;
}
