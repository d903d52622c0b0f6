import type { Manifest, Tier } from "../manifest/manifest.js";
import { type GithubEnvironment, githubEnvironments } from "../workflow/github-environments.js";
import type { BootstrapRequest, Names } from "./names.js";
import { inGroup } from "./place.js";
import type { Place, Step } from "./step.js";

/** Azure's limit of federated credentials per identity. */
export const MOST_FEDERATIONS = 20;

/** Environments with their rules come before anything trusts their names. */
export function githubSteps(request: BootstrapRequest, names: Names): Step[] {
  const { github, manifest, tier, defaultBranch, subscriptionId, tenantId } = request;
  if (!github) return [];
  const place: Place = { kind: "github", repository: github.repository };
  const environments = environmentsOf(manifest, tier, defaultBranch);
  const identityFor = ({ identity }: GithubEnvironment) =>
    identity === "plan" && names.planner ? names.planner : names.deployer;
  const common = { place, scope: github.repository };
  return [
    ...environments.map((environment): Step => {
      const { name, refs } = environment;
      return { ...common, kind: "githubEnvironment", name, refs, why: `runs of ${refs.join(", ")}` };
    }),
    ...environments.map((environment): Step => {
      const { id, name } = identityFor(environment);
      return {
        kind: "federation",
        place: inGroup(names.group),
        name: `github-${environment.name}`,
        scope: id,
        identity: id,
        issuer: github.issuer,
        subject: `${github.subjectPrefix}:environment:${environment.name}`,
        why: `${name} trusts jobs of ${environment.name}`,
      };
    }),
    ...environments.flatMap((environment) => {
      const values = {
        AZURE_CLIENT_ID: { clientIdOf: identityFor(environment).id },
        AZURE_TENANT_ID: { text: tenantId },
        AZURE_SUBSCRIPTION_ID: { text: subscriptionId },
      };
      return Object.entries(values).map(([name, value]): Step => {
        return { ...common, kind: "variable", name, environment: environment.name, value, why: environment.name };
      });
    }),
  ];
}

/** The GitHub environments whose jobs sign in as an identity of this tier. */
export function environmentsOf(manifest: Manifest, tier: Tier, defaultBranch: string): GithubEnvironment[] {
  return githubEnvironments(manifest, defaultBranch).filter(
    ({ identity }) => identity === tier || (identity === "plan" && tier === "nonprod"),
  );
}
