import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { type RunRequest, Runs } from "../../src/local/runs.js";
import { temporaryFolder } from "../helpers/repository.js";

const [ZERO, ONE, TWO, THREE] = ["0", "1", "2", "3"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const up = (before: string, commit: string, branch = "env-alice"): RunRequest => ({
  kind: "up",
  branch,
  before,
  commit,
});
const never = new AbortController().signal;

/** Runs that note their commit in a file and end with `exit`, as soon as the file `open` is there. */
function runsIn(folder: string, exit = 0): Runs {
  const script = `
    const fs = require("node:fs");
    fs.appendFileSync("started", process.argv[1] + "\\n");
    const timer = setInterval(() => {
      if (!fs.existsSync("open")) return;
      console.log("ended " + process.argv[1]);
      clearInterval(timer);
      process.exitCode = ${exit};
    }, 5);
  `;
  return new Runs(({ commit }) => ({ words: ["-e", script, commit], variables: process.env, cwd: folder }));
}

function follow(runs: Runs, request: RunRequest) {
  const lines: string[] = [];
  const ended = runs.follow(request, (line) => lines.push(line), never).then(({ exit }) => exit);
  return { lines, ended };
}

const open = (folder: string) => fs.writeFileSync(path.join(folder, "open"), "");
const started = (folder: string) => fs.readFileSync(path.join(folder, "started"), "utf8").trimEnd().split("\n");

test("a push that another one overtook deploys nothing and says so", async () => {
  const folder = temporaryFolder("runs-");
  const runs = runsIn(folder);
  const [first, second] = [follow(runs, up(ONE, TWO)), follow(runs, up(ONE, THREE))];
  open(folder);

  expect([await first.ended, await second.ended]).toEqual([0, 1]);
  expect(second.lines[0]).toBe("waiting for the run of env-alice before this one");
  expect(second.lines[1]).toContain("another push moved env-alice while this one waited");
  expect(started(folder)).toEqual([TWO]);
  expect(runs.list()).toEqual([]);
});

test("behind a push that failed, the next one has its turn", async () => {
  const folder = temporaryFolder("runs-");
  const runs = runsIn(folder, 1);
  const [first, second] = [follow(runs, up(ONE, TWO)), follow(runs, up(ONE, THREE))];
  open(folder);

  expect([await first.ended, await second.ended]).toEqual([1, 1]);
  expect(started(folder)).toEqual([TWO, THREE]);
});

test("a push on top of the one before it, and a new one after a deletion, have their turn", async () => {
  const folder = temporaryFolder("runs-");
  const runs = runsIn(folder);
  const followed = [
    follow(runs, up(ONE, TWO)),
    follow(runs, { kind: "destroy", branch: "env-alice", before: TWO, commit: TWO }),
    follow(runs, up(ZERO, THREE)),
  ];
  open(folder);

  expect(await Promise.all(followed.map(({ ended }) => ended))).toEqual([0, 0, 0]);
  expect(started(folder)).toEqual([TWO, TWO, THREE]);
});

test("the same push again joins the one that runs, and sees all of its lines", async () => {
  const folder = temporaryFolder("runs-");
  const runs = runsIn(folder);
  const [first, second] = [follow(runs, up(ONE, TWO)), follow(runs, up(ONE, TWO))];
  open(folder);

  expect([await first.ended, await second.ended]).toEqual([0, 0]);
  expect(started(folder)).toEqual([TWO]);
  expect(second.lines).toEqual(["joining the run of env-alice that is already running", `ended ${TWO}`]);
});

test("different branches run side by side", async () => {
  const folder = temporaryFolder("runs-");
  const runs = runsIn(folder);
  const followed = [follow(runs, up(ONE, TWO)), follow(runs, up(ONE, THREE, "env-bob"))];
  expect(runs.list().map(({ branch, state }) => [branch, state])).toEqual([
    ["env-alice", "running"],
    ["env-bob", "running"],
  ]);
  open(folder);
  expect(await Promise.all(followed.map(({ ended }) => ended))).toEqual([0, 0]);
});
