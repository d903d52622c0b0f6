import type { Manifest } from "../manifest/manifest.js";
import { CODEOWNERS_FILES, codeownersLines, mergeCodeowners } from "../workflow/codeowners.js";
import { DEPENDABOT_ENTRIES, DEPENDABOT_FILE, mergeDependabot, renderDependabot } from "../workflow/dependabot.js";
import { type PinnedCli, renderWorkflows } from "../workflow/render.js";
import type { WantedFile } from "./plan.js";

export type GithubRequest = {
  manifest: Manifest;
  cli: PinnedCli;
  defaultBranch: string;
  enterpriseServer: boolean;
  /** Owners of what runs with credentials; null = no line is written. */
  owners: readonly string[] | null;
  /** Whether a file is there. */
  has(path: string): boolean;
};

/** What GitHub needs: the workflows, updates of what they run, and who has to look at a change of them. */
export function describeGithub({ owners, has, ...request }: GithubRequest): WantedFile[] {
  const workflows = renderWorkflows(request).map(({ path, text }): WantedFile => ({ path, content: text, as: "ours" }));
  return [...workflows, dependabot(has), ...(owners ? [codeowners(owners, has)] : [])];
}

/** The CODEOWNERS file that counts, or the one to write. */
export function codeownersFile(has: (path: string) => boolean): string {
  return CODEOWNERS_FILES.find(has) ?? CODEOWNERS_FILES[0];
}

function dependabot(has: (path: string) => boolean): WantedFile {
  const long = DEPENDABOT_FILE.replace(/yml$/, "yaml");
  const path = has(long) ? long : DEPENDABOT_FILE;
  const hint = `${path} is not written in a way that entries can be added to; add these below \`updates:\`\n${DEPENDABOT_ENTRIES.trimEnd()}`;
  return { path, content: renderDependabot().text, as: "merged", merge: mergeDependabot, hint };
}

function codeowners(owners: readonly string[], has: (path: string) => boolean): WantedFile {
  const path = codeownersFile(has);
  const merge = (text: string) => mergeCodeowners(text, owners);
  return { path, content: codeownersLines(owners), as: "merged", merge, hint: "" };
}
