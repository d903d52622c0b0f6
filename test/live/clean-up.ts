import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { deadline } from "../../src/deadline.js";
import { type CleanUp, writeCleanUp } from "./clean-up-file.js";
import type { Ground } from "./ground.js";
import type { Picture } from "./picture.js";
import { KINDS, type Kind, type Owner, principalsOf, type Remain, remainsOf, remainsOfKind } from "./remains.js";
import { openSubscription, type Subscription } from "./subscription.js";

/** Longest that the removal of one thing is waited for: a Container Apps environment takes its time. */
const LIMIT = 45 * 60_000;
/** Longest that a command of a killed run is waited for. */
const COMMAND_LIMIT = 10 * 60_000;
/** What cannot be removed now may be a moment later: a role that is still assigned, a vault that is not listed yet. */
const ROUNDS = 3;
/** Milliseconds between two rounds. */
const PACE = 20_000;

/**
 * Removes everything that a run has made, and its file when nothing is left. What cannot be removed is printed with the
 * commands that do it by hand, and the file stays.
 * @returns whether nothing is left
 */
export async function finishCleanUp(
  file: string,
  cleanUp: CleanUp,
  ground: Ground,
  picture: Picture,
): Promise<boolean> {
  await endCommand(cleanUp, picture);
  const subscription = await openSubscription(cleanUp.subscription, {
    ...ground,
    variables: { ...ground.variables, ARM_TENANT_ID: cleanUp.tenant },
  });
  try {
    const left = await removeAll(file, cleanUp, subscription, picture);
    if (left.length === 0) {
      fs.rmSync(file, { force: true });
      return true;
    }
    picture.note(`\n${left.length} left; by hand:`);
    for (const { label, byHand } of left) for (const words of byHand) picture.note(`  ${words}    # ${label}`);
    return false;
  } finally {
    await subscription.close();
  }
}

async function removeAll(
  file: string,
  cleanUp: CleanUp,
  subscription: Subscription,
  picture: Picture,
): Promise<Remain[]> {
  const { owner } = cleanUp;
  const now = await principalsOf(owner, subscription).catch(() => []);
  const principals = [...new Set([...owner.principals, ...now])];
  const known = { ...owner, principals };
  writeCleanUp(file, { ...cleanUp, owner: known });
  for (let round = 1; ; round++) {
    for (const kind of KINDS) await removeKind(kind, known, subscription, picture);
    const left = await remainsOf(known, subscription);
    if (left.length === 0 || round === ROUNDS) return left;
    if (!cleanUp.simulated) await sleep(PACE);
  }
}

async function removeKind(kind: Kind, owner: Owner, subscription: Subscription, picture: Picture): Promise<void> {
  for (const { label, remove } of await remainsOfKind(kind, owner, subscription)) {
    await picture.line(`remove ${label}`, async () => {
      await remove(deadline(LIMIT));
      return "gone";
    });
  }
}

/** A command outlives a run that was killed, and would go on making things. */
async function endCommand({ running, folder }: CleanUp, picture: Picture): Promise<void> {
  const pid = running;
  if (pid === null || !isOf(pid, folder)) return;
  await picture.line(`end the command of that run (process ${pid})`, async () => {
    process.kill(pid, "SIGTERM");
    const end = Date.now() + COMMAND_LIMIT;
    while (isOf(pid, folder)) {
      if (Date.now() > end) process.kill(pid, "SIGKILL");
      await sleep(200);
    }
    return "ended";
  });
}

/** Numbers of processes are used again: one of the run names its folder. */
function isOf(pid: number, folder: string): boolean {
  try {
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).includes(folder);
  } catch {
    return false;
  }
}
