import type { Environment } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";
import { count } from "../ui/wording.js";
import type { Doors } from "./doors.js";
import type { Steps } from "./events.js";

/** Where the values of a run's secrets come from. */
export type Secrets = {
  /** Handed to this run, by name: they go into the environment's vault. */
  given: Record<string, string>;
  /** Those that the tier may have a value for. */
  defaults: string[];
  /** Those that only the environment's vault can have, which may not be read before the apply. */
  unseen: string[];
};

/** A value for a secret can be handed to one run through this variable. */
export function secretVariable(name: string): string {
  return `PAAS_SECRET_${name}`;
}

/**
 * Finds a value for every secret of the environment's services: in this run's variables, in the environment's vault, in
 * that of its tier. One that is nowhere stops `up` before anything is changed; where somebody else has deployed last the
 * environment's vault is closed to this run until its apply, and what it alone can have is looked for then.
 * @throws PaasError `secret-missing`, exit 2
 */
export async function requireSecrets(environment: Environment, doors: Doors): Promise<Secrets> {
  const wanted = [...new Set(environment.services.flatMap(({ secrets }) => secrets))].sort();
  if (wanted.length === 0) return { given: {}, defaults: [], unseen: [] };
  const { vault } = doors.cloud;
  const readable = await vault.readable(environment);
  const [kept, standard] = await Promise.all([
    readable ? vault.of(environment).versions() : {},
    vault.defaults(environment.tier).versions(),
  ]);
  const given = wanted.filter((name) => doors.variables[secretVariable(name)]);
  const others = wanted.filter((name) => !given.includes(name));
  const missing = others.filter((name) => !(name in kept) && !(name in standard));
  if (readable && missing.length > 0) throw secretMissing(environment, missing);
  return {
    given: Object.fromEntries(given.map((name) => [name, doors.variables[secretVariable(name)] ?? ""])),
    defaults: others.filter((name) => name in standard),
    unseen: missing,
  };
}

/** Puts the values into the environment's vault; they go nowhere else. */
export async function storeSecrets(
  environment: Environment,
  { given, defaults, unseen }: Secrets,
  doors: Doors,
  steps: Steps,
): Promise<void> {
  const entries = Object.entries(given);
  if (entries.length + defaults.length + unseen.length === 0) return;
  await steps.run("secrets", async () => {
    const { vault } = doors.cloud;
    const kept = unseen.length === 0 ? {} : await vault.of(environment).versions();
    const missing = unseen.filter((name) => !(name in kept));
    if (missing.length > 0) throw secretMissing(environment, missing);
    for (const [name, value] of entries) await vault.of(environment).set(name, value);
    const copied = defaults.length === 0 ? [] : await vault.copyDefaults(environment, defaults);
    const stored = entries.length + copied.length;
    return { value: undefined, detail: stored === 0 ? "unchanged" : `${count(stored, "value")} into the vault` };
  });
}

function secretMissing({ envId, tier }: Environment, missing: string[]): PaasError {
  return new PaasError(
    "secret-missing",
    `environment ${envId} lacks ${count(missing.length, "secret")}: ${missing.join(", ")}`,
    {
      details: missing.map((name) => `${name} is listed in paas.yaml and has no value`),
      next: [
        `run again with ${missing.map((name) => `${secretVariable(name)}=…`).join(" ")} in the environment`,
        `give every environment of the tier one: \`paas secret set ${missing[0]} --tier ${tier}\``,
      ].join(", or "),
      exit: EXIT.usage,
    },
  );
}
