/** A secret's name in the container app and in vaults, which admit no underscore: `STRIPE_KEY` → `stripe-key`. */
export function secretName(variable: string): string {
  return variable.toLowerCase().replaceAll("_", "-");
}
