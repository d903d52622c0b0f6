import type { PlatformBlock } from "../../manifest/manifest.js";
import { placeOf } from "../../manifest/tier-place.js";
import { type GithubEnvironment, githubEnvironments } from "../../workflow/github-environments.js";
import type { Facts, GithubEnvironmentFact } from "../facts.js";
import { failure, judged, ok, skipped, type Verdict, warning } from "../verdict.js";

/** A GitHub environment as it has to be, and as GitHub has it. */
type Pair = { wanted: GithubEnvironment; found: GithubEnvironmentFact | undefined; platform: PlatformBlock };

const BOOTSTRAP = "`paas bootstrap` makes the environments with their branch policies";

/** Which refs may use which identity, and who has to agree. */
export function environments(facts: Facts): Verdict | Verdict[] {
  const { github } = facts;
  const hidden = "value" in github.repository && github.repository.value.private;
  return eachOf(facts, "each for its own branches", ({ wanted, found }) => {
    if (!found) return missing(wanted.name);
    return [...protection(found, wanted.refs, hidden), ...review(found, wanted, hidden)];
  });
}

/** What jobs sign in with, against what `paas.yaml` says. That those identities are there is told by `oidc-trust`. */
export function variables(facts: Facts): Verdict | Verdict[] {
  const verdicts = eachOf(facts, "each with its own identity", ({ wanted, found, platform }) => {
    if (!found || !("value" in found.variables)) return [];
    const held = found.variables.value;
    const values = {
      AZURE_CLIENT_ID: platform.identities[wanted.identity] ?? "",
      AZURE_TENANT_ID: platform.tenant,
      AZURE_SUBSCRIPTION_ID: placeOf(platform, wanted.identity === "plan" ? "nonprod" : wanted.identity).subscription,
    };
    return Object.entries(values).flatMap(([name, value]) =>
      variable({ name, of: wanted.name, value, held: held[name] }),
    );
  });
  const unread = unreadIn(facts);
  return unread === null ? verdicts : [unread, ...[verdicts].flat().filter(({ status }) => status !== "ok")];
}

/** What a token may not read of one environment it may read of none: that is told once. */
function unreadIn({ github }: Facts): Verdict | null {
  const all = "value" in github.environments ? github.environments.value : [];
  const [first, ...others] = all.flatMap(({ variables: held }) => ("failed" in held ? held.failed : []));
  if (first === undefined) return null;
  const rest = others.length > 0 ? ` (nor those of ${others.length} more)` : "";
  return warning(`${first}${rest}`, "look again with the token of an administrator: GH_TOKEN, or `gh auth login`");
}

/** Judges every environment whose identity is there: one that no identity trusts gives nobody anything. */
function eachOf({ github, manifest }: Facts, well: string, judge: (pair: Pair) => Verdict[]): Verdict | Verdict[] {
  return judged(github.environments, (found) => {
    if (!("value" in manifest)) return [];
    const { platform } = manifest.value;
    if (platform === null) return skipped("the project has no identities yet that they would protect");
    const pairs = githubEnvironments(manifest.value, github.defaultBranch)
      .filter(({ identity }) => platform.identities[identity] !== undefined)
      .map((wanted): Pair => {
        const one = found.find(({ name }) => name.toLowerCase() === wanted.name.toLowerCase());
        return { wanted, found: one, platform };
      });
    const verdicts = pairs.flatMap(judge);
    return verdicts.length > 0 ? verdicts : ok(`${pairs.length}, ${well}`);
  });
}

/** GitHub makes an environment that a job names and nobody made, and restricts it to nothing. */
function missing(name: string): Verdict[] {
  const line = `environment ${name} is not there; the first job to name it makes it, open to every branch`;
  return [failure(line, BOOTSTRAP)];
}

function protection({ name, refs }: GithubEnvironmentFact, wanted: string[], hidden: boolean): Verdict[] {
  const judgement = judged(
    refs,
    (found) => {
      if (found === null && hidden) return planLimit(name);
      if (found === null) return failure(`environment ${name} is open to every branch`, BOOTSTRAP);
      const lacking = wanted.filter((ref) => !found.includes(ref));
      const beyond = found.filter((ref) => !wanted.includes(ref));
      return [
        ...lacking.map((ref) =>
          failure(`environment ${name} does not admit ${ref}: its jobs will be refused`, BOOTSTRAP),
        ),
        ...beyond.map((ref) =>
          warning(`environment ${name} also admits ${ref}`, `remove it if nobody needs it; ${BOOTSTRAP}`),
        ),
      ];
    },
    () => planLimit(name),
  );
  return [judgement].flat();
}

/** Free plans know no branch policies in private repositories: GitHub refuses to make them (422) or to tell them. */
function planLimit(name: string): Verdict {
  const line = `environment ${name} is open to every branch: in a private repository GitHub's Free plan knows no branch policies`;
  const fix =
    "GitHub Pro, Team or Enterprise, or a public repository; until then whoever can push can use its identity";
  return warning(line, fix);
}

/** Who has to agree is for people to say: bootstrap sets nobody, and takes nobody away. */
function review(
  { name, reviewed }: GithubEnvironmentFact,
  { identity }: GithubEnvironment,
  hidden: boolean,
): Verdict[] {
  if (identity !== "prod" || reviewed) return [];
  const plan = hidden ? "; in a private repository that takes GitHub Enterprise" : "";
  const fix = `Settings, Environments, ${name}, Required reviewers${plan}`;
  return [warning(`nobody is asked before a job of ${name} starts, and it is of tier prod`, fix)];
}

function variable({ name, of, value, held }: { name: string; of: string; value: string; held: string | undefined }) {
  if (held?.toLowerCase() === value.toLowerCase()) return [];
  const fix = `\`paas bootstrap\` sets it, or: \`gh variable set ${name} --env ${of} --body ${value}\``;
  if (held === undefined) return [failure(`${name} of ${of} is not set: its jobs cannot sign in`, fix)];
  return [failure(`${name} of ${of} is ${held}, and paas.yaml says ${value}`, fix)];
}
