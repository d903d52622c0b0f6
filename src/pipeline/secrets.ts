import type { Environment } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";
import { count } from "../ui/wording.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";

/** Secrets that must be put into the environment's vault, by name. */
export type NewSecrets = Record<string, string>;

/** A value for a secret can be handed to one run through this variable. */
export function secretVariable(name: string): string {
  return `PAAS_SECRET_${name}`;
}

/**
 * The secrets of the environment's services that come with this run; one that is neither in the vault nor in the
 * variables stops `up` before anything is changed.
 * @throws PaasError `secret-missing`, exit 2
 */
export async function requireSecrets(environment: Environment, doors: Doors): Promise<NewSecrets> {
  const wanted = [...new Set(environment.services.flatMap(({ secrets }) => secrets))].sort();
  if (wanted.length === 0) return {};
  const kept = Object.keys(await doors.cloud.vault.versions(environment));
  const given = wanted.filter((name) => doors.variables[secretVariable(name)]);
  const missing = wanted.filter((name) => !kept.includes(name) && !given.includes(name));
  if (missing.length === 0)
    return Object.fromEntries(given.map((name) => [name, doors.variables[secretVariable(name)] ?? ""]));
  throw new PaasError(
    "secret-missing",
    `environment ${environment.envId} lacks ${count(missing.length, "secret")}: ${missing.join(", ")}`,
    {
      details: missing.map((name) => `${name} is listed in paas.yaml and has no value`),
      next: [
        `run again with ${missing.map((name) => `${secretVariable(name)}=…`).join(" ")} in the environment`,
        doors.cloud.vault.byHand(environment, missing),
      ].join(", or "),
      exit: EXIT.usage,
    },
  );
}

/** Puts the values into the environment's vault; they go nowhere else. */
export async function storeSecrets(
  environment: Environment,
  secrets: NewSecrets,
  doors: Doors,
  steps: Steps,
): Promise<void> {
  const entries = Object.entries(secrets);
  if (entries.length === 0) return;
  await steps.run("secrets", async () => {
    for (const [name, value] of entries) await doors.cloud.vault.set(environment, name, value);
    return { value: undefined, detail: `${count(entries.length, "value")} into the vault` };
  });
}
