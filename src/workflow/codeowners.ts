/** Paths whose change is a change of what runs with credentials. */
const GUARDED = ["/.github/", "/infra/vendor/", "/infra/package-lock.json", "/infra/.terraform.lock.hcl", "/paas.yaml"];

/**
 * Lines for CODEOWNERS, offered by `init`: with a ruleset that asks for a review by owners, nobody changes alone what
 * runs with credentials on the default branch.
 * @param owners `@org/team` or `@user`, one or more
 */
export function codeownersLines(owners: readonly string[]): string {
  const width = Math.max(...GUARDED.map((path) => path.length));
  return GUARDED.map((path) => `${path.padEnd(width)} ${owners.join(" ")}\n`).join("");
}
