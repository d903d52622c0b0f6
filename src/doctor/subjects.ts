import type { Manifest } from "../manifest/manifest.js";
import { githubEnvironments } from "../workflow/github-environments.js";
import type { FederatedCredential } from "./facts.js";

export const AUDIENCE = "api://AzureADTokenExchange";

/** A subject that jobs present, and the identity that has to trust it. */
export type Expected = { environment: string; identity: string; clientId: string | null; subject: string };

/** Every subject that the jobs of a project present. Entra compares them letter by letter. */
export function expectedSubjects(manifest: Manifest, defaultBranch: string, prefix: string): Expected[] {
  const identities = manifest.platform?.identities ?? {};
  return githubEnvironments(manifest, defaultBranch).map(({ name, identity }) => ({
    environment: name,
    identity,
    clientId: identities[identity] ?? null,
    // GitHub writes a colon inside a value as %3A.
    subject: `${prefix}:environment:${name.replaceAll(":", "%3A")}`,
  }));
}

/** What an identity trusts of what it should: the subject itself, one in other letters, or nothing like it. */
export function trustOf(
  expected: Expected,
  wanted: string,
  credentials: readonly FederatedCredential[],
): "exact" | { instead: string } | "none" {
  const usable = credentials.filter(({ issuer, audiences }) => issuer === wanted && audiences.includes(AUDIENCE));
  if (usable.some(({ subject }) => subject === expected.subject)) return "exact";
  const near = usable.find(
    ({ subject }) =>
      subject.toLowerCase() === expected.subject.toLowerCase() ||
      subject.endsWith(`:environment:${expected.environment}`),
  );
  return near ? { instead: near.subject } : "none";
}
