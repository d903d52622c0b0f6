export const DEPENDABOT_FILE = ".github/dependabot.yml";

/**
 * Entries below `updates:` that keep what workflows run up to date. A release waits a week: a hijacked one is mostly
 * found out by then.
 */
export const DEPENDABOT_ENTRIES = `- package-ecosystem: github-actions
  directory: /
  schedule:
    interval: weekly
  cooldown:
    default-days: 7
- package-ecosystem: npm
  directory: /infra
  schedule:
    interval: weekly
  cooldown:
    default-days: 7
`;

/** The whole file, for a repository that has none. */
export function renderDependabot(): { path: string; text: string } {
  const about = "# A release waits a week before it is offered: a hijacked one is mostly found out by then.\n";
  return {
    path: DEPENDABOT_FILE,
    text: `${about}version: 2\nupdates:\n${DEPENDABOT_ENTRIES.replace(/^/gm, "  ").trimEnd()}\n`,
  };
}
