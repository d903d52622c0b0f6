import path from "node:path";
import { DURATION, milliseconds } from "./duration.js";
import type { Service } from "./manifest.js";
import { splitCommand } from "./release.js";
import type { ServiceDocument } from "./schema.js";

const DEFAULT = { port: 8080, cpu: 0.5, maxReplicas: 3, health: "/", startup: 60 };

/** A service with every default filled in; the document has passed schema and rules. */
export function serviceOf(name: string, document: ServiceDocument): Service {
  return {
    name,
    path: folderOf(document.path ?? "."),
    runtime: document.runtime,
    compute: "container-app",
    port: document.port ?? DEFAULT.port,
    internal: document.internal ?? false,
    ...sizeOf(document),
    scale: scaleOf(document),
    health: document.health ?? DEFAULT.health,
    startup: startupOf(document),
    env: Object.fromEntries(Object.entries(document.env ?? {}).map(([variable, value]) => [variable, String(value)])),
    secrets: document.secrets ?? [],
    release: document.release === undefined ? null : wordsOf(document.release),
    domain: document.domain ?? null,
  };
}

/** vCPU and memory; the one that is not said follows from the other. */
export function sizeOf(document: Pick<ServiceDocument, "cpu" | "memory">): { cpu: number; memory: string } {
  const gibibytes = document.memory === undefined ? null : Number.parseFloat(document.memory);
  const cpu = document.cpu ?? (gibibytes === null ? DEFAULT.cpu : gibibytes / 2);
  return { cpu, memory: `${gibibytes ?? cpu * 2}Gi` };
}

export function scaleOf(document: Pick<ServiceDocument, "scale">): { min: number; max: number } {
  const min = document.scale?.min ?? 0;
  return { min, max: document.scale?.max ?? Math.max(min, DEFAULT.maxReplicas) };
}

/** Seconds. */
export function startupOf(document: Pick<ServiceDocument, "startup">): number {
  const { startup } = document;
  if (typeof startup === "string" && DURATION.test(startup)) return milliseconds(startup) / 1000;
  return typeof startup === "number" ? startup : DEFAULT.startup;
}

/** The folder as git names it: no `./`, no slash at the end. */
export function folderOf(written: string): string {
  return path.posix.normalize(written).replace(/(?<=.)\/$/, "");
}

function wordsOf(release: string): string[] {
  const command = splitCommand(release);
  return "words" in command ? command.words : [release];
}
