import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { registerDestroy } from "../../src/commands/destroy.js";
import { registerPlan } from "../../src/commands/plan.js";
import { registerUp } from "../../src/commands/up.js";
import { EXIT, PaasError } from "../../src/errors.js";
import { createReporter, type Reporter, silentReporter } from "../../src/github/reporter.js";
import type { Tools } from "../../src/tools.js";
import { ALICE, openForTest, RUN_URL } from "./open.js";

const OUTCOME = { url: "http://alice.localhost", resourceGroup: "rg-shop-alice", changes: [] };

async function openReporterForTest(signal = new AbortController().signal) {
  const opened = await openForTest(signal);
  const warnings: string[] = [];
  const reporter: Reporter = createReporter({
    context: {
      event: { kind: "push", branch: "env-alice", deleted: false },
      sender: "alice",
      defaultBranch: "main",
      repository: { owner: "acme", repo: "shop" },
      sha: ALICE.commit ?? "",
      runUrl: RUN_URL,
      apiUrl: opened.standIn.apiUrl,
      token: null,
      files: { outputs: null, summary: null },
    },
    github: opened.github,
    ui: { warn: (line) => void warnings.push(line), actions: null },
    clock: () => 0,
    signal,
  });
  return { ...opened, reporter, warnings };
}

test("the work begins before GitHub has answered, and its end is told after its beginning", async () => {
  const { reporter, standIn } = await openReporterForTest();
  let callsBefore = -1;
  const value = await reporter.report(
    ALICE,
    async () => {
      callsBefore = standIn.calls.length;
      return 42;
    },
    () => OUTCOME,
  );
  expect([value, callsBefore]).toEqual([42, 0]);
  expect(standIn.repository.deployments[0]?.statuses.map(({ state }) => state)).toEqual(["in_progress", "success"]);
  expect(standIn.repository.statuses.map(({ state }) => state)).toEqual(["pending", "success"]);
});

test("a run that was stopped is an error at GitHub, no failure of the app", async () => {
  const stop = new AbortController();
  const { reporter, standIn } = await openReporterForTest(stop.signal);
  const work = async () => {
    stop.abort();
    throw new PaasError("terraform-failed", "Terraform ended with 1", { exit: EXIT.failed });
  };
  await expect(reporter.report(ALICE, work, () => OUTCOME)).rejects.toThrow("Terraform ended with 1");
  expect(standIn.repository.deployments[0]?.statuses.at(-1)).toMatchObject({ state: "error" });
  expect(standIn.repository.statuses.at(-1)).toMatchObject({ state: "error", target_url: RUN_URL });
});

test("a failure keeps what served before active", async () => {
  const { reporter, standIn } = await openReporterForTest();
  await reporter.report(
    ALICE,
    async () => 1,
    () => OUTCOME,
  );
  const failing = reporter.report(
    ALICE,
    () => Promise.reject(new PaasError("x", "no")),
    () => OUTCOME,
  );
  await expect(failing).rejects.toThrow("no");
  const ends = standIn.repository.deployments.map(({ statuses }) => statuses.at(-1)?.state);
  expect(ends).toEqual(["success", "failure"]);
});

test("a bug passes through as it is and is told, too", async () => {
  const { reporter, standIn } = await openReporterForTest();
  const bug = new TypeError("x is undefined");
  await expect(
    reporter.report(
      ALICE,
      () => Promise.reject(bug),
      () => OUTCOME,
    ),
  ).rejects.toBe(bug);
  expect(standIn.repository.statuses.at(-1)).toMatchObject({ state: "failure", description: "x is undefined" });
});

test("an answer that makes no sense is a warning", async () => {
  const { reporter, standIn, warnings } = await openReporterForTest();
  standIn.refuse(/^POST \/deployments$/, { status: 202, body: { message: "Auto-merged main" } });
  await reporter.report(
    ALICE,
    async () => 1,
    () => OUTCOME,
  );
  expect(warnings).toEqual(["could not file a deployment of alice: GitHub's answer makes no sense (Auto-merged main)"]);
});

test("outside Actions work is work and nothing else", async () => {
  expect(await silentReporter.objection(ALICE)).toBeNull();
  expect(
    await silentReporter.report(
      ALICE,
      async () => 42,
      () => OUTCOME,
    ),
  ).toBe(42);
});

describe("--comment", () => {
  test.each([
    ["up", registerUp],
    ["plan", registerPlan],
    ["destroy", registerDestroy],
  ])("%s", async (name, register) => {
    const seen: { comment?: boolean }[] = [];
    for (const flags of [["--comment"], []]) {
      const program = new Command();
      register(program, {} as Tools, async (options) => void seen.push(options));
      await program.parseAsync([name, "alice", ...flags], { from: "user" });
    }
    expect(seen.map(({ comment }) => comment)).toEqual([true, undefined]);
  });
});
