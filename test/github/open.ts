import { onTestFinished } from "vitest";
import { type Github, openGithub, type Patience } from "../../src/github/api.js";
import type { Run } from "../../src/github/run.js";
import { openStandIn, type StandIn, TOKEN } from "./stand-in.js";

export const RUN_URL = "https://github.example/acme/shop/actions/runs/8812/attempts/1";
export const SHA = "41f0a3e2".repeat(5);

export const ALICE: Run = {
  operation: "up",
  envId: "alice",
  branch: "env-alice",
  commit: SHA,
  kind: "branch",
  tier: "nonprod",
  comment: false,
};
export const PREVIEW: Run = { ...ALICE, envId: "pr-7", branch: "pr-7", kind: "preview", comment: true };

/** A clock that nobody has to wait for; it keeps how long would have been waited. */
export class Clock implements Patience {
  time = Date.parse("2026-11-21T12:00:00Z");
  waits: number[] = [];
  now(): number {
    return this.time;
  }
  async wait(milliseconds: number): Promise<void> {
    this.waits.push(milliseconds);
    this.time += milliseconds;
  }
}

export type Opened = { standIn: StandIn; github: Github; clock: Clock };

/** A stand-in of one test; at its end no request may have been wrong. */
export async function standInForTest(): Promise<StandIn> {
  const standIn = await openStandIn();
  onTestFinished(() => standIn.close());
  return standIn;
}

/** A stand-in and the way to it. */
export async function openForTest(signal = new AbortController().signal): Promise<Opened> {
  const standIn = await standInForTest();
  const clock = new Clock();
  const place = { apiUrl: standIn.apiUrl, repository: { owner: "acme", repo: "shop" } };
  return { standIn, clock, github: await openGithub(place, TOKEN, signal, clock) };
}
