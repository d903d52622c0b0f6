import type { CloudName } from "../cloud.js";
import type { Facts, Gathered, LocalFacts } from "../doctor/facts.js";
import type { Manifest } from "../manifest/manifest.js";
import { publishedVersion } from "../scaffold/cli-package.js";
import { findTerraform } from "../terraform/binary.js";
import type { GlobalOptions } from "../tools.js";
import { type AzureDoor, gatherAzure } from "./doctor.azure.js";
import { after, gathered } from "./doctor.gathered.js";
import { gatherGithub } from "./doctor.github.js";
import { gatherPin, gatherWorkflows } from "./doctor.project.js";
import type { DoctorTools } from "./doctor.run.js";
import { buildxVersion, gitVersion } from "./doctor.versions.js";

export { type AzureDoor, realAzure } from "./doctor.azure.js";

/** Finds out everything that the checks judge; whatever cannot be is a fact as well, and ends nothing. */
export async function gatherFacts(options: GlobalOptions, tools: DoctorTools, azure: AzureDoor): Promise<Facts> {
  const { variables } = tools;
  const [git, terraform, buildx, root, manifest] = await Promise.all([
    gathered(() => gitVersion(variables)),
    gathered(() => findTerraform(variables)),
    gathered(() => buildxVersion(variables)),
    gathered(() => tools.root()),
    gathered(() => tools.manifest()),
  ]);
  const cloud = await gathered(async () => ({
    name: await tools.cloudName(),
    because: because(options, tools, manifest),
  }));
  const defaultBranch = await nameOfDefaultBranch(tools);
  const github = await gatherGithub(tools, manifest, defaultBranch);
  const cli = publishedVersion(await tools.packageFolder());
  return {
    cli,
    node: process.versions.node,
    git,
    terraform,
    buildx,
    manifest,
    cloud,
    local: await gatherLocal(cloud, manifest, tools),
    pin: await after(root, gatherPin),
    workflows: await after(root, (folder) =>
      after(manifest, (read) => gatherWorkflows({ root: folder, manifest: read, defaultBranch, cli }, tools)),
    ),
    github,
    ...(await gatherAzure({ cloud, manifest, variables }, azure)),
  };
}

function because(options: GlobalOptions, { variables }: DoctorTools, manifest: Gathered<Manifest>): string {
  if (options.cloud) return "by --cloud";
  if (variables.PAAS_CLOUD) return "by PAAS_CLOUD";
  const bootstrapped = "value" in manifest && manifest.value.platform !== null;
  return bootstrapped ? "paas.yaml has a platform" : "paas.yaml has no platform";
}

async function nameOfDefaultBranch({ git, variables }: DoctorTools): Promise<string> {
  if (variables.PAAS_DEFAULT_BRANCH) return variables.PAAS_DEFAULT_BRANCH;
  const branch = await gathered(async () => (await git()).defaultBranch());
  return "value" in branch ? branch.value.replace(/^origin\//, "") : "main";
}

async function gatherLocal(
  cloud: Gathered<{ name: CloudName }>,
  manifest: Gathered<Manifest>,
  tools: DoctorTools,
): Promise<Gathered<LocalFacts>> {
  if ("value" in cloud && cloud.value.name === "azure") return { skipped: "environments live on Azure" };
  if (!("value" in manifest)) return { skipped: "there is no project to run" };
  const found = await gathered(async (): Promise<LocalFacts> => {
    const running = await tools.runningCloud();
    if (!running) return { state: "stopped" };
    const platform = await running.platform.exists("nonprod");
    return { state: "running", detail: `running (simulated), platform ${platform ? "made" : "not made yet"}` };
  });
  return "failed" in found ? { value: { state: "unhealthy", detail: found.failed } } : found;
}
