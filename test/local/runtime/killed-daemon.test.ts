import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startRuntime } from "../../../src/local/runtime/runtime.js";
import { Store } from "../../../src/local/store.js";
import { appId, appResource, get, isRunning, placesIn, serverSaying } from "./open-runtime.js";

type SeenApp = { id: string; state: string; pid: number; port: number; revision: string };

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "paas-killed-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Starts a process with a runtime in it and waits until its apps are up. */
async function startDaemon(): Promise<{ child: ChildProcess; apps: SeenApp[] }> {
  const script = fileURLToPath(new URL("killed-daemon.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(readline.createInterface({ input: child.stdout }), "line");
  return { child, apps: JSON.parse(line as string) as SeenApp[] };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

function start(store: Store) {
  return startRuntime({ ...placesIn(folder), store, secretValue: () => undefined });
}

test("apps of a killed daemon are ended by the next one, which brings them back at the same ports", async () => {
  const store = Store.open(folder);
  for (const name of ["ca-web", "ca-api"]) store.put(appResource(folder, name, { script: serverSaying(name) }));
  const { child, apps } = await startDaemon();
  expect(apps.map(({ state }) => state)).toEqual(["running", "running"]);
  await kill(child);
  expect(apps.map(({ pid }) => isRunning(pid))).toEqual([true, true]);

  const reopened = Store.open(folder);
  const runtime = await start(reopened);
  try {
    expect(apps.map(({ pid }) => isRunning(pid))).toEqual([false, false]);
    await runtime.idle();
    for (const { id, port, revision } of apps) {
      expect(runtime.status(id)).toMatchObject({ state: "running", port, revision, restarts: 0 });
      expect(reopened.history(id)?.revisions).toHaveLength(1);
    }
    expect((await get(await runtime.ingressPort(appId("ca-api")))).text).toBe("ca-api");
  } finally {
    await runtime.close();
  }
});

test("a process that was never noted is found by its home", async () => {
  const store = Store.open(folder);
  store.put(appResource(folder, "ca-web", { script: serverSaying("one") }));
  const { child, apps } = await startDaemon();
  await kill(child);
  fs.rmSync(path.join(folder, "runtime", "processes"), { recursive: true });
  const runtime = await start(Store.open(folder));
  const found = apps.map(({ pid }) => isRunning(pid));
  await runtime.close();
  if (process.platform === "linux") expect(found).toEqual([false]);
  else for (const { pid } of apps) process.kill(-pid, "SIGKILL");
});

test("a noted process id that another program has by now is left alone", async () => {
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
  try {
    const records = path.join(folder, "runtime", "processes");
    fs.mkdirSync(records, { recursive: true });
    fs.writeFileSync(path.join(records, String(stranger.pid)), "an earlier start");
    const runtime = await start(Store.open(folder));
    await runtime.close();
    expect(isRunning(stranger.pid ?? null)).toBe(true);
    expect(fs.readdirSync(records)).toEqual([]);
  } finally {
    stranger.kill("SIGKILL");
  }
});

test("a version that was starting when the daemon was killed is not tried again", async () => {
  const store = Store.open(folder);
  const runtime = await start(store);
  store.put(appResource(folder, "ca-web", { script: serverSaying("one") }));
  await runtime.idle();
  store.put(appResource(folder, "ca-web", { script: "setInterval(() => {}, 1000)" }));
  const asKilled = Store.open(folder);
  await runtime.close();

  const next = await start(asKilled);
  await next.idle();
  try {
    const [newest, older] = asKilled.history(appId("ca-web"))?.revisions ?? [];
    expect(newest).toMatchObject({
      name: "ca-web--0000002",
      state: "failed",
      reason: "interrupted: the local cloud ended while it was starting",
    });
    expect(older).toMatchObject({ name: "ca-web--0000001", state: "ready" });
    expect(next.status(appId("ca-web"))).toMatchObject({ state: "running", revision: "ca-web--0000001" });
  } finally {
    await next.close();
  }
});

test("what was wanted but had no revision yet gets one", async () => {
  Store.open(folder).put(appResource(folder, "ca-web", { script: serverSaying("one") }));
  const store = Store.open(folder);
  const runtime = await start(store);
  await runtime.idle();
  expect(store.history(appId("ca-web"))?.revisions).toMatchObject([{ name: "ca-web--0000001", state: "ready" }]);
  await runtime.close();
});
