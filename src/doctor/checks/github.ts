import type { SubjectFact } from "../facts.js";
import { type Check, failure, judged, ok, type Verdict, warning } from "../verdict.js";
import { environments, variables } from "./environments.js";
import { trust } from "./trust.js";

/** GitHub: whether workflows run, who may sign in from them, and from which branches. */
export const GITHUB: Check[] = [
  {
    id: "github-repository",
    title: "GitHub",
    judge: ({ github }) =>
      judged(github.repository, ({ name, private: hidden }) => ok(`${name} (${hidden ? "private" : "public"})`)),
  },
  {
    id: "github-actions",
    title: "GitHub Actions",
    judge: ({ github }) =>
      judged(
        github.actions,
        ({ enabled }) =>
          enabled
            ? ok("enabled")
            : failure("turned off for this repository", "turn it on: Settings, Actions, General, Actions permissions"),
        (line, fix) => warning(line, fix),
      ),
  },
  { id: "github-environments", title: "GitHub environments", judge: environments },
  { id: "github-variables", title: "GitHub variables", judge: variables },
  { id: "oidc-subject", title: "OIDC subject", judge: ({ github }) => judged(github.subject, subject) },
  { id: "oidc-trust", title: "federated credentials", judge: trust },
];

function subject({ prefix, customClaims }: SubjectFact): Verdict {
  if (customClaims === null || sameClaims(customClaims, ["repo", "context"])) return ok(`${prefix}:environment:<name>`);
  const line = `this repository customises its subjects (${customClaims.join(", ")}), so that jobs present another one`;
  return failure(
    line,
    "go back to GitHub's own form: `gh api -X PUT repos/{owner}/{repo}/actions/oidc/customization/sub -F use_default=true`",
  );
}

function sameClaims(found: string[], wanted: string[]): boolean {
  return found.length === wanted.length && wanted.every((claim, index) => found[index] === claim);
}
