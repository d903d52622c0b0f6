import { z } from "zod";
import { EXIT, PaasError } from "../errors.js";
import { TIERS } from "../manifest/manifest.js";

/** A moment, RFC 3339 in UTC. */
const moment = z.iso.datetime();

/** Of the web and nothing else: `paas open` hands it to the browser. */
const address = z.url({ protocol: /^https?$/ });

const deployedService = z.object({
  /** Reference by digest. */
  image: z.string(),
  /** sha256 of the files it was built from. */
  contentKey: z.string(),
  /** sha256 of everything else that it runs with. */
  configKey: z.string(),
  /** Public or internal address; null without one. */
  url: address.nullable(),
});

const deployment = z.object({
  commit: z.string(),
  at: moment,
  services: z.record(z.string(), deployedService),
});

const journalStep = z.object({
  name: z.string(),
  status: z.enum(["running", "done", "failed"]),
  startedAt: moment,
  finishedAt: moment.nullable(),
  /** What a later step needs to know, as the ids of soft-deleted things to purge. */
  notes: z.array(z.string()),
});

const environmentRecord = z.object({
  schemaVersion: z.literal(1),
  envId: z.string(),
  /** The git branch, raw. */
  branch: z.string(),
  /** 16 hex digits of the branch's sha256. */
  branchSha: z.string(),
  projectId: z.string(),
  kind: z.enum(["branch", "preview", "fixed"]),
  tier: z.enum(TIERS),
  /** Counts the lives of the environment id. */
  generation: z.int().nonnegative(),
  state: z.enum(["creating", "running", "failed", "destroying", "destroyed"]),
  resourceGroup: z.string(),
  commit: z.string(),
  url: address.nullable(),
  createdAt: moment,
  updatedAt: moment,
  /** null = never. */
  expires: moment.nullable(),
  destroyedAt: moment.nullable(),
  services: z.record(z.string(), deployedService),
  /** Newest first. */
  deployments: z.array(deployment),
  /** Steps of the last destroy, oldest first; it resumes from here. */
  journal: z.array(journalStep),
});

/** What paas knows of an environment beside Terraform's state; `destroyed` is its tombstone. */
export type EnvironmentRecord = z.infer<typeof environmentRecord>;
export type DeployedService = z.infer<typeof deployedService>;
export type Deployment = z.infer<typeof deployment>;
export type JournalStep = z.infer<typeof journalStep>;

/** How many deployments a record remembers. */
export const LEDGER_LENGTH = 50;

/**
 * Reads a record from the text of its blob.
 * @param name where the text comes from, for people
 * @throws PaasError `record-newer` when a later version of paas wrote it, `record-broken` when it is not a record
 */
export function parseRecord(text: string, name: string): EnvironmentRecord {
  const value = parseJson(text, name);
  if (isNewer(value)) {
    throw new PaasError("record-newer", `${name} was written by a newer paas`, {
      details: [`its schemaVersion is ${value.schemaVersion}, this paas knows 1`],
      next: "update paas",
    });
  }
  const result = environmentRecord.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${path.join(".") || "(record)"}: ${message}`);
  throw broken(name, problems);
}

/** The text of a record's blob; its ledger is cut to the newest entries. */
export function renderRecord(record: EnvironmentRecord): string {
  return `${JSON.stringify({ ...record, deployments: record.deployments.slice(0, LEDGER_LENGTH) }, null, 1)}\n`;
}

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken(name, [(cause as Error).message]);
  }
}

function isNewer(value: unknown): value is { schemaVersion: number } {
  if (typeof value !== "object" || value === null || !("schemaVersion" in value)) return false;
  return typeof value.schemaVersion === "number" && value.schemaVersion > 1;
}

function broken(name: string, details: string[]): PaasError {
  return new PaasError("record-broken", `${name} is not an environment record`, {
    details,
    next: "restore an earlier version of that blob; paas changes nothing until it can be read",
    exit: EXIT.failed,
  });
}
