import { describeEnvironment } from "../environment/describe.js";
import type { Environment, EnvironmentService } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";
import { type Doors, doorsAt, openDoors } from "../pipeline/doors.js";
import { findSource, trustedManifest } from "../pipeline/source.js";
import { branchOf, findTarget, noSuchEnvironment, type Target } from "../pipeline/target.js";
import type { Tools } from "../tools.js";
import { type Subject, subjectOf } from "./subject.js";

/** An environment that is there, and the doors to it. */
export type Known = { target: Target; doors: Doors };

/**
 * Finds the environment that a command names.
 * @throws PaasError `no-such-environment` (exit 3), also for one that was destroyed
 */
export async function knownEnvironment(argument: string | undefined, tools: Tools): Promise<Known> {
  const { envId } = await subjectOf(argument, tools);
  const doors = await openDoors(tools);
  const trusted = await trustedManifest(doors.git, await tools.manifest());
  const target = await findTarget(envId, trusted, doors);
  if (target.record?.state === "destroyed" && !target.group) throw noSuchEnvironment(envId);
  return { target, doors: doorsAt(target.tier, doors) };
}

/** The branch that a command builds; a hashed id alone does not tell it, but the environment's record does. */
export async function branchNamed({ envId, branch }: Subject, tools: Tools): Promise<string> {
  if (branch !== null) return branch;
  const { target } = await knownEnvironment(envId, tools);
  const recorded = branchOf(target);
  if (recorded === null) throw noSuchEnvironment(envId);
  return recorded;
}

/** What a known environment's commit says: its services with their Azure names. */
export async function describedEnvironment({ target, doors }: Known, tools: Tools): Promise<Environment> {
  const branch = branchOf(target);
  if (branch === null) throw noSuchEnvironment(target.envId);
  const { manifest, trusted } = await manifestsOf(target, branch, doors, tools);
  const generation = target.record?.generation ?? 0;
  const { subscriptionId } = doors.cloud;
  // Where it lies, whatever tier the default branch gives it by now.
  return { ...describeEnvironment({ manifest, trusted, branch, generation, subscriptionId }), tier: target.tier };
}

/** The manifest that was deployed, as far as its commit is here; else that of the working tree. */
async function manifestsOf(target: Target, branch: string, doors: Doors, tools: Tools) {
  const working = await tools.manifest();
  const commit = target.record?.commit ?? null;
  try {
    return await findSource(doors.git, doors.git, branch, commit);
  } catch {
    return { manifest: working, trusted: await trustedManifest(doors.git, working) };
  }
}

/** One service by name, or all of them. */
export function pickServices(environment: Environment, name: string | undefined): EnvironmentService[] {
  if (name === undefined) return environment.services;
  const found = environment.services.filter((service) => service.name === name);
  if (found.length > 0) return found;
  throw new PaasError("no-such-service", `environment ${environment.envId} has no service "${name}"`, {
    details: [`it has ${environment.services.map((service) => service.name).join(", ")}`],
    next: `\`paas status ${environment.envId}\` shows them; a new one comes from \`services\` in paas.yaml`,
    exit: EXIT.notFound,
  });
}
