/** Which refs may use a GitHub environment: name → patterns. */
export type EnvironmentRules = Record<string, string[]>;

/** A branch with an environment of its own, such as production. */
export type FixedBranch = { name: string; branch: string };

/** The GitHub environments that paas makes, and who may use them. */
export function environmentRules(defaultBranch: string, fixed: FixedBranch[]): EnvironmentRules {
  return {
    "paas-branch": ["env-*", "env-*/**/*", defaultBranch],
    "paas-plan": ["refs/pull/*/merge"],
    "paas-preview": ["refs/pull/*/merge", defaultBranch],
    "paas-destroy": [defaultBranch],
    ...Object.fromEntries(fixed.map(({ name, branch }) => [name, [branch, defaultBranch]])),
  };
}

export type Admission = { allowed: boolean; why: string };

/**
 * Whether GitHub lets a job on this ref use the environment.
 * @param ref full name, `refs/heads/env-alice`
 */
export function admit(rules: EnvironmentRules, environment: string, ref: string): Admission {
  const patterns = rules[environment];
  if (!patterns)
    return { allowed: true, why: "no environment of paas: GitHub makes it when it is first used, without rules" };
  const name = ref.replace(/^refs\/(heads|tags)\//, "");
  const pattern = patterns.find((candidate) => matchesRef(candidate, name));
  if (pattern) return { allowed: true, why: `${name} matches ${pattern}` };
  return { allowed: false, why: `${name} is not allowed to deploy to ${environment}: ${patterns.join(", ")}` };
}

/** Deployment branch rules are no workflow filters: `**` counts only as a whole segment, `?` is any one character. */
function matchesRef(pattern: string, name: string): boolean {
  const expression = pattern
    .split("/")
    .map((segment) => (segment === "**" ? "**" : segmentExpression(segment)))
    .join("/")
    .replaceAll("**/", "(?:[^/]+/)*");
  return new RegExp(`^${expression}$`).test(name);
}

function segmentExpression(segment: string): string {
  return segment
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
}
