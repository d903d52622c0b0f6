import { createHash } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import { localFolder, writePrivate } from "./folder.js";

/** What the local cloud of a checkout keeps between starts. */
export type LocalSettings = {
  /** Where environments answer; chosen once, so that URLs stay. */
  gatewayPort: number | null;
  /** Name of the project's state account. */
  account: string | null;
};

export function readSettings(root: string): LocalSettings {
  const { settings } = localFolder(root);
  const kept = fs.existsSync(settings) ? (JSON.parse(fs.readFileSync(settings, "utf8")) as Partial<LocalSettings>) : {};
  return { gatewayPort: kept.gatewayPort ?? null, account: kept.account ?? null };
}

export function keepSettings(root: string, change: Partial<LocalSettings>): void {
  const before = readSettings(root);
  const after = { ...before, ...change };
  if (JSON.stringify(before) !== JSON.stringify(after)) writePrivate(localFolder(root).settings, JSON.stringify(after));
}

/** First port of the range that checkouts take theirs from: below the range that systems hand out by themselves. */
const FIRST = 21_000;
const RANGE = 8000;

/** A free port for a new checkout: the same folder is likely to get the same one again. */
export async function chooseGatewayPort(root: string): Promise<number> {
  const start = createHash("sha256").update(root).digest().readUInt32BE() % RANGE;
  for (let step = 0; step < RANGE; step++) {
    const port = FIRST + ((start + step) % RANGE);
    if (await isFree(port)) return port;
  }
  return FIRST + start;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
