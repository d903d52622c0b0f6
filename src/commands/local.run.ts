import fs from "node:fs";
import path from "node:path";
import { createLocalRemote, localPlatform } from "../cloud.js";
import { EXIT, PaasError } from "../errors.js";
import { readAddress } from "../local/address.js";
import type { DaemonStatus } from "../local/api.js";
import { localFolder } from "../local/folder.js";
import { runningDaemon, stopDaemon } from "../local/start.js";
import { openDoors } from "../pipeline/doors.js";
import { stepsOf } from "../pipeline/events.js";
import { ensureWorkingTreePlatform } from "../pipeline/local-platform.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { table } from "../ui/table.js";
import { count } from "../ui/wording.js";
import { tailOf } from "./tail.js";

export type LocalOptions = GlobalOptions & { port?: string; yes?: boolean; tail?: string };

export async function start(options: LocalOptions, tools: Tools): Promise<void> {
  tools.ui.useCloud("local");
  const doors = await openDoors(await onLocal(options, tools));
  await tools.ui.progress((emit) =>
    ensureWorkingTreePlatform(
      tools,
      doors,
      stepsOf(emit, () => performance.now()),
    ),
  );
  const address = readAddress(await tools.root());
  const gateway = `http://<environment>.${(await tools.manifest()).name}.localhost:${address?.gatewayPort}`;
  const text = `running: process ${address?.pid}, environments answer at ${gateway}`;
  tools.ui.result(
    options,
    { running: true, pid: address?.pid ?? null, gatewayPort: address?.gatewayPort ?? null },
    text,
  );
}

export async function stop(options: LocalOptions, tools: Tools): Promise<void> {
  tools.ui.useCloud("local");
  const daemon = await runningDaemon(await tools.root());
  if (daemon) await stopDaemon(daemon);
  tools.ui.result(options, { running: false, stopped: daemon !== null }, daemon ? "stopped" : "it was not running");
}

export async function status(options: LocalOptions, tools: Tools): Promise<void> {
  tools.ui.useCloud("local");
  const daemon = await runningDaemon(await tools.root());
  if (!daemon) {
    tools.ui.result(options, { running: false, apps: [] }, "not running; `paas local start` starts it");
    return;
  }
  const found = await daemon.ask<DaemonStatus>("/paas/status");
  const rows = found.apps.map(({ id, state, restarts, pid, port }) => [
    path.posix.basename(id),
    state,
    String(restarts),
    pid === null ? null : String(pid),
    port === null ? null : String(port),
  ]);
  const lines = [
    `running (simulated Azure)  version ${found.version}, process ${found.pid}, since ${found.startedAt}`,
    `gateway  http://127.0.0.1:${found.gatewayPort}`,
    `cloud    https://127.0.0.1:${found.port}, proxy for Terraform on ${found.doorPort}`,
    `runs     ${found.runs.length === 0 ? "none" : found.runs.map((run) => `${run.branch} (${run.state})`).join(", ")}`,
    ...(found.refused.length === 0 ? [] : [`refused  ${[...new Set(found.refused)].join(", ")}`]),
    ...(rows.length === 0 ? [] : ["", table(["APP", "STATE", "RESTARTS", "PROCESS", "PORT"], rows, tools.ui.width)]),
  ];
  tools.ui.result(options, { running: true, ...found }, lines.join("\n"));
}

export async function logs(options: LocalOptions, tools: Tools): Promise<void> {
  const tail = tailOf(options.tail ?? "100");
  const { daemonLog } = localFolder(await tools.root());
  const lines = fs.existsSync(daemonLog) ? fs.readFileSync(daemonLog, "utf8").trimEnd().split("\n") : [];
  tools.ui.result({}, {}, tail === 0 ? "" : lines.slice(-tail).join("\n"));
}

export async function reset(options: LocalOptions, tools: Tools): Promise<void> {
  tools.ui.useCloud("local");
  const root = await tools.root();
  const { folder, secrets, remote } = localFolder(root);
  await confirmReset(options, folder, tools);
  const daemon = await runningDaemon(root);
  if (daemon) await stopDaemon(daemon);
  const all = [folder, secrets, remote, path.join(root, ".paas", "work", "local")];
  const places = all.filter((place) => fs.existsSync(place));
  for (const place of places) fs.rmSync(place, { recursive: true, force: true });
  // A new one has no branches, so that what was pushed before can be pushed again.
  await createLocalRemote(root);
  tools.ui.result(options, { removed: places }, `forgot the local cloud (${count(places.length, "folder")})`);
}

async function confirmReset({ yes }: LocalOptions, folder: string, tools: Tools): Promise<void> {
  if (yes) return;
  if (!tools.prompt.interactive) {
    throw new PaasError("confirmation-needed", "reset forgets every environment of the local cloud", {
      next: "`paas local reset --yes`",
      exit: EXIT.usage,
    });
  }
  if (await tools.prompt.confirm({ message: `Forget every environment, state and image under ${folder}?` })) return;
  throw new PaasError("not-confirmed", "nothing was changed", { exit: EXIT.refused });
}

/** `paas local` is about the local cloud, whatever `--cloud` and PAAS_CLOUD say. */
async function onLocal({ port }: LocalOptions, tools: Tools): Promise<Tools> {
  const { openLocalCloud } = await import("../local/cloud.js");
  const [root, manifest] = [await tools.root(), await tools.manifest()];
  const gatewayPort = port === undefined ? undefined : portOf(port);
  const context = { root, variables: tools.variables, note: tools.ui.note, platform: localPlatform(manifest) };
  const cloud = await openLocalCloud(context, gatewayPort);
  tools.ui.note(tools.ui.palette.faint(`cloud: ${cloud.label}`));
  return { ...tools, cloud: async () => cloud };
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1024 && port <= 65_535) return port;
  throw new PaasError("usage", `--port ${text} is not a port`, {
    details: ["allowed: 1024 to 65535"],
    exit: EXIT.usage,
    next: "`paas local start --port 8080`",
  });
}
