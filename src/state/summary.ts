import type { EnvironmentRecord } from "./record.js";

/** What a listing tells of an environment without reading its record. */
export type RecordSummary = Pick<
  EnvironmentRecord,
  "envId" | "branch" | "kind" | "tier" | "generation" | "state" | "resourceGroup" | "commit" | "url" | "expires"
> & {
  /** A run holds it right now. */
  locked: boolean;
  /** When it was last written, RFC 3339; null where the service does not say. */
  changedAt: string | null;
};

/** Who holds an environment, and what for. */
export type Holder = {
  who: string;
  host: string;
  pid: number;
  /** The command, `up`. */
  operation: string;
  /** RFC 3339, UTC. */
  since: string;
  /** Number of the workflow run; null on a person's machine. */
  run: string | null;
  commit: string | null;
};

/** Metadata of a blob: names are compared without regard to case, values are printable ASCII. */
export type Metadata = Record<string, string>;

const HOLDER = "holder";

export function renderSummary(record: EnvironmentRecord): Metadata {
  const { envId, branch, kind, tier, generation, state, resourceGroup, commit, url, expires } = record;
  return {
    envid: envId,
    branch: encodeURIComponent(branch),
    kind,
    tier,
    generation: String(generation),
    status: state,
    group: encodeURIComponent(resourceGroup),
    commit,
    ...(url === null ? {} : { url: encodeURI(url) }),
    ...(expires === null ? {} : { expires }),
  };
}

/** The summary in a blob's metadata; null when there is none, as on a record that was never written. */
export function parseSummary(
  metadata: Metadata,
  locked: boolean,
  changedAt: string | null = null,
): RecordSummary | null {
  const of = lowerCased(metadata);
  const { envid, branch, kind, tier, status } = of;
  if (!envid || !branch || !kind || !tier || !status) return null;
  return {
    envId: envid,
    branch: decodeURIComponent(branch),
    kind: kind as RecordSummary["kind"],
    tier: tier as RecordSummary["tier"],
    generation: Number(of.generation ?? 0),
    state: status as RecordSummary["state"],
    resourceGroup: decodeURIComponent(of.group ?? ""),
    commit: of.commit ?? "",
    url: of.url ?? null,
    expires: of.expires ?? null,
    locked,
    changedAt,
  };
}

export function renderHolder(holder: Holder): Metadata {
  return { [HOLDER]: Buffer.from(JSON.stringify(holder)).toString("base64") };
}

/** The holder in a blob's metadata; null when none is named, as in the moment between taking a lock and signing it. */
export function parseHolder(metadata: Metadata): Holder | null {
  const text = lowerCased(metadata)[HOLDER];
  return text === undefined ? null : (JSON.parse(Buffer.from(text, "base64").toString("utf8")) as Holder);
}

export function withoutHolder(metadata: Metadata): Metadata {
  const { [HOLDER]: _, ...rest } = lowerCased(metadata);
  return rest;
}

/** Listings and single reads of one blob spell its metadata's names differently. */
export function lowerCased(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
