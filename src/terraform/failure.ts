import { explain } from "../azure/explain.js";
import { explainedError, ForeignWords } from "../azure/foreign-words.js";
import { EXIT, type ExitCode, PaasError } from "../errors.js";
import type { Diagnostic } from "./messages.js";

/** Who holds the lock of a state, from Terraform's own words. */
export type StateLock = { id: string; who: string; operation: string; created: string };

/**
 * What a failed Terraform command means for the user.
 * @param command `apply`, for the message
 * @param text everything it printed, used where it gave no diagnostics
 */
export function terraformError(
  { envId, work }: { envId: string; work: string },
  command: string,
  diagnostics: Diagnostic[],
  text: string,
): PaasError {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const whole = [...errors.map(({ summary, detail }) => `${summary}\n${detail}`), text].join("\n");
  if (isLockError(whole)) return lockedError(envId, parseLock(whole));
  const failed = `terraform ${command} failed for ${envId}`;
  const explanation = OWN.some(({ pattern }) => pattern.test(whole)) ? null : explain(whole);
  if (explanation !== null) {
    const origin = errors.slice(0, MOST_ERRORS).flatMap(originOf);
    return explainedError(failed, explanation, origin, new ForeignWords("Terraform said", whole));
  }
  const known = [...OWN, ...VAGUE].find(({ pattern }) => pattern.test(whole));
  const first = errors[0]?.summary ?? lastLine(text);
  const unknown = errors.flatMap(unknownToState);
  const causes = unknown.length > 0 ? { cause: new NotInState(unknown) } : {};
  return new PaasError(known?.code ?? "terraform-failed", `${failed}: ${first}`, {
    details: errors.slice(0, MOST_ERRORS).flatMap(wording),
    next: known?.next(envId) ?? `mend the cause and run again; the whole log is ${work}/terraform.log`,
    ...(known?.exit === undefined ? {} : { exit: known.exit }),
    ...causes,
  });
}

/** Which resource it is about, and which error; one that is not explained in its own words. */
function originOf(error: Diagnostic): string[] {
  const own = explain(`${error.summary}\n${error.detail}`);
  return own === null ? wording(error) : [[error.address, own.foreign ?? own.code].filter(Boolean).join(": ")];
}

const MOST_ERRORS = 3;

/** A resource that a configuration names and its cloud has; `id` is the cloud's. */
export type Existing = { address: string; id: string };

/** The cause of a `not-in-state`: the cloud has these resources, and the state does not know them. */
export class NotInState extends Error {
  readonly resources: Existing[];

  constructor(resources: Existing[]) {
    super(resources.map(({ address, id }) => `${address} is ${id}`).join("\n"));
    this.resources = resources;
  }
}

/** azurerm's words for it (`tf.ImportAsExistsError`), which quote the id. */
function unknownToState({ address, summary, detail }: Diagnostic): Existing[] {
  const [, id] = /A resource with the ID "([^"]+)" already exists - to be managed/.exec(`${summary}\n${detail}`) ?? [];
  return address === null || id === undefined ? [] : [{ address, id }];
}

type Known = { pattern: RegExp; code: string; next: (envId: string) => string; exit?: ExitCode };

/** Terraform's own errors that have a better next step than "mend the cause". */
const OWN: readonly Known[] = [
  {
    pattern: /Saved plan is stale/i,
    code: "plan-stale",
    next: () => "someone changed the environment in between: run again",
  },
  {
    // What a killed run had made, and could not write down any more.
    pattern: /already exists - to be managed via Terraform/,
    code: "not-in-state",
    next: (envId) => `\`paas destroy ${envId}\` removes what a run that was killed has left, then run again`,
  },
];

/** What can be told of an error of Azure that has no explanation. */
const VAGUE: readonly Known[] = [
  {
    pattern: /status 403/,
    code: "not-allowed",
    next: () => "`paas doctor` shows who is signed in and which roles that identity holds",
    exit: EXIT.signIn,
  },
  {
    pattern: /AADSTS\d+|could not configure AzureCli Authorizer|unable to build authorizer/i,
    code: "not-signed-in",
    next: () =>
      "sign in with `paas login` (in a workflow: `paas doctor` checks the federated credential) and run again",
    exit: EXIT.signIn,
  },
];

export function isLockError(text: string): boolean {
  return /Error acquiring the state lock|failed to lock azure state|state blob is already locked/.test(text);
}

/** Reads Terraform's "Lock Info"; null when it says nothing about the holder. */
export function parseLock(text: string): StateLock | null {
  const field = (name: string) => new RegExp(`^[│\\s]*${name}:[ \\t]*(\\S.*)$`, "m").exec(text)?.[1]?.trim() ?? "";
  const id = field("ID");
  if (id === "") return null;
  return { id, who: field("Who"), operation: field("Operation"), created: created(field("Created")) };
}

/** Go's `2026-11-21 08:10:21.669219804 +0000 UTC` as RFC 3339; what is no such time stays as it is. */
function created(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? \+0000 UTC$/.exec(text);
  return match ? `${match[1]}T${match[2]}Z` : text;
}

/** For work that the user stopped; main says what that means for the whole command. */
export function interruptedError(what: string): PaasError {
  return new PaasError("interrupted", `${what} was stopped`, { exit: EXIT.interrupted });
}

function lockedError(envId: string, lock: StateLock | null): PaasError {
  const holder = lock
    ? [
        `held by ${lock.who} since ${lock.created} (${lock.operation.replace("OperationType", "").toLowerCase()})`,
        `lock id ${lock.id}`,
      ]
    : ["the lock does not say who holds it"];
  return new PaasError("state-locked", `the Terraform state of ${envId} is locked`, {
    details: holder,
    next: `wait for that run, or \`paas unlock ${envId}\` once it has ended`,
    exit: EXIT.locked,
  });
}

/** A few lines of an error: where, what, and the beginning of why. */
function wording({ address, summary, detail }: Diagnostic): string[] {
  const why = detail
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(0, 3);
  return [address ? `${address}: ${summary}` : summary, ...why.map((line) => `  ${shorten(line)}`)];
}

function shorten(line: string): string {
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

function lastLine(text: string): string {
  return shorten(text.trim().split("\n").at(-1)?.trim() || "it ended without a word");
}
