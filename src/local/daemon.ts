/** The local cloud's process: `node daemon.js <repository> [gateway port]`. Runs until it is told to stop. */
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { requireManifest } from "../manifest/parse.js";
import { LOCAL_SUBSCRIPTION } from "../naming/simulated.js";
import { stateAccountName } from "../naming/state-account.js";
import { version } from "../version.js";
import { type DaemonAddress, readAddress } from "./address.js";
import { openParts } from "./composition.js";
import { type LocalFolder, makeLocalFolder, writePrivate } from "./folder.js";
import { type Claim, claim } from "./owner.js";
import { createRemote } from "./remote.js";
import { chooseGatewayPort, keepSettings, readSettings } from "./settings.js";
import { toWire } from "./wire.js";

async function main(root: string, port: number | undefined): Promise<void> {
  const places = makeLocalFolder(root);
  const owned = await takeOver(places);
  if (owned === null) return;
  const settings = readSettings(root);
  const account = settings.account ?? (await accountOf(root));
  const gatewayPort = port ?? settings.gatewayPort ?? (await chooseGatewayPort(root));
  const cloud = await openParts({ places, account, gatewayPort, stop: () => void stop(), say });
  keepSettings(root, { gatewayPort, account });
  await createRemote(root);

  const address: DaemonAddress = {
    schemaVersion: 1,
    version,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    gatewayPort,
    ...cloud.address,
  };
  writePrivate(places.daemonFile, JSON.stringify(address));
  say(`started, version ${version}, process ${process.pid}, gateway on ${gatewayPort}`);

  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    say("stopping");
    await cloud.close();
    if (readAddress(root)?.pid === process.pid) fs.rmSync(places.daemonFile, { force: true });
    owned.release();
    say("stopped");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
  process.on("SIGHUP", () => {});
  setInterval(() => {
    if (owned.holds() && readAddress(root)?.pid === process.pid) return;
    say("its folder was deleted");
    void stop();
  }, WATCH).unref();
}

/** Milliseconds between two looks whether the folder is still there. */
const WATCH = 500;

/** Milliseconds that another daemon may take to start, or to end because its folder was deleted. */
const PATIENCE = 20_000;

/** Null when another daemon answers for the checkout. */
async function takeOver({ root, owner }: LocalFolder): Promise<Claim | null> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const owned = claim(owner);
    if (owned) return owned;
    if (readAddress(root)) return null;
    if (Date.now() > end) throw new Error(`the process that ${owner} names neither answers nor ends`);
    await sleep(50);
  }
}

/** The state account is named after the project; kept afterwards, so that a broken paas.yaml stops no start. */
async function accountOf(root: string): Promise<string> {
  const text = fs.readFileSync(path.join(root, "paas.yaml"), "utf8");
  return stateAccountName(requireManifest(text, "paas.yaml"), LOCAL_SUBSCRIPTION);
}

function say(line: string): void {
  console.log(`${new Date().toISOString()} ${line}`);
}

const [root, port] = process.argv.slice(2);
try {
  await main(root ?? "", port === undefined ? undefined : Number(port));
} catch (error) {
  console.error(error);
  if (root) writePrivate(path.join(makeLocalFolder(root).folder, "start-error.json"), JSON.stringify(toWire(error)));
  process.exit(1);
}
