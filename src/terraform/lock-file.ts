import fs from "node:fs/promises";
import path from "node:path";
import { PaasError } from "../errors.js";
import { parseErrors } from "./messages.js";
import { runTerraform, type TerraformRun } from "./run.js";

/** Names the exact provider with its checksums; lies in `infra/` and is committed. */
export const LOCK_FILE = ".terraform.lock.hcl";

/** Where runs happen: people's machines and runners. */
const PLATFORMS = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64", "windows_amd64"];

/**
 * Writes the lock file of `infra/` for every platform, from the configuration in the run's folder; one that is there stays.
 * @returns whether it was written
 * @throws PaasError `providers-not-locked`: it takes the registry of Terraform
 */
export async function lockProviders(run: TerraformRun, infra: string): Promise<boolean> {
  const file = path.join(infra, LOCK_FILE);
  if (await exists(file)) return false;
  const words = ["providers", "lock", "-no-color", ...PLATFORMS.map((platform) => `-platform=${platform}`)];
  const { code, stderr } = await runTerraform(run, words);
  const made = path.join(run.work, LOCK_FILE);
  if (code !== 0 || !(await exists(made))) throw notLocked(stderr);
  await fs.copyFile(made, file);
  return true;
}

/**
 * Brings the lock file of `infra/` into a run's folder.
 * @returns variables with which Terraform keeps to it and never changes it; none where there is no such file
 */
export async function useLockFile(infra: string, work: string): Promise<Record<string, string>> {
  const file = path.join(infra, LOCK_FILE);
  if (!(await exists(file))) return {};
  await fs.copyFile(file, path.join(work, LOCK_FILE));
  return { TF_CLI_ARGS_init: "-lockfile=readonly" };
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(
    () => true,
    () => false,
  );
}

function notLocked(stderr: string): PaasError {
  const errors = parseErrors(stderr).map(({ summary, detail }) =>
    [summary, detail.replace(/\s+/g, " ")].filter(Boolean).join(": "),
  );
  return new PaasError("providers-not-locked", `${LOCK_FILE} could not be written`, {
    details: errors.length > 0 ? errors : ["Terraform does not say why"],
    next: "`paas up` or `paas bootstrap --platform` where Terraform's registry can be reached",
  });
}
