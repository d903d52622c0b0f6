import type { OwnersStep, Step } from "../bootstrap/step.js";
import { shellWord } from "../ui/wording.js";

/** What an owner types to do what whoever ran bootstrap may not; `principalId` is null while it is not known. */
export function ownerCommand(step: OwnersStep, principalId: string | null): string {
  if (step.kind === "lock") {
    const { name, notes, scope } = step;
    return words("az", "lock", "create", "--lock-type", "CanNotDelete", ...lockAt(scope, name), "--notes", notes);
  }
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

/** What an owner types to take a lock off a resource. */
export function unlockCommand(scope: string, name: string): string {
  return words("az", "lock", "delete", ...lockAt(scope, name));
}

/** `az` takes the group out of a resource's id, and not the subscription. */
function lockAt(scope: string, name: string): string[] {
  const [, , subscription = ""] = scope.split("/");
  return ["--name", name, "--resource", scope, "--subscription", subscription];
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
