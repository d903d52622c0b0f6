import { describeEnvironment } from "../environment/describe.js";
import type { Environment } from "../environment/environment.js";
import { ownership, TAG } from "../environment/tags.js";
import { EXIT, PaasError } from "../errors.js";
import type { EnvironmentRecord } from "../state/record.js";
import type { HeldRecord } from "../state/records.js";
import { build } from "./build.js";
import { contentsOf } from "./content.js";
import { clearDeadLock } from "./dead-lock.js";
import { type Built, deploy, type ServiceOutcome } from "./deploy.js";
import { surroundingsOf } from "./desired.js";
import { type Doors, doorsTo } from "./doors.js";
import type { Steps } from "./events.js";
import { deployed, finish } from "./finish.js";
import { type Applied, applyStack, stackOf } from "./infrastructure.js";
import { inLock } from "./lock.js";
import type { PlanLine } from "./plan.js";
import { ensurePlatform } from "./platform.js";
import { recordOf, recordWith } from "./recording.js";
import { requireSecrets, storeSecrets } from "./secrets.js";
import type { Source } from "./source.js";
import { checkOut, type Workplace, workplaceAt } from "./workplace.js";

export type UpRequest = { source: Source; lockTimeout: number };

export type UpOutcome = {
  environment: Environment;
  commit: string;
  services: ServiceOutcome[];
  /** What was changed: Terraform's resources, then the services that were deployed (`type: container`). */
  resources: PlanLine[];
  /** Of the first public service; null when all are internal. */
  url: string | null;
  durations: Record<string, number>;
};

/**
 * Makes an environment what its commit says: infrastructure and images side by side, then deployment, then the record.
 * Everything happens inside the environment's lock; what went before stays as it is when a step fails.
 */
export async function up({ source, lockTimeout }: UpRequest, anywhere: Doors, steps: Steps): Promise<UpOutcome> {
  const doors = doorsTo(source, anywhere);
  await doors.terraform();
  const draft = describe(source, 0, doors);
  const purpose = { operation: "up", commit: source.commit.sha };
  return inLock(draft, purpose, lockTimeout, doors, steps, (held, running) => upHeld(source, held, running, steps));
}

async function upHeld(source: Source, held: HeldRecord, doors: Doors, steps: Steps): Promise<UpOutcome> {
  const before = held.record;
  refuseUnfinishedDestroy(before);
  const environment = describe(source, generationAfter(before), doors);
  refuseOtherBranch(environment, before);
  await waitForDeletion(environment, doors, steps);
  await refuseForeignGroup(environment, doors);
  const secrets = await requireSecrets(environment, doors);

  const started = recordOf(environment, source.commit.sha, before, doors.now());
  await held.write(started);
  try {
    const workplace = workplaceAt(doors.work(environment.envId));
    const contents = await steps.run("checkout", async () => {
      await checkOut(source, workplace);
      const value = await contentsOf(workplace.source, environment.services);
      return { value, detail: `${source.commit.sha.slice(0, 8)} ${source.commit.subject}` };
    });
    await clearDeadLock(environment.envId, environment.state, doors, steps);
    const infrastructure = applyInfrastructure(environment, source, workplace, doors, steps);
    const images = build(environment, source.commit.sha, contents, workplace, doors, steps);
    const { applied, built } = await bothEnded(infrastructure, images);
    await storeSecrets(environment, secrets, doors, steps);
    const services = await deploy(
      {
        ...(await surroundingsOf(environment, source.commit.sha, applied.outputs.key_vault_uri, doors.cloud)),
        built,
        before: before?.state === "destroyed" ? {} : (before?.services ?? {}),
      },
      doors,
      steps,
    );
    const url = await finish(environment, source.commit.sha, services, started, held, doors, steps);
    const resources = [...applied.plan.resources, ...deployed(services, before)];
    return { environment, commit: source.commit.sha, services, resources, url, durations: steps.durations };
  } catch (error) {
    if (!held.lost.aborted) await held.write(recordWith(started, { state: "failed" }, doors.now()));
    throw error;
  }
}

