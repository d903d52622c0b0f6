import type { Step, StepOf } from "../bootstrap/step.js";
import { shellWord } from "../ui/wording.js";

/** What an owner types to grant what whoever ran bootstrap may not; `principalId` is null while it is not known. */
export function ownerCommand(step: StepOf<"role"> | StepOf<"roleDefinition">, principalId: string | null): string {
  if (step.kind === "roleDefinition") {
    const { name, description, actions } = step.role;
    const definition = { Name: name, Description: description, Actions: actions, AssignableScopes: [step.scope] };
    return words("az", "role", "definition", "create", "--role-definition", JSON.stringify(definition));
  }
  const { principal, role, scope } = step;
  const type = principal.kind === "person" ? principal.type : "ServicePrincipal";
  const who = principalId ?? `<principal id of ${principal.name}>`;
  return words(
    ...["az", "role", "assignment", "create"],
    ...["--assignee-object-id", who, "--assignee-principal-type", type],
    ...["--role", role.name, "--scope", scope],
  );
}

/** What a person types for GitHub's part, where paas has no token for it. */
export function githubCommands(
  repository: string,
  environments: { name: string; refs: string[]; variables: Record<string, string> }[],
): string[] {
  return environments.flatMap(({ name, refs, variables }) => {
    const at = `repos/${repository}/environments/${name}`;
    const policy = ["protected_branches]=false", "custom_branch_policies]=true"];
    const fields = policy.flatMap((field) => ["-F", `deployment_branch_policy[${field}`]);
    return [
      words("gh", "api", "-X", "PUT", at, ...fields),
      ...refs.map((ref) => words("gh", "api", `${at}/deployment-branch-policies`, "-f", `name=${ref}`)),
      ...Object.entries(variables).map(([key, value]) =>
        words("gh", "variable", "set", key, "--repo", repository, "--env", name, "--body", value),
      ),
    ];
  });
}

/** Steps whose work waits for the platform, because they are about parts of it. */
export function needsPlatform(step: Step): boolean {
  return step.kind === "stack" || step.kind === "registry";
}

function words(...parts: string[]): string {
  return parts.map(shellWord).join(" ");
}
