import fs from "node:fs";
import path from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { type Event, stepsOf } from "../../src/pipeline/events.js";
import { proposeLockFile } from "../../src/pipeline/provider-lock.js";
import { LOCK_FILE } from "../../src/terraform/lock-file.js";
import { temporaryFolder } from "../helpers/repository.js";

const events: Event[] = [];
const warnings = () => events.flatMap(({ status, detail }) => (status === "warning" ? [detail] : []));
beforeEach(() => {
  events.length = 0;
});

/** After an apply of a commit without a lock file; Terraform is a script. */
function applied(script: string, { checkedOut = true } = {}) {
  const [work, root] = [temporaryFolder("work-"), temporaryFolder("root-")];
  const binary = path.join(work, "terraform");
  fs.writeFileSync(binary, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const target = path.join(root, "infra");
  if (checkedOut) fs.mkdirSync(target);
  const stop = new AbortController();
  const interrupted = vi.fn();
  const run = { binary, envId: "alice", work, variables: {}, signal: stop.signal, onInterrupt: interrupted };
  const doors = { variables: {}, signal: stop.signal, git: { root }, cloud: { terraform: { providers: null } } };
  const steps = stepsOf(
    (event) => events.push(event),
    () => 0,
  );
  const propose = (limit?: number) => proposeLockFile(run, temporaryFolder("infra-"), doors, steps, limit);
  return { propose, target, stop, interrupted, started: () => fs.existsSync(path.join(work, "started")) };
}

test("a working tree without infra/ gets none, and is told where it would be written", async () => {
  const { propose, target, started } = applied("touch started", { checkedOut: false });
  await propose();
  expect([started(), fs.existsSync(target)]).toEqual([false, false]);
  expect(warnings()).toEqual([expect.stringMatching(/`paas up` or .* where infra\/ is checked out writes it/)]);
});

test("a working tree that cannot be written to fails nothing", async () => {
  const { propose, target } = applied(`echo locked > ${LOCK_FILE}`);
  fs.symlinkSync(path.join(target, "missing", "file"), path.join(target, LOCK_FILE));
  await propose();
  expect(warnings()).toEqual([expect.stringMatching(/^infra\/\.terraform\.lock\.hcl could not be written: ENOENT/)]);
});

test("a registry that takes too long fails nothing, and nobody is told that they have stopped it", async () => {
  const { propose, interrupted } = applied("exec sleep 60");
  await propose(300);
  expect(warnings()).toEqual([expect.stringMatching(/could not be written: Terraform's registry took longer than/)]);
  expect(interrupted).not.toHaveBeenCalled();
});

test("who stops the run stops this too", async () => {
  const { propose, stop, started } = applied("touch started; exec sleep 60");
  const ended = expect(propose()).rejects.toMatchObject({ code: "aborted" });
  await vi.waitUntil(started);
  stop.abort();
  await ended;
  expect(warnings()).toEqual([]);
});
