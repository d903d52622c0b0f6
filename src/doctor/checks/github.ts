import { githubEnvironments } from "../../workflow/github-environments.js";
import type { Facts, FederatedCredential, GithubEnvironmentFact, SubjectFact } from "../facts.js";
import { expectedSubjects, trustOf } from "../subjects.js";
import { type Check, failure, judged, ok, skipped, type Verdict, warning } from "../verdict.js";

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
  { id: "oidc-subject", title: "OIDC subject", judge: ({ github }) => judged(github.subject, subject) },
  { id: "oidc-trust", title: "federated credentials", judge: trust },
];

function environments(facts: Facts): Verdict | Verdict[] {
  const { github, manifest } = facts;
  return judged(github.environments, (found) => {
    if (!("value" in manifest)) return [];
    if (manifest.value.platform === null) return skipped("the project has no identities yet that they would protect");
    const { identities } = manifest.value.platform;
    // An environment that no identity trusts gives nobody anything.
    const all = githubEnvironments(manifest.value, github.defaultBranch);
    const wanted = all.filter(({ identity }) => identities[identity] !== undefined);
    const hidden = "value" in github.repository && github.repository.value.private;
    const verdicts = wanted.flatMap(({ name, refs }) => {
      const one = found.find((other) => other.name.toLowerCase() === name.toLowerCase());
      return one ? protection(one, refs, hidden) : [missing(name)];
    });
    return verdicts.length > 0 ? verdicts : ok(`${wanted.length}, each for its own branches`);
  });
}

/** GitHub makes an environment that a job names and nobody made, and restricts it to nothing. */
function missing(name: string): Verdict {
  return failure(
    `environment ${name} is not there; the first job to name it makes it, open to every branch`,
    BOOTSTRAP,
  );
}

const BOOTSTRAP = "`paas bootstrap` makes the environments with their branch policies";

function protection({ name, refs }: GithubEnvironmentFact, wanted: string[], hidden: boolean): Verdict[] {
  const verdict = judged(
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
  return Array.isArray(verdict) ? verdict : [verdict];
}

/** Free plans know no branch policies in private repositories: GitHub refuses to make them (422) or to tell them. */
function planLimit(name: string): Verdict {
  const line = `environment ${name} is open to every branch: in a private repository GitHub's Free plan knows no branch policies`;
  const fix =
    "GitHub Pro, Team or Enterprise, or a public repository; until then whoever can push can use its identity";
  return warning(line, fix);
}

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

function trust({ github, azure, manifest }: Facts): Verdict | Verdict[] {
  return judged(azure.credentials, (credentials) =>
    judged(github.subject, ({ prefix }) => {
      if (!("value" in manifest)) return [];
      const expected = expectedSubjects(manifest.value, github.defaultBranch, prefix);
      const verdicts = expected.flatMap((one) =>
        trustIn(one, one.clientId === null ? null : credentials[one.clientId]),
      );
      const strangers = Object.entries(credentials).flatMap(([clientId, held]) =>
        strangersIn(held, new Set(expected.filter((one) => one.clientId === clientId).map((one) => one.subject))),
      );
      const all = [...verdicts, ...strangers];
      return all.length > 0 ? all : ok(`${expected.length} subjects, each trusted by its identity`);
    }),
  );
}

function trustIn(
  expected: ReturnType<typeof expectedSubjects>[number],
  credentials: FederatedCredential[] | null | undefined,
): Verdict[] {
  const { environment, identity, clientId, subject: wanted } = expected;
  const fix = "`paas bootstrap` writes the federated credentials anew";
  if (clientId === null) return [noIdentity(identity, environment)];
  if (!credentials) return [failure(`the identity ${clientId} (${identity}) is not in the subscription`, fix)];
  const found = trustOf(expected, credentials);
  if (found === "exact") return [];
  if (found === "none") return [failure(`no identity trusts ${wanted}: jobs of ${environment} cannot sign in`, fix)];
  return [failure(`Azure trusts ${found.instead}, and GitHub gives ${wanted}`, fix)];
}

/** A tier that was not bootstrapped yet is a project's own choice. */
function noIdentity(identity: string, environment: string): Verdict {
  const line = `paas.yaml names no identity for ${identity}: jobs of ${environment} cannot sign in`;
  if (identity === "prod") return warning(line, "`paas bootstrap --tier prod`, once there shall be one");
  return failure(line, "`paas bootstrap`");
}

function strangersIn(credentials: FederatedCredential[], expected: Set<string>): Verdict[] {
  return credentials
    .filter(({ subject: held, issuer }) => !expected.has(held) && !sameEnvironment(held, expected) && issuer !== "")
    .map(({ name, subject: held }) =>
      warning(
        `${held} may sign in, too (credential ${name})`,
        "remove it if it is not yours: portal, identity, Federated credentials",
      ),
    );
}

/** An outdated form of an expected subject is told once, as such. */
function sameEnvironment(held: string, expected: Set<string>): boolean {
  const [, environment] = held.split(":environment:");
  return environment !== undefined && [...expected].some((one) => one.endsWith(`:environment:${environment}`));
}
