import { EXIT, PaasError } from "../../errors.js";
import type { EnvEntry, SecretBlock } from "./container.js";

/**
 * The variables of a container with the values of its secrets in them: for a process, never for a file or a log.
 * @param secrets those that the container app has; one that it does not have yet is asked for by its name alone
 * @throws PaasError `secret-missing`
 */
export function resolveEnv(
  entries: EnvEntry[],
  secrets: SecretBlock[],
  lookUp: (secret: SecretBlock) => string | undefined,
): Record<string, string> {
  const pairs = entries.map((entry) => {
    if ("value" in entry) return [entry.name, entry.value] as const;
    const named = secrets.find(({ name }) => name === entry.secretRef);
    const value = lookUp(named ?? { name: entry.secretRef, keyVaultSecretId: null });
    if (value === undefined) throw secretMissing(entry);
    return [entry.name, value] as const;
  });
  return Object.fromEntries(pairs);
}

function secretMissing({ name, secretRef }: { name: string; secretRef: string }): PaasError {
  return new PaasError("secret-missing", `the secret ${secretRef}, for ${name}, has no value`, {
    next: `run \`paas up\` again with PAAS_SECRET_${name}=… in the environment`,
    exit: EXIT.usage,
  });
}
