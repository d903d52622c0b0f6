import type { AzureFacts, Facts, IdentityFact } from "../facts.js";
import { type Expected, expectedSubjects, trustOf } from "../subjects.js";
import { failure, judged, ok, skipped, type Verdict, warning } from "../verdict.js";

const BOOTSTRAP = "`paas bootstrap` writes the federated credentials anew";

/**
 * The subjects that GitHub gives against those that identities trust; Entra compares them letter by letter. Of a tier
 * whose identities could not be looked at nothing is said but that.
 */
export function trust({ github, azure, elsewhere, manifest }: Facts): Verdict | Verdict[] {
  if ("skipped" in azure.identities) return skipped(azure.identities.skipped);
  return judged(github.subject, ({ prefix, issuer }) => {
    if (!("value" in manifest)) return [];
    const places = [azure, ...elsewhere];
    const identities = places.flatMap(({ identities: there }) => ("value" in there ? there.value : []));
    const unseen = places.flatMap(unseenIn);
    const expected = expectedSubjects(manifest.value, github.defaultBranch, prefix);
    const verdicts = [
      ...absentees(identities),
      ...expected.flatMap((one) => trustIn(one, issuer, holderOf(one, identities))),
      ...identities.flatMap((identity) => strangersIn(identity, issuer, expected)),
    ];
    if (verdicts.length > 0) return [...unseen, ...verdicts];
    const seen = expected.filter((one) => holderOf(one, identities)?.found).length;
    return seen > 0 ? [...unseen, ok(`${seen} subjects, each trusted by its identity`)] : unseen;
  });
}

/** What may not be looked at may be well all the same. */
function unseenIn({ tiers, identities }: AzureFacts): Verdict[] {
  return tiers.flatMap((tier) => {
    const unknown = (line: string, fix: string) =>
      warning(`${tier}: what its identities trust is not known: ${line}`, fix);
    return judged(identities, () => [], unknown);
  });
}

/** Identities that are not there, or are not those that `paas.yaml` names: one that was made anew has another id. */
function absentees(identities: IdentityFact[]): Verdict[] {
  return identities.flatMap(({ purpose, tier, name, clientId, found }) => {
    if (purpose === "pull" || clientId === null) return [];
    const role = purpose === "plan" ? "plan" : tier;
    if (!found)
      return failure(`the identity ${clientId} (${role}) is not in the subscription`, "`paas bootstrap` makes it anew");
    if (found.clientId === clientId) return [];
    const line = `paas.yaml names ${clientId} for ${role}, and ${name} is ${found.clientId}`;
    return failure(line, "`paas bootstrap` notes it anew, in paas.yaml and in GitHub's variables; commit paas.yaml");
  });
}

function holderOf({ identity }: Expected, identities: IdentityFact[]): IdentityFact | undefined {
  return identities.find(({ purpose, tier }) =>
    identity === "plan" ? purpose === "plan" : purpose === "deploy" && tier === identity,
  );
}

function trustIn(expected: Expected, issuer: string, holder: IdentityFact | undefined): Verdict[] {
  const { environment, identity, clientId, subject } = expected;
  if (clientId === null) return [noIdentity(identity, environment)];
  if (!holder?.found) return [];
  const found = trustOf(expected, issuer, holder.found.credentials);
  if (found === "exact") return [];
  if (found === "none")
    return [failure(`no identity trusts ${subject}: jobs of ${environment} cannot sign in`, BOOTSTRAP)];
  return [failure(`Azure trusts ${found.instead}, and GitHub gives ${subject}`, BOOTSTRAP)];
}

/** A tier that was not bootstrapped yet is a project's own choice. */
function noIdentity(identity: string, environment: string): Verdict {
  const line = `paas.yaml names no identity for ${identity}: jobs of ${environment} cannot sign in`;
  if (identity === "prod") return warning(line, "`paas bootstrap --tier prod`, once there shall be one");
  return failure(line, "`paas bootstrap`");
}

/** What an identity trusts besides. What stands in the place of an expected subject is told as that. */
function strangersIn({ purpose, tier, found }: IdentityFact, issuer: string, expected: Expected[]): Verdict[] {
  const credentials = found?.credentials ?? [];
  const identity = purpose === "plan" ? "plan" : tier;
  const own = purpose === "pull" ? [] : expected.filter((one) => one.identity === identity);
  const told = own.map((one) => {
    const trusted = trustOf(one, issuer, credentials);
    return typeof trusted === "string" ? one.subject : trusted.instead;
  });
  return credentials
    .filter(({ subject }) => !told.includes(subject))
    .map(({ name, subject }) =>
      warning(
        `${subject} may sign in, too (credential ${name})`,
        "remove it if it is not yours: portal, identity, Federated credentials",
      ),
    );
}
