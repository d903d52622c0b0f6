import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { run } from "../helpers/paas.js";
import { openStandIns, type StandIns, SUBSCRIPTION } from "./stand-ins.js";
import { STEPS } from "./steps.js";

const SLOW = 300_000;
const ROOT = path.resolve(import.meta.dirname, "../..");
const PROGRAM = ["--import", "tsx", "test/live/live.ts", "--dry"];

/** Requests that make or change something. */
const CHANGING = /^(PUT|PATCH|DELETE|POST) https:\/\/management\.azure\.com\/(?!.*checkNameAvailability)/;

const variables = () => ({ PAAS_LIVE_BIN: inject("installedCli").paas });

/** A run against stand-ins that outlive it. */
function start(here: StandIns, ...words: string[]) {
  const env = { ...process.env, ...variables(), PAAS_LIVE_STAND_INS: here.file };
  const child = spawn(process.execPath, [...PROGRAM, ...words], { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
    ([[exit], stdout, stderr]) => ({ exit: exit as number | null, output: `${stdout}${stderr}` }),
  );
  return { kill: (signal: NodeJS.Signals) => child.kill(signal), ended };
}

/** What is in the simulated subscription, without the Owner that was there before. */
function contents({ azure }: StandIns): unknown[] {
  const [, ...assignments] = azure.roles.assignments;
  return [
    ...azure.store.list().map(({ id }) => id),
    ...azure.softDeleted.vaults,
    ...assignments.map(({ id }) => id),
    ...azure.roles.definitions.keys(),
  ];
}

const cleanUpFiles = ({ ground }: StandIns) =>
  fs.readdirSync(ground.runs).flatMap((name) => {
    const file = path.join(ground.runs, name, "clean-up.json");
    return fs.existsSync(file) ? [file] : [];
  });

test.concurrent(
  "npm run test:live -- --dry takes every step, and says that Azure is simulated",
  async ({ expect }) => {
    const words = ["run", "--silent", "test:live", "--", "--dry"];
    const { exit, stdout, stderr } = await run("npm", words, { cwd: ROOT, variables: variables() });
    expect(exit, stdout + stderr).toBe(0);
    const taken = stdout.split("\n").filter((line) => line.startsWith("✓") && line.endsWith("(simulated)"));
    expect(taken.map((line) => line.slice(2, 46).trim())).toEqual([
      "the CLI is packed and installed",
      ...STEPS.map(({ name }) => name),
    ]);
    expect(stdout).toContain("Azure and docker are simulated");
    expect(stdout).toContain("The live run passed.");
  },
  SLOW,
);

describe.concurrent("a run that does not get to its end", () => {
  let here: StandIns;
  beforeAll(async () => {
    here = await openStandIns();
  }, SLOW);
  afterAll(() => here?.ground.close());

  // One after the other: they share a subscription, and a run wants one of its own.
  test(
    "is refused, fails, is interrupted and is killed: nothing stays",
    async ({ expect }) => {
      await refusedForOthers(here);
      await failsInTheMiddle(here);
      await isInterrupted(here);
      await isKilled(here);
      expect(here.azure.violations).toEqual([]);
    },
    SLOW,
  );
});

function whenAsked({ azure }: StandIns, pattern: RegExp, act: () => void): void {
  let done = false;
  azure.watch((request) => {
    if (done || !pattern.test(request)) return;
    done = true;
    act();
  });
}

async function refusedForOthers(here: StandIns): Promise<void> {
  const id = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-accounting`;
  const attributes = { name: "rg-accounting", location: "westeurope", tags: {}, managed_by: "" };
  here.azure.store.put({ id, type: "azurerm_resource_group", attributes });
  const { exit, output } = await start(here).ended;
  here.azure.store.delete(id);
  expect(exit, output).toBe(5);
  expect(output).toContain("rg-accounting");
  expect(output).toContain("[subscription-shared]");
  expect(here.azure.requests.filter((request) => CHANGING.test(request))).toEqual([]);
  expect(cleanUpFiles(here)).toEqual([]);
}

/** The platform is there as far as Terraform makes it when an identity is refused. */
async function failsInTheMiddle(here: StandIns): Promise<void> {
  const registered: string[][] = [];
  here.azure.watch((request) => {
    if (CHANGING.test(request)) registered.push(cleanUpFiles(here));
  });
  const trouble = { status: 403, code: "AuthorizationFailed", message: "no identities for you" };
  here.azure.faults.add({ method: "PUT", url: /userAssignedIdentities\/id-live-\w+-nonprod$/, trouble, times: 99 });
  const { exit, output } = await start(here).ended;
  here.azure.faults.clear();
  expect(exit, output).toBe(1);
  expect(output).toMatch(/^✗ paas bootstrap --yes/m);
  expect(output).not.toMatch(/^. paas doctor/m);
  expect(output).toMatch(/^✓ remove resource group rg-live-\w+-platform-nonprod/m);
  expect(registered[0], "the clean-up file before the first change").toHaveLength(1);
  expect(contents(here)).toEqual([]);
  expect(cleanUpFiles(here)).toEqual([]);
}

async function isInterrupted(here: StandIns): Promise<void> {
  const running = start(here);
  whenAsked(here, /^PUT .*\/storageAccounts\/\w+\?/, () => running.kill("SIGINT"));
  const { exit, output } = await running.ended;
  expect(exit, output).toBe(130);
  expect(output).toContain("SIGINT: ending what runs");
  expect(contents(here)).toEqual([]);
}

async function isKilled(here: StandIns): Promise<void> {
  const running = start(here);
  whenAsked(here, /^PUT .*\/storageAccounts\/\w+\?/, () => running.kill("SIGKILL"));
  await running.ended;
  const [file = ""] = cleanUpFiles(here);
  expect(contents(here)).not.toEqual([]);
  const { exit, output } = await start(here, "--clean-up", file).ended;
  expect(exit, output).toBe(0);
  expect(contents(here)).toEqual([]);
  expect(cleanUpFiles(here)).toEqual([]);
}
