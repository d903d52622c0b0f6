import path from "node:path";
import { describeEnvironment } from "../environment/describe.js";
import type { Environment, EnvironmentService } from "../environment/environment.js";
import type { DeployedService, EnvironmentRecord } from "../state/record.js";
import type { PlanAction } from "../terraform/plan.js";
import { outputsOfState } from "../terraform/state.js";
import { contentsOf } from "./content.js";
import { serves } from "./deploy.js";
import { desiredOf, type Surroundings, surroundingsOf } from "./desired.js";
import { type Doors, doorsTo } from "./doors.js";
import type { Steps } from "./events.js";
import { planStack, stackOf } from "./infrastructure.js";
import { noPlatform } from "./platform.js";
import type { Source } from "./source.js";
import { checkOut, type Workplace, workplaceAt } from "./workplace.js";

export type PlanLine = { address: string; type: string; action: PlanAction };

export type PlanOutcome = {
  environment: Environment;
  changes: Record<PlanAction, number>;
  /** Terraform's changes, then the services that would be built and deployed (`type: container`). */
  resources: PlanLine[];
};

/**
 * What `up` would change. Reads only: no lock is taken, nothing in the cloud is written.
 * @param proposed the source is a pull request's, which nobody has approved
 */
export async function plan(source: Source, anywhere: Doors, steps: Steps, proposed = false): Promise<PlanOutcome> {
  const doors = doorsTo(source, anywhere);
  await doors.terraform();
  const { environment, record } = await nextLife(source, doors);

  // A folder of its own: a plan may go on beside a run of the same environment.
  const workplace = workplaceAt(path.join(doors.work(environment.envId), "plan"));
  await steps.run("checkout", async () => {
    await checkOut(source, workplace);
    return { value: undefined, detail: source.commit.sha.slice(0, 8) };
  });
  const stack = stackOf(environment, doors.cloud.platform.of(environment.tier));
  const infrastructure = await planStack(stack, workplace, doors, steps, proposed);
  const outputs = outputsOfState(await doors.state.blobs.download(stack.state));
  const vaultUri = outputs.key_vault_uri;
  const surroundings = await surroundingsOf(environment, source.commit.sha, vaultUri, doors.cloud);
  const containers = await containerChanges(surroundings, record, workplace, doors);
  const changes = { ...infrastructure.changes };
  for (const { action } of containers) changes[action] += 1;
  return { environment, changes, resources: [...infrastructure.resources, ...containers] };
}

/** The services that `up` would deploy: other files, other settings, or a version that does not serve. */
async function containerChanges(
  surroundings: Surroundings,
  record: EnvironmentRecord | null,
  workplace: Workplace,
  doors: Doors,
): Promise<PlanLine[]> {
  const { environment } = surroundings;
  const contents = await contentsOf(workplace.source, environment.services);
  const lines: PlanLine[] = [];
  for (const service of environment.services) {
    const key = contents[service.name]?.key ?? "";
    const last = record?.services[service.name];
    if (last && (await stays(service, key, last, surroundings, doors))) continue;
    lines.push({ address: `service.${service.name}`, type: "container", action: last ? "update" : "create" });
  }
  return lines;
}

/** The same files give the same image again, so the last one stands for it. */
async function stays(
  service: EnvironmentService,
  contentKey: string,
  last: DeployedService,
  surroundings: Surroundings,
  doors: Doors,
): Promise<boolean> {
  const { environment } = surroundings;
  if (last.contentKey !== contentKey || last.configKey !== desiredOf(service, last.image, surroundings).key)
    return false;
  const app = await doors.apps.find(environment.resourceGroup, service.appName);
  return app !== null && serves(last.image, app, environment, doors);
}

/** What `up` would make of a commit at these doors, and the record of the life that it would go on with; null = a new one begins. */
export async function nextLife(
  { manifest, trusted, branch }: Source,
  doors: Doors,
): Promise<{ environment: Environment; record: EnvironmentRecord | null }> {
  const { subscriptionId } = doors.cloud;
  const draft = describeEnvironment({ manifest, trusted, branch, generation: 0, subscriptionId });
  if (!(await doors.cloud.platform.exists(draft.tier))) throw noPlatform(draft.tier, doors.cloud);
  const record = (await doors.state.records.read(draft.record))?.record ?? null;
  const alive = record !== null && record.state !== "destroyed";
  const generation = record === null ? 0 : alive ? record.generation : record.generation + 1;
  const environment = describeEnvironment({ manifest, trusted, branch, generation, subscriptionId });
  return { environment, record: alive ? record : null };
}
