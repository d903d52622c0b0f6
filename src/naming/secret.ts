/** What the manifest admits as the name of a secret. */
export const SECRET_NAME = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

/** A secret's name in the container app and in vaults, which admit no underscore: `STRIPE_KEY` → `stripe-key`. */
export function secretName(variable: string): string {
  return variable.toLowerCase().replaceAll("_", "-");
}

/** The way back; null for a name that the manifest could not hold. */
export function variableName(secret: string): string | null {
  const name = secret.toUpperCase().replaceAll("-", "_");
  return SECRET_NAME.test(name) ? name : null;
}
