import { expect, test } from "vitest";
import { PushView } from "../../src/commands/pushed.report.js";
import type { Line, Progress } from "../../src/workflow/rehearse/transcript.js";

const FILE = { workflow: ".github/workflows/paas-environment.yml" };
const JOB = { ...FILE, job: "up" };

function line(text: string, source: Line["source"] = "output", by: "run" | "action" = "run", step = "Up"): Progress {
  return { kind: "line", ...JOB, by, step, text, source };
}

function shown(progress: Progress[]): { lines: string[]; view: PushView } {
  const view = new PushView();
  return { lines: progress.flatMap((one) => view.linesOf(one)), view };
}

test("a workflow that starts with its reason, others only when something runs, a job, a step before its first line", () => {
  const { lines } = shown([
    { kind: "workflow", workflow: "x/ci.yml", starts: false, why: "left out: it has nothing to do with environments" },
    { kind: "workflow", ...FILE, starts: true, why: "env-a is among branches" },
    { kind: "workflow", workflow: "x/paas-nightly.yml", starts: false, why: "it is not on: push" },
    { kind: "job", ...JOB, status: "started", why: null },
    line("cloud: local"),
    line("✓ lock"),
    line("more", "output", "run", "Other"),
    { kind: "job", workflow: FILE.workflow, job: "destroy", status: "skipped", why: "its condition is false" },
  ]);
  expect(lines).toEqual([
    "paas-environment.yml starts: env-a is among branches (GitHub Actions is simulated)",
    "left out, since they have nothing to do with environments: ci.yml",
    "job up",
    "step Up",
    "cloud: local",
    "✓ lock",
    "step Other",
    "more",
  ]);
});

test("nothing is said of workflows when no job runs", () => {
  const { lines } = shown([
    { kind: "workflow", workflow: "x/ci.yml", starts: false, why: "left out: it has nothing to do with environments" },
    { kind: "workflow", ...FILE, starts: true, why: "every deleted branch or tag starts it" },
    { kind: "job", ...JOB, status: "skipped", why: "its condition is false" },
  ]);
  expect(lines).toEqual([]);
});

test("folded lines stand below their step without a title; warnings and notices read as outside a workflow", () => {
  const { lines } = shown([
    line("output of build web", "group"),
    line("npm ci", "grouped"),
    line("✓ build web"),
    line("careful", "warning"),
    line("branch is back: nothing was done", "notice"),
  ]);
  expect(lines).toEqual(["step Up", "  npm ci", "✓ build web", "! careful", "branch is back: nothing was done"]);
});

test("an error is told once, with its code, and the runner adds nothing", () => {
  const { lines, view } = shown([
    line("error: no database  [unhealthy]"),
    line("  next: look"),
    line("no database\nnext: look", "error"),
    line("Process completed with exit code 1.", "runner"),
  ]);
  expect(lines).toEqual(["step Up", "error: no database  [unhealthy]", "  next: look"]);
  expect(view.toldError).toBe(true);
});

test("an annotation that nothing else says is told", () => {
  const { lines, view } = shown([line("too big", "error"), line("Process completed with exit code 3.", "runner")]);
  expect(lines).toEqual(["step Up", "error: too big"]);
  expect([view.toldError, view.kept()]).toEqual([false, ["Process completed with exit code 3."]]);
});

test("what actions print is kept for when one fails", () => {
  const step = { kind: "step", ...JOB, step: "Cache", duration: 1 } as const;
  const { lines, view } = shown([
    line("checked out", "output", "action"),
    { ...step, status: "success" },
    line("cache not found", "output", "action", "Cache"),
    line("there is no cache", "runner", "action", "Cache"),
    { ...step, status: "failure" },
  ]);
  expect(lines).toEqual([]);
  expect(view.kept()).toEqual(["cache not found", "there is no cache"]);
});
