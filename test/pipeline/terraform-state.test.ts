import fs from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import type { Doors } from "../../src/pipeline/doors.js";
import { withState } from "../../src/pipeline/terraform-state.js";
import { temporaryFolder } from "../helpers/repository.js";

const state = (serial: number) => Buffer.from(JSON.stringify({ lineage: "one", serial }));

/** A run's folder with what a killed Terraform has left, and the state account's side of it. */
function surroundings(who: string) {
  const work = temporaryFolder("work-");
  const binary = path.join(work, "terraform");
  fs.writeFileSync(binary, "#!/bin/sh\n", { mode: 0o755 });
  fs.writeFileSync(path.join(work, "errored.tfstate"), state(2));
  const account = {
    kept: state(1) as Buffer,
    lock: { info: { ID: "id", Who: who, Created: "12:00" } } as object | null,
  };
  const blobs = {
    download: async () => account.kept,
    lock: async () => account.lock,
    breakLock: async () => {
      account.lock = null;
      return true;
    },
    upload: async (_: object, content: Buffer) => {
      if (account.lock) throw new Error("locked");
      account.kept = content;
    },
  };
  const terraform = { stateThroughFile: false };
  const doors = { state: { blobs }, cloud: { name: "local", terraform }, home: work } as unknown as Doors;
  const run = { binary, envId: "alice", work, variables: {}, signal: new AbortController().signal };
  const place = {
    platform: { stateAccount: "stshop" },
    state: { container: "tier-nonprod", key: "state/alice.tfstate" },
  };
  const warnings: string[] = [];
  const use = () =>
    withState(
      run,
      place,
      doors,
      (text) => warnings.push(text),
      async () => account.kept,
    );
  return { use, warnings, work };
}

test("what a killed Terraform could not write is brought in, also when its lock was still held a moment ago", async () => {
  const { use, warnings, work } = surroundings(`me@${hostname()}`);
  expect(await use()).toEqual(state(2));
  expect(warnings).toEqual([
    expect.stringContaining("its lock on the state is given back"),
    expect.stringContaining("brought in from the run's folder"),
  ]);
  expect(fs.existsSync(path.join(work, "errored.tfstate"))).toBe(false);
});

test("the lock of another machine is not broken for it", async () => {
  const { use, work } = surroundings("somebody@elsewhere");
  await expect(use()).rejects.toThrow("locked");
  expect(fs.existsSync(path.join(work, "errored.tfstate"))).toBe(true);
});
