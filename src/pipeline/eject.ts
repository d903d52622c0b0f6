import fs from "node:fs/promises";
import path from "node:path";
import type { Environment } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";
import { standaloneConfiguration } from "../terraform/standalone.js";
import { type Doors, doorsTo } from "./doors.js";
import { ejectedReadme } from "./ejected-readme.js";
import type { Steps } from "./events.js";
import { stackOf, synth } from "./infrastructure.js";
import { nextLife } from "./plan.js";
import type { Source } from "./source.js";
import { backendOf } from "./terraform-state.js";
import { checkOut, workplaceAt } from "./workplace.js";

export type Ejected = { environment: Environment /** Names in the folder, sorted. */; files: string[] };

const CONFIGURATION = "main.tf.json";
const LOCK_FILE = ".terraform.lock.hcl";

/**
 * Writes the environment's infrastructure as plain Terraform into a new or empty folder. Nothing in the cloud is changed.
 * @throws PaasError `folder-not-empty`
 */
export async function eject(source: Source, out: string, anywhere: Doors, steps: Steps): Promise<Ejected> {
  const doors = doorsTo(source, anywhere);
  await refuseFilled(out);
  const { environment } = await nextLife(source, doors);
  const workplace = workplaceAt(path.join(doors.work(environment.envId), "eject"));
  await steps.run("checkout", async () => {
    await checkOut(source, workplace);
    return { value: undefined, detail: source.commit.sha.slice(0, 8) };
  });
  const platform = doors.cloud.platform.of(environment.tier);
  const stack = stackOf(environment, platform);
  const synthesis = await synth(stack, workplace, doors, steps);
  const files = await steps.run("write", async () => {
    await fs.cp(synthesis.folder, out, { recursive: true });
    await fs.rm(path.join(out, path.basename(synthesis.file)));
    const { subscriptionId, tenantId } = platform;
    const standalone = { backend: backendOf({ platform, state: stack.state }), subscriptionId, tenantId };
    const text = await fs.readFile(synthesis.file, "utf8");
    await fs.writeFile(path.join(out, CONFIGURATION), standaloneConfiguration(text, standalone));
    await fs.writeFile(path.join(out, "README.md"), ejectedReadme(environment, platform, doors.cloud.simulated));
    await fs.copyFile(path.join(workplace.infra, LOCK_FILE), path.join(out, LOCK_FILE)).catch(tolerateMissing);
    return { value: (await fs.readdir(out)).sort(), detail: out };
  });
  return { environment, files };
}

async function refuseFilled(folder: string): Promise<void> {
  const found = await fs.readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code === "ENOTDIR") return [path.basename(folder)];
    throw error;
  });
  if (found.length === 0) return;
  throw new PaasError("folder-not-empty", `${folder} is not an empty folder`, {
    details: [`it holds ${found.slice(0, 3).join(", ")}${found.length > 3 ? ", …" : ""}`],
    next: "name a new folder with --out",
    exit: EXIT.usage,
  });
}

function tolerateMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}
