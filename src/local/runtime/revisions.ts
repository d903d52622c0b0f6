import type { AppHistory, Resource, Revision } from "../store.js";
import { secretsOf } from "./container.js";

/* The history of a container app as a value: every change gives a new one. */

/** Revisions that are remembered per app. */
const KEPT = 20;

/** Adds the revision that runs `app` as it is wanted now. */
export function withNewRevision(history: AppHistory, app: Resource, appName: string, createdAt: string): AppHistory {
  const template = firstBlock(app.attributes.template);
  const secrets = secretsOf(app.attributes).map(({ name, keyVaultSecretId }) => ({
    name,
    key_vault_secret_id: keyVaultSecretId,
  }));
  const revision: Revision = {
    name: `${appName}--${String(nextNumber(history)).padStart(7, "0")}`,
    createdAt,
    template,
    secrets,
    state: "activating",
    reason: null,
    port: null,
  };
  const kept = history.revisions.filter(({ state }, index) => index < KEPT || state === "ready");
  return { ...history, revisions: [revision, ...kept] };
}

/** Notes that a revision serves from now on, and no other. */
export function withReady(history: AppHistory, name: string, port: number | null): AppHistory {
  return changeEach(history, (revision) => {
    if (revision.name === name) return { ...revision, state: "ready", reason: null, port };
    return revision.state === "ready" ? { ...revision, state: "inactive" } : revision;
  });
}

export function withFailed(history: AppHistory, name: string, reason: string): AppHistory {
  return changeEach(history, (revision) =>
    revision.name === name ? { ...revision, state: "failed", reason } : revision,
  );
}

export function withPort(history: AppHistory, name: string, port: number): AppHistory {
  return changeEach(history, (revision) => (revision.name === name ? { ...revision, port } : revision));
}

/** What was being started when a daemon ended is not tried again. */
export function withInterrupted(history: AppHistory): AppHistory {
  return changeEach(history, (revision) =>
    revision.state === "activating"
      ? { ...revision, state: "failed", reason: "interrupted: the local cloud ended while it was starting" }
      : revision,
  );
}

export function readyRevision(history: AppHistory): Revision | undefined {
  return history.revisions.find(({ state }) => state === "ready");
}

function changeEach(history: AppHistory, change: (revision: Revision) => Revision): AppHistory {
  return { ...history, revisions: history.revisions.map(change) };
}

function nextNumber(history: AppHistory): number {
  return Number(/--(\d+)$/.exec(history.revisions[0]?.name ?? "")?.[1] ?? 0) + 1;
}

function firstBlock(value: unknown): Record<string, unknown> {
  return Array.isArray(value) && typeof value[0] === "object" && value[0] !== null ? value[0] : {};
}
