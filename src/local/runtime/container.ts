import { isDeepStrictEqual } from "node:util";
import type { Resource, Revision } from "../store.js";

/** The image that a container app is created with, before anything is deployed to it. */
const PLACEHOLDER = "mcr.microsoft.com/k8se/quickstart:latest";

/** Milliseconds, when no startup probe says otherwise. */
const STARTUP = 60_000;

export type EnvEntry = { name: string; value: string } | { name: string; secretRef: string };

/** A secret of a container app: where its value is, or (not written by paas) the value itself. */
export type SecretBlock = { name: string; keyVaultSecretId: string | null };

/** What decides how a container runs; the rest of the template (scale, cpu) changes no process on this machine. */
export type Container = {
  image: string;
  /** Overrides the image's own; empty = the image's. */
  command: string[];
  args: string[];
  env: EnvEntry[];
  /** Path that has to answer; null = a connection is enough. */
  health: string | null;
  /** Milliseconds that it may take until it is healthy. */
  startup: number;
  /** How a healthy container is watched; null = only for its end. */
  liveness: Liveness | null;
  cpu: number | null;
  memory: string | null;
};

/** Asked every `interval` ms; ended and restarted after `failures` answers in a row that were bad or took longer than `patience` ms. */
export type Liveness = { path: string | null; interval: number; patience: number; failures: number };

type Block = Record<string, unknown>;

/** The first container of a container app's attributes, as the provider shapes them; null when there is none. */
export function containerOf(attributes: Block): Container | null {
  const container = block(block(attributes.template)?.container);
  if (!container) return null;
  const startup = block(container.startup_probe);
  const readiness = block(container.readiness_probe);
  const liveness = block(container.liveness_probe);
  return {
    image: text(container.image),
    command: texts(container.command),
    args: texts(container.args),
    env: blocks(container.env).map(envEntry),
    health: text(readiness?.path) || text(startup?.path) || null,
    startup: startup ? startupLimit(startup) : STARTUP,
    liveness: liveness ? livenessOf(liveness) : null,
    cpu: typeof container.cpu === "number" ? container.cpu : null,
    memory: text(container.memory) || null,
  };
}

/** The secrets of a container app, without any value. */
export function secretsOf(attributes: Block): SecretBlock[] {
  return blocks(attributes.secret).map((secret) => ({
    name: text(secret.name),
    keyVaultSecretId: text(secret.key_vault_secret_id) || null,
  }));
}

/** True for a revision that runs nothing yet. */
export function isPlaceholder({ template }: Revision): boolean {
  return containerOf({ template: [template] })?.image === PLACEHOLDER;
}

/** True when the app, as it is wanted now, is what the revision runs. */
export function runsIn(revision: Revision, app: Resource): boolean {
  const made = { template: [revision.template], secret: revision.secrets };
  return (
    isDeepStrictEqual(containerOf(made), containerOf(app.attributes)) &&
    isDeepStrictEqual(secretsOf(made), secretsOf(app.attributes))
  );
}

function startupLimit(probe: Block): number {
  const tries = number(probe, "interval_seconds", 10) * number(probe, "failure_count_threshold", 3);
  const limit = number(probe, "initial_delay", 0) + tries;
  return limit > 0 ? limit * 1000 : STARTUP;
}

function livenessOf(probe: Block): Liveness {
  return {
    path: text(probe.path) || null,
    interval: (number(probe, "interval_seconds", 0) || 10) * 1000,
    patience: (number(probe, "timeout", 0) || 1) * 1000,
    failures: number(probe, "failure_count_threshold", 0) || 3,
  };
}

function number(probe: Block, name: string, otherwise: number): number {
  return typeof probe[name] === "number" ? probe[name] : otherwise;
}

function envEntry(entry: Block): EnvEntry {
  const name = text(entry.name);
  const secretRef = text(entry.secret_name);
  return secretRef ? { name, secretRef } : { name, value: text(entry.value) };
}

function block(value: unknown): Block | undefined {
  return blocks(value)[0];
}

function blocks(value: unknown): Block[] {
  return Array.isArray(value) ? value.filter((item): item is Block => typeof item === "object" && item !== null) : [];
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
