import { TAG } from "../environment/tags.js";
import { EXIT } from "../errors.js";
import { driftSummary } from "../github/nightly.js";
import { openDoors } from "../pipeline/doors.js";
import { driftOf, type EnvironmentDrift, needsAttention } from "../pipeline/drift.js";
import { stepsOf } from "../pipeline/events.js";
import { trustedManifest } from "../pipeline/source.js";
import { type Survey, surveyOf } from "../pipeline/survey.js";
import { noSuchEnvironment } from "../pipeline/target.js";
import type { GlobalOptions, Tools } from "../tools.js";
import type { Palette } from "../ui/palette.js";
import { subjectOf } from "./subject.js";

export type DriftOptions = GlobalOptions & { environment?: string };

/** Exit code 1 where something has to be looked at, so that a nightly run is red. */
export async function drift(options: DriftOptions, tools: Tools): Promise<void> {
  await tools.cloudName();
  const named = options.environment ?? tools.variables.PAAS_ENV;
  const envId = named ? (await subjectOf(named, tools)).envId : null;
  const doors = await openDoors(tools);
  const trusted = await trustedManifest(doors.git, await tools.manifest());
  const survey = await surveyOf(trusted.id, doors);
  for (const tier of survey.unread) tools.ui.note(`environments of tier ${tier} are left out: they may not be read`);
  const looked = envId === null ? survey : only(envId, survey);
  const environments = await tools.ui.progress((emit) =>
    driftOf(
      looked,
      doors,
      stepsOf(emit, () => performance.now()),
    ),
  );
  await tools.ui.actions?.summary((await tools.actions())?.files.summary ?? null, () => driftSummary(environments));
  if (environments.length === 0) tools.ui.note("no environments to compare");
  const text = environments.map((environment) => textOf(environment, tools.ui.palette)).join("\n");
  tools.ui.result(options, { environments, unread: survey.unread }, text);
  if (environments.some(needsAttention)) process.exitCode = EXIT.failed;
}

/** @throws PaasError `no-such-environment` */
function only(envId: string, { records, groups }: Survey): Pick<Survey, "records" | "groups"> {
  const found = {
    records: records.filter((record) => record.envId === envId),
    groups: groups.filter(({ tags }) => tags[TAG.environment] === envId),
  };
  const alive = found.groups.length > 0 || found.records.some(({ state }) => state !== "destroyed");
  if (!alive) throw noSuchEnvironment(envId);
  return found;
}

function textOf({ envId, status, why, resources }: EnvironmentDrift, palette: Palette): string {
  const words = why === null ? "" : `: ${why}`;
  const lines = resources.map(({ address, action, attributes }) =>
    action === "delete"
      ? palette.bad(`  - ${address}  is gone`)
      : palette.warn(`  ~ ${address}  ${attributes.join(", ")}`),
  );
  return [`${palette.strong(envId)}  ${status === "none" ? palette.good("no drift") : status}${words}`, ...lines].join(
    "\n",
  );
}
