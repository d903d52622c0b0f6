import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { PaasError } from "../errors.js";

const OLDEST: [number, number] = [1, 9];
const INSTALL = "install Terraform (https://developer.hashicorp.com/terraform/install), or name one in PAAS_TERRAFORM";

export type TerraformBinary = { path: string; version: string; flavour: "terraform" | "tofu" };

/**
 * Finds Terraform, or OpenTofu: what PAAS_TERRAFORM names, then `terraform`, then `tofu` on PATH.
 * @throws PaasError `terraform-missing`, `terraform-too-old`
 */
export async function findTerraform(variables: NodeJS.ProcessEnv): Promise<TerraformBinary> {
  const named = variables.PAAS_TERRAFORM;
  // Terraform is started in other folders, so a relative path is made absolute here.
  const candidates = named ? [named.includes("/") ? path.resolve(named) : named] : ["terraform", "tofu"];
  for (const candidate of candidates) {
    const found = await ask(candidate, variables);
    if (found === null) continue;
    assertNewEnough(found);
    return found;
  }
  throw new PaasError(
    "terraform-missing",
    named ? `PAAS_TERRAFORM names ${named}, which does not run` : "Terraform is not installed",
    {
      details: named ? [] : ["looked for `terraform` and `tofu` on PATH"],
      next: INSTALL,
    },
  );
}

async function ask(candidate: string, variables: NodeJS.ProcessEnv): Promise<TerraformBinary | null> {
  try {
    const { stdout } = await promisify(execFile)(candidate, ["version", "-json"], {
      env: { PATH: variables.PATH, HOME: variables.HOME, CHECKPOINT_DISABLE: "1" },
      timeout: 20_000,
    });
    const version = (JSON.parse(stdout) as { terraform_version?: string }).terraform_version;
    if (version === undefined) return null;
    return { path: candidate, version, flavour: path.basename(candidate).includes("tofu") ? "tofu" : "terraform" };
  } catch {
    return null;
  }
}

function assertNewEnough({ version, path: file }: TerraformBinary): void {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new PaasError("terraform-too-old", `${file} is version ${version}, paas needs ${OLDEST.join(".")} or newer`, {
    next: INSTALL,
  });
}
