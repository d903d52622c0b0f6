import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { localClientOptions } from "../../../src/local/certificate.js";
import { tokenCredential } from "../../../src/local/token.js";
import { openAccount } from "../../../src/state/container.js";
import { openState, type State } from "../../../src/state/state.js";
import { eventually } from "./ask.js";

/** What the local cloud of a checkout says of itself. */
export type Address = {
  pid: number;
  port: number;
  doorPort: number;
  gatewayPort: number;
  token: string;
  certificate: string;
};

export function addressOf(folder: string): Address {
  return JSON.parse(fs.readFileSync(path.join(folder, ".paas", "local", "daemon.json"), "utf8")) as Address;
}

/** Ends the local cloud as a power cut would, and waits until it is gone. */
export async function killDaemon(folder: string): Promise<void> {
  await killed(addressOf(folder).pid);
}

/** Ends a process at once, and waits until it is gone. */
export async function killed(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await eventually(async () => (runs(pid) ? undefined : true), `process ${pid} to be gone`);
}

/** The state account as another machine's run would see it. */
export function stateOf(folder: string): State {
  return openState(blobsOf(folder));
}

/** Takes Terraform's lock on an environment's state as a Terraform of somebody else does; gives the lock's id. */
export async function holdAsTerraform(folder: string, envId: string, who: string): Promise<string> {
  const ID = randomUUID();
  const { state } = placesOf(envId);
  const info = { ID, Operation: "OperationTypeApply", Who: who, Version: "1.11.4", Created: new Date().toISOString() };
  const blob = openAccount(blobsOf(folder)).blob(state);
  await blob.getBlobLeaseClient(ID).acquireLease(-1);
  const terraformlockid = Buffer.from(JSON.stringify({ ...info, Path: state.key, Info: "" })).toString("base64");
  await blob.setMetadata({ terraformlockid }, { conditions: { leaseId: ID } });
  return ID;
}

/** The simulated Resource Manager. */
export function armOf(folder: string) {
  const { port, token, certificate } = addressOf(folder);
  const options = localClientOptions(certificate);
  return { url: `https://127.0.0.1:${port}`, credential: tokenCredential(token), options };
}

function blobsOf(folder: string) {
  const { account } = JSON.parse(fs.readFileSync(path.join(folder, ".paas", "local", "settings.json"), "utf8")) as {
    account: string;
  };
  const arm = armOf(folder);
  return { ...arm, url: `${arm.url}/${account}` };
}

/** Where an unprotected environment's record and state lie. */
export function placesOf(envId: string) {
  const container = "tier-nonprod";
  return {
    record: { container, key: `envs/${envId}.json` },
    state: { container, key: `state/${envId}.tfstate` },
  };
}

/** Zombies do not run: whoever started them has only not looked yet. */
export function runs(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]$/.test(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[0] ?? "");
  } catch {
    return false;
  }
}