async function applyInfrastructure(
  environment: Environment,
  source: Source,
  workplace: Workplace,
  doors: Doors,
  steps: Steps,
): Promise<Applied> {
  const platform = await ensurePlatform(source.trusted, environment.tier, workplace, doors, steps);
  return applyStack(stackOf(environment, platform), workplace, doors, steps);
}

/** Both always run to their end: an apply is never cut short because a build failed beside it. */
async function bothEnded(infrastructure: Promise<Applied>, images: Promise<Record<string, Built>>) {
  const [applied, built] = await Promise.allSettled([infrastructure, images]);
  if (applied.status === "rejected") throw applied.reason;
  if (built.status === "rejected") throw built.reason;
  return { applied: applied.value, built: built.value };
}

function describe(source: Source, generation: number, doors: Doors): Environment {
  const { manifest, trusted, branch } = source;
  return describeEnvironment({ manifest, trusted, branch, generation, subscriptionId: doors.cloud.subscriptionId });
}

/** A destroyed environment starts its next life under new names; every other run goes on in the same one. */
function generationAfter(record: EnvironmentRecord | null): number {
  if (!record) return 0;
  return record.state === "destroyed" ? record.generation + 1 : record.generation;
}

/** What a destroy has begun to remove would come back in the same life, under names that Azure still keeps back. */
export function refuseUnfinishedDestroy(record: EnvironmentRecord | null): void {
  if (record?.state !== "destroying") return;
  throw new PaasError("destroy-unfinished", `environment ${record.envId} is half destroyed: its destroy was stopped`, {
    next: `\`paas destroy ${record.envId}\`, then run again`,
    exit: EXIT.refused,
  });
}

/** Ids collide only when a hash does; then the branch's own hash tells two branches apart. */
function refuseOtherBranch(environment: Environment, record: EnvironmentRecord | null): void {
  if (!record || record.state === "destroyed" || record.branchSha === environment.tags["paas-branch-sha"]) return;
  throw new PaasError("environment-taken", `the id ${environment.envId} belongs to another branch`, {
    details: [`it is the environment of ${record.branch}`, `and ${environment.branch} leads to the same id`],
    next: "rename one of the two branches",
    exit: EXIT.refused,
  });
}

/** Deleted by hand a moment ago: until it is gone, Azure takes nothing new into a group. */
async function waitForDeletion({ resourceGroup }: Environment, doors: Doors, steps: Steps): Promise<void> {
  const group = await doors.groups.find(resourceGroup);
  if (group?.state !== "Deleting") return;
  await steps.run("wait", async (tell) => {
    tell(`until ${resourceGroup}, which is being deleted, is gone`);
    await doors.groups.gone(resourceGroup, doors.signal);
    return { value: undefined, detail: `${resourceGroup} is gone` };
  });
}

async function refuseForeignGroup(environment: Environment, doors: Doors): Promise<void> {
  const group = await doors.groups.find(environment.resourceGroup);
  if (!group) return;
  if (ownership(group.tags, environment) === "ours") return refuseOtherTier(environment, group.tags[TAG.tier]);
  throw new PaasError("foreign-group", `the resource group ${group.name} exists and is not this environment's`, {
    details: [
      `expected the tags paas-project-id, paas-env and paas-branch-sha of ${environment.branch}`,
      `found ${JSON.stringify(group.tags)}`,
    ],
    next: "nothing was changed; rename the branch, or remove that group yourself if it is yours",
    exit: EXIT.refused,
  });
}

/** The other tier's state and record know the same group: two of them would own it. */
function refuseOtherTier({ envId, tier }: Environment, found: string | undefined): void {
  if (found === undefined || found === tier) return;
  throw new PaasError(
    "tier-changed",
    `environment ${envId} was made in tier ${found}, and paas.yaml says ${tier} now`,
    {
      details: ["an environment does not move: its state, vault and images are those of the tier that it was made in"],
      next: `\`paas destroy ${envId}\`, then run again; or take the change of \`tier\` back`,
      exit: EXIT.refused,
    },
  );
}
