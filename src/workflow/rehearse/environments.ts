/** Which refs may use a GitHub environment: name → patterns of its deployment branches. */
export type EnvironmentRules = Record<string, string[]>;

export type Admission = { allowed: boolean; why: string };

/**
 * Whether GitHub lets a job on this ref use the environment.
 * @param ref full name, `refs/heads/env-alice`
 */
export function admit(rules: EnvironmentRules, environment: string, ref: string): Admission {
  const patterns = Object.hasOwn(rules, environment) ? rules[environment] : undefined;
  if (!patterns) {
    return {
      allowed: true,
      why: `nobody has made ${environment}: GitHub makes it when it is first used, without rules`,
    };
  }
  const name = ref.replace(/^refs\/(heads|tags)\//, "");
  const pattern = patterns.find((candidate) => matchesRef(candidate, name));
  if (pattern !== undefined) return { allowed: true, why: `${name} matches ${pattern}` };
  return { allowed: false, why: `${name} is not allowed to deploy to ${environment}: ${patterns.join(", ")}` };
}

/** Deployment branch rules are no workflow filters: `**` counts only as a whole segment, `?` is any one character. */
function matchesRef(pattern: string, name: string): boolean {
  const segments = pattern.split("/").map((segment, index, all) => {
    if (segment === "**" && index < all.length - 1) return "(?:[^/]+/)*";
    return `${segmentExpression(segment)}${index < all.length - 1 ? "/" : ""}`;
  });
  return new RegExp(`^${segments.join("")}$`).test(name);
}

function segmentExpression(segment: string): string {
  return segment
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*+/g, "[^/]*")
    .replaceAll("?", "[^/]");
}
