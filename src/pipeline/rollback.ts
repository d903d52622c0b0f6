import { describeEnvironment } from "../environment/describe.js";
import type { Environment } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";
import type { Deployment, EnvironmentRecord } from "../state/record.js";
import type { HeldRecord } from "../state/records.js";
import { outputsOfState } from "../terraform/state.js";
import { shortCommit } from "../ui/wording.js";
import { type Built, deploy } from "./deploy.js";
import { surroundingsOf } from "./desired.js";
import { type Doors, doorsTo } from "./doors.js";
import type { Steps } from "./events.js";
import { deployed, finish } from "./finish.js";
import { inLock } from "./lock.js";
import { recordOf, recordWith } from "./recording.js";
import { requireSecrets, storeSecrets } from "./secrets.js";
import type { Source } from "./source.js";
import { noSuchEnvironment } from "./target.js";
import { refuseUnfinishedDestroy, type UpOutcome } from "./up.js";

export type RollbackRequest = {
  /** The commit that is gone back to, and its manifest. */
  source: Source;
  /** Its entry in the ledger. */
  deployment: Deployment;
  /** When the ledger was last written to as the entry was chosen: later ones are not gone back from unseen. */
  newest: string;
  /** Milliseconds. */
  lockTimeout: number;
};

/**
 * Brings images that served before into an environment again, by digest and with their commit's settings. Nothing is
 * built and Terraform does not run, so it is quick, and works while either is broken.
 * @throws PaasError `image-gone`, `app-missing`, `vault-closed`, `environment-changed`, `unhealthy`; what serves goes on serving
 */
export async function rollback(request: RollbackRequest, anywhere: Doors, steps: Steps): Promise<UpOutcome> {
  const { source, lockTimeout } = request;
  const doors = doorsTo(source, anywhere);
  const draft = describe(source, 0, doors);
  const purpose = { operation: "rollback", commit: source.commit.sha };
  return inLock(draft, purpose, lockTimeout, doors, steps, (held, running) =>
    rollbackHeld(request, held, running, steps),
  );
}

async function rollbackHeld(
  { source, deployment, newest }: RollbackRequest,
  held: HeldRecord,
  doors: Doors,
  steps: Steps,
): Promise<UpOutcome> {
  const before = held.record;
  refuseUnfinishedDestroy(before);
  const environment = describe(source, before?.generation ?? 0, doors);
  if (!before || before.state === "destroyed") throw noSuchEnvironment(environment.envId);
  if (before.deployments[0]?.at !== newest) throw changedMeanwhile(environment);
  const built = await steps.run("images", async () => {
    const value = await imagesOf(environment, deployment, doors);
    await requireApps(environment, doors);
    return { value, detail: `of ${shortCommit(deployment.commit)}, from ${deployment.at}` };
  });
  for (const name of Object.keys(before.services).filter((service) => !(service in built))) {
    steps.warn(`service ${name} is no part of ${shortCommit(deployment.commit)}: it is left as it is`);
  }
  await requireOpenVault(environment, doors);
  const missing = await requireSecrets(environment, doors);

  const started = recordOf(environment, source.commit.sha, before, doors.now());
  await held.write(started);
  try {
    await storeSecrets(environment, missing, doors, steps);
    const { key_vault_uri: vaultUri } = outputsOfState(await doors.state.blobs.download(environment.state));
    const surroundings = await surroundingsOf(environment, source.commit.sha, vaultUri, doors.cloud);
    const services = await deploy({ ...surroundings, built, before: before.services }, doors, steps);
    const url = await finish(environment, source.commit.sha, services, started, held, doors, steps);
    const resources = deployed(services, before);
    return { environment, commit: source.commit.sha, services, resources, url, durations: steps.durations };
  } catch (error) {
    if (!held.lost.aborted) await held.write(recordWith(started, { state: "failed" }, doors.now()));
    throw error;
  }
}

