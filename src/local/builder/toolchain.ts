import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PaasError } from "../../errors.js";
import type { Runtime } from "../../manifest/manifest.js";

const PROGRAM = { node: "node", python: "python3", static: null, docker: null } as const;

/**
 * What an image of this runtime depends on beside its files: `v20.20.2 linux x64`.
 * @throws PaasError `tool-missing`
 */
export async function toolchainOf(runtime: Runtime, variables: Record<string, string>): Promise<string> {
  const program = PROGRAM[runtime];
  if (program === null) return "none";
  try {
    const { stdout, stderr } = await promisify(execFile)(program, ["--version"], { env: variables, timeout: 30_000 });
    return [`${stdout}${stderr}`.trim(), process.platform, process.arch].join(" ");
  } catch (cause) {
    throw new PaasError("tool-missing", `${program} is needed to build and run a ${runtime} service here`, {
      details: [cause instanceof Error ? cause.message : String(cause)],
      next: `install ${program} so that \`${program} --version\` works, then \`paas local stop\` and repeat`,
      cause,
    });
  }
}
