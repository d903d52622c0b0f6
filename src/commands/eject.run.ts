import path from "node:path";
import { openDoors } from "../pipeline/doors.js";
import { eject as runEject } from "../pipeline/eject.js";
import { stepsOf } from "../pipeline/events.js";
import { findSource } from "../pipeline/source.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { branchNamed } from "./known.js";
import { subjectOf } from "./subject.js";

export type EjectOptions = GlobalOptions & { environment?: string; out: string; commit?: string };

export async function eject(options: EjectOptions, tools: Tools): Promise<void> {
  await tools.cloudName();
  const subject = await subjectOf(options.environment, tools);
  const branch = await branchNamed(subject, tools);
  const git = await tools.git();
  const source = await findSource(git, git, branch, options.commit ?? null);
  const doors = await openDoors(tools);
  const folder = path.resolve(tools.folder, options.out);
  const { environment, files } = await tools.ui.progress((emit) =>
    runEject(
      source,
      folder,
      doors,
      stepsOf(emit, () => performance.now()),
    ),
  );
  if (doors.cloud.simulated) tools.ui.warn("these files point at the local cloud, which simulates Azure");
  const { envId, resourceGroup, state } = environment;
  const document = { environment: { envId, branch, commit: source.commit.sha, resourceGroup }, folder, files, state };
  tools.ui.result(options, document, folder);
}
