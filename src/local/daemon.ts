/** The local cloud's process: `node daemon.js <repository> [gateway port]`. Runs until it is told to stop. */
import fs from "node:fs";
import path from "node:path";
import { requireManifest } from "../manifest/parse.js";
import { LOCAL_SUBSCRIPTION } from "../naming/simulated.js";
import { stateAccountName } from "../naming/state-account.js";
import { version } from "../version.js";
import type { DaemonAddress } from "./address.js";
import { openParts } from "./composition.js";
import { makeLocalFolder, writePrivate } from "./folder.js";
import { claim } from "./owner.js";
import { createRemote } from "./remote.js";
import { chooseGatewayPort, keepSettings, readSettings } from "./settings.js";
import { toWire } from "./wire.js";

async function main(root: string, port: number | undefined): Promise<void> {
  const places = makeLocalFolder(root);
  const release = claim(path.join(places.folder, "daemon.pid"));
  if (release === null) return;
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
    fs.rmSync(places.daemonFile, { force: true });
    release();
    say("stopped");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop());
  process.on("SIGHUP", () => {});
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
