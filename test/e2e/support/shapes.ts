import { z } from "zod";

/** The JSON that others may rely on, document by document: more keys may be there, these must. */

const count = z.int().nonnegative();
const milliseconds = z.int().nonnegative();
const time = z.iso.datetime();
const text = z.string().min(1);
const url = z.string().regex(/^http:\/\/[a-z0-9.-]+\.localhost:\d+$/);
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const image = z.string().regex(/^[a-z0-9.]+\/shop\/[a-z]+@sha256:[0-9a-f]{64}$/);
const tags = z.record(z.string(), z.string());
const names = z.record(z.string(), z.record(z.string(), text));

const document = z.object({ schemaVersion: z.literal(1), cloud: z.literal("local") });
const environment = z.object({
  envId: text,
  branch: text,
  commit: sha,
  kind: z.enum(["branch", "preview", "fixed"]),
  generation: count,
  resourceGroup: text,
  tags,
});

export const ERROR = document.extend({
  error: z.strictObject({ code: text, message: text, details: z.array(z.string()), next: text.nullable() }),
});

const verdict = z.object({
  envId: text,
  branch: text.nullable(),
  reason: z.enum(["gone", "expired", "protected", "wanted", "unknown"]),
  why: text,
});

export const SHAPES = {
  name: document.extend({ branch: text, envId: text, resourceGroup: text, names, stateKey: text }),
  doctor: document.extend({
    ok: z.boolean(),
    counts: z.strictObject({ ok: count, warning: count, failure: count, skipped: count }),
    checks: z.array(
      z.strictObject({
        check: z.string().regex(/^[a-z-]+$/),
        status: z.enum(["ok", "warning", "failure", "skipped"]),
        line: text,
        fix: text.nullable(),
      }),
    ),
  }),
  validate: document.extend({
    valid: z.literal(true),
    file: text,
    project: text,
    services: z.array(text),
    fixedEnvironments: z.array(
      z.object({ envId: text, branch: text, tier: z.enum(["nonprod", "prod"]), protected: z.boolean() }),
    ),
  }),
  config: document.extend({
    envId: text,
    branch: text.nullable(),
    settings: z.object({ services: z.array(z.object({ name: text, port: count })), ttl: milliseconds.nullable() }),
  }),
  plan: document.extend({
    environment,
    changes: z.object({ create: count, update: count, replace: count, delete: count }),
    resources: z.array(
      z.object({ address: text, type: text, action: z.enum(["create", "update", "replace", "delete"]) }),
    ),
  }),
  up: document.extend({
    environment,
    services: z.array(
      z.object({ name: text, url: url.nullable(), image, healthy: z.literal(true), changed: z.boolean() }),
    ),
    url: url.nullable(),
    durations: z.record(z.string(), milliseconds),
  }),
  ls: document.extend({
    environments: z.array(
      z.object({
        envId: text,
        branch: text.nullable(),
        kind: text,
        status: z.enum(["creating", "running", "failed", "destroying", "destroyed", "missing", "orphan"]),
        url: url.nullable(),
        resourceGroup: text,
        commit: sha.nullable(),
        expires: time.nullable(),
        locked: z.boolean(),
      }),
    ),
  }),
  status: document.extend({
    environment: environment.extend({ status: text, tier: text, protected: z.boolean(), expires: time.nullable() }),
    url: url.nullable(),
    state: z.object({ container: text, key: text, exists: z.boolean() }),
    locks: z.object({ environment: z.object({ state: text }).nullable(), terraform: z.unknown() }),
    services: z.array(
      z.object({ name: text, state: text, revision: text.nullable(), image: image.nullable(), url: url.nullable() }),
    ),
    deployments: z.array(z.object({ commit: sha, at: time })),
  }),
  destroy: document.extend({
    environment: z.object({ envId: text, branch: text.nullable(), tier: text }),
    steps: z.array(z.object({ name: text, status: text, duration: milliseconds })),
    left: z.array(text),
  }),
  "reap --plan": document.extend({ environments: z.array(verdict), kept: z.array(verdict) }),
  reap: document.extend({
    environments: z.array(verdict.extend({ status: z.enum(["removed", "kept"]) })),
  }),
  drift: document.extend({
    environments: z.array(
      z.strictObject({
        envId: text,
        branch: text.nullable(),
        resourceGroup: text,
        status: z.enum(["none", "drift", "missing", "orphan", "unreadable", "busy"]),
        resources: z.array(
          z.strictObject({
            address: text,
            type: text,
            action: z.enum(["update", "delete"]),
            attributes: z.array(text),
          }),
        ),
        why: text.nullable(),
      }),
    ),
    unread: z.array(text),
  }),
  open: document.extend({ environment: text, url }),
  log: document.extend({ service: text, time, text: z.string() }),
  unlock: document.extend({
    environment: text,
    locks: z.object({ environment: z.enum(["free", "broken"]), terraform: z.enum(["free", "broken"]) }),
    holder: z.object({ environment: z.object({ pid: count, since: time }).nullable(), terraform: z.unknown() }),
  }),
  init: document.extend({
    project: z.object({ name: text, id: text }),
    services: z.array(z.object({ name: text, path: text, runtime: text, port: count, health: text })),
    files: z.array(z.object({ path: text, action: z.enum(["create", "append", "replace", "ask", "keep", "same"]) })),
    remote: z.object({ name: z.literal("local"), action: text }),
    next: z.array(text),
    dryRun: z.boolean(),
  }),
  "secret set": document.extend({
    environment: text.nullable(),
    tier: text.nullable(),
    name: text,
    set: z.literal(true),
  }),
  "secret ls": document.extend({
    environment: text.nullable(),
    tier: text.nullable(),
    secrets: z.array(z.object({ name: text })),
  }),
  "secret rm": document.extend({
    environment: text.nullable(),
    tier: text.nullable(),
    name: text,
    removed: z.literal(true),
  }),
  eject: document.extend({
    environment: z.object({ envId: text, branch: text, commit: sha, resourceGroup: text }),
    folder: text,
    files: z.array(text),
    state: z.object({ container: text, key: text }),
  }),
  "local start": document.extend({ running: z.literal(true), pid: count, gatewayPort: count }),
  "local status": document.extend({
    running: z.literal(true),
    version: text,
    pid: count,
    startedAt: time,
    port: count,
    doorPort: count,
    gatewayPort: count,
    apps: z.array(
      z.object({
        id: text,
        state: text,
        revision: text.nullable(),
        restarts: count,
        since: time.nullable(),
        pid: count.nullable(),
        port: count.nullable(),
      }),
    ),
    runs: z.array(z.unknown()),
    refused: z.array(z.string()),
  }),
  "local stop": document.extend({ running: z.literal(false), stopped: z.boolean() }),
  "local reset": document.extend({ removed: z.array(text) }),
};