/** A deployment's images by service, once it is sure that they can all still be deployed. */
async function imagesOf(
  environment: Environment,
  deployment: Deployment,
  doors: Doors,
): Promise<Record<string, Built>> {
  const built: Record<string, Built> = {};
  for (const { name } of environment.services) {
    const service = deployment.services[name];
    if (!service) throw imageGone(environment, name, null, deployment);
    const { image: reference, contentKey } = service;
    if (!(await doors.cloud.hasImage(reference, environment.tier)))
      throw imageGone(environment, name, reference, deployment);
    const digest = reference.slice(reference.indexOf("@") + 1);
    built[name] = { image: { reference, digest, cached: true }, contentKey };
  }
  return built;
}

/** Looked for before the first service is touched: a version of half the services is no version. */
async function requireApps({ envId, resourceGroup, services }: Environment, doors: Doors): Promise<void> {
  for (const { name, appName } of services) {
    if (await doors.apps.find(resourceGroup, appName)) continue;
    throw new PaasError("app-missing", `the container app ${appName} of service ${name} is not there any more`, {
      details: ["going back changes no infrastructure"],
      next: `\`paas up ${envId} --commit <commit>\` makes it anew`,
    });
  }
}

/** What an app reads is part of its settings, and going back runs no apply that would open the vault to somebody else. */
async function requireOpenVault(environment: Environment, doors: Doors): Promise<void> {
  const { envId, services } = environment;
  if (services.every(({ secrets }) => secrets.length === 0) || (await doors.cloud.vault.readable(environment))) return;
  throw new PaasError("vault-closed", `the vault of ${envId} lets in who deployed last, and that was not you`, {
    details: ["going back sets the secrets of the app anew, and runs no Terraform that would let you in"],
    next: `\`paas up ${envId} --commit <commit>\` deploys that version as you, or go back from the workflow that deploys it`,
    exit: EXIT.signIn,
  });
}

function imageGone({ envId }: Environment, service: string, image: string | null, { commit }: Deployment): PaasError {
  const what =
    image === null ? `no image of service ${service} was recorded` : `the image of ${service} is gone: ${image}`;
  return new PaasError("image-gone", `${envId} cannot go back to ${shortCommit(commit)}: ${what}`, {
    next: `\`paas up ${envId} --commit ${shortCommit(commit)}\` builds it anew`,
  });
}

function changedMeanwhile({ envId }: Environment): PaasError {
  return new PaasError("environment-changed", `another run has deployed to ${envId} meanwhile`, {
    next: `\`paas status ${envId}\`, then run again`,
  });
}

/**
 * The deployment to go back to: the newest of another commit than the one that serves, or the newest of `to`.
 * @param to the beginning of a commit's id; null = none is named
 * @throws PaasError `nothing-to-go-back-to`, `not-deployed` (exit 3)
 */
export function deploymentToGoBackTo(
  { envId, deployments }: Pick<EnvironmentRecord, "envId" | "deployments">,
  to: string | null,
): Deployment {
  const ledger = [...new Map(deployments.toReversed().map((one) => [one.commit, one])).values()].reverse();
  const details = ledger.map(({ commit, at }) => `${shortCommit(commit)} deployed ${at}`);
  if (to !== null) {
    const found = ledger.filter(({ commit }) => commit.startsWith(to.toLowerCase()));
    const [only] = found;
    if (only && found.length === 1) return only;
    const why = found.length > 1 ? "is the beginning of more than one commit" : "is no commit";
    throw new PaasError("not-deployed", `${to} ${why} that was deployed to ${envId}`, {
      details,
      next: `name one of these, or \`paas up ${envId} --commit <commit>\` for another`,
      exit: EXIT.notFound,
    });
  }
  const before = ledger.find(({ commit }) => commit !== deployments[0]?.commit);
  if (before) return before;
  throw new PaasError("nothing-to-go-back-to", `${envId} has no version before the one that serves`, {
    details: details.length > 0 ? details : ["nothing was deployed to it yet"],
    next: `\`paas up ${envId} --commit <commit>\` deploys another commit`,
    exit: EXIT.notFound,
  });
}

function describe({ manifest, trusted, branch }: Source, generation: number, doors: Doors): Environment {
  const { subscriptionId } = doors.cloud;
  return describeEnvironment({ manifest, trusted, branch, generation, subscriptionId });
}
