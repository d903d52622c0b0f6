import { policyFor } from "../manifest/environments.js";
import { type Kind, kindsPer } from "../naming/kinds.js";
import { type NameOwner, resourceName } from "../naming/name.js";
import { trustedManifest } from "../pipeline/source.js";
import type { Tools } from "../tools.js";
import { subjectOfBranch } from "./subject.js";

export type NameOptions = { branch: string; json?: boolean };
export type NameTools = Pick<Tools, "git" | "manifest" | "cloudName" | "subscription" | "ui">;

/**
 * Prints the names of a branch's environment in its first life; a destroyed environment's next life has other hashes.
 * @throws PaasError `branch-name-empty`, `branch-not-an-environment` (exit 2)
 */
export async function name(options: NameOptions, tools: NameTools): Promise<void> {
  await tools.cloudName();
  const manifest = await tools.manifest();
  const { branch } = options;
  const { envId } = await subjectOfBranch(branch, tools);
  const trusted = await trustedManifest(await tools.git(), manifest);
  const subscriptionId = await tools.subscription(policyFor(trusted, envId).tier);
  const project = { id: manifest.id, name: manifest.name };
  const owner: NameOwner = { project, subscriptionId, envId, generation: 0 };

  const services = manifest.services.map(({ name }) => [name, namesOf(kindsPer("service"), owner, name)]);
  const document = {
    branch,
    envId,
    resourceGroup: resourceName("resourceGroup", owner),
    names: { "": namesOf(kindsPer("environment"), owner), ...Object.fromEntries(services) },
    stateKey: `state/${envId}.tfstate`,
  };
  tools.ui.result(options, document, envId);
}

function namesOf(kinds: Kind[], owner: NameOwner, service?: string): Record<string, string> {
  return Object.fromEntries(kinds.map((kind) => [kind, resourceName(kind, owner, service)]));
}
