import { execFileSync } from "node:child_process";
import { buildxVersion, gitVersion } from "../../src/commands/doctor.versions.js";
import { EXIT, PaasError } from "../../src/errors.js";
import { findTerraform } from "../../src/terraform/binary.js";
import type { Ground } from "./ground.js";

/** Milliseconds for the answer of a program. */
const LIMIT = 20_000;

/** Versions of everything that a run starts. @throws PaasError naming the first that is missing */
export async function programsOf({ variables }: Ground): Promise<string> {
  const git = await gitVersion(variables);
  const { version: terraform, flavour } = await findTerraform(variables);
  const buildx = await buildxVersion(variables);
  return `git ${git}, ${flavour} ${terraform}, buildx ${buildx}, docker ${engine(variables)}`;
}

/** Version of the engine that builds: the command alone builds nothing. */
function engine(variables: NodeJS.ProcessEnv): string {
  try {
    const words = ["version", "--format", "{{.Server.Version}}"];
    return execFileSync("docker", words, { env: variables, encoding: "utf8", timeout: LIMIT, stdio: "pipe" }).trim();
  } catch (cause) {
    throw new PaasError("docker-not-running", "docker has no engine that answers", {
      next: "start Docker, and run again; nothing was made",
      exit: EXIT.refused,
      cause,
    });
  }
}
