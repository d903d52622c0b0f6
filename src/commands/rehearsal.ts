import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { stepsOf } from "../pipeline/events.js";
import { infraPackages, packageCache } from "../terraform/packages.js";
import type { Tools } from "../tools.js";
import { otherVersion, version } from "../version.js";
import type { Identity } from "../workflow/rehearse/oidc.js";

/** What every rehearsal takes from the machine that it runs on. */

/** What reaches the steps of the caller's environment: where programs are, and how this machine reaches the network. */
const PASSED = [
  ...["PATH", "TERM", "TMPDIR", "NO_COLOR", "PAAS_TERRAFORM", "npm_config_registry"],
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"],
];

/** @param root whose local cloud the steps work with */
export function stepVariables(root: string, variables: NodeJS.ProcessEnv): Record<string, string> {
  const secrets = Object.keys(variables).filter((name) => name.startsWith("PAAS_SECRET_"));
  const passed = [...PASSED, ...secrets].map((name) => [name, variables[name]] as const);
  return {
    ...Object.fromEntries(passed.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
    PAAS_CLOUD: "local",
    // The checkout of a job is another folder: its environments are those of this one all the same.
    PAAS_LOCAL_ROOT: root,
    PAAS_CACHE_DIR: path.dirname(packageCache(variables)),
    npm_config_cache: variables.npm_config_cache ?? path.join(variables.HOME ?? os.homedir(), ".npm"),
    npm_config_update_notifier: "false",
    CHECKPOINT_DISABLE: "1",
  };
}

/**
 * Installs the packages of a checked-out CDKTF app as the person's own npm does, once per lock file, and gives the
 * folder `node_modules`.
 * @throws PaasError `infra-not-installed`; `local-cloud-version` when the paas among them is not this one
 */
export async function machinePackages(
  infra: string,
  { ui, variables, signal }: Pick<Tools, "ui" | "variables" | "signal">,
): Promise<string> {
  const request = { infra, cache: packageCache(variables), onLine: () => {}, signal };
  const cached = await infraPackages({ ...request, install: false }).catch(() => null);
  const { nodeModules } =
    cached ??
    (await ui.progress((emit) =>
      stepsOf(emit, () => performance.now()).run("install infra", async (tell) => {
        tell("npm ci --ignore-scripts, once per lock file");
        return { value: await infraPackages({ ...request, install: true }) };
      }),
    ));
  await requireThisVersion(nodeModules);
  return nodeModules;
}

async function requireThisVersion(nodeModules: string): Promise<void> {
  const paas = path.join(nodeModules, ".bin", "paas");
  if (!fs.existsSync(paas)) return;
  const { stdout } = await promisify(execFile)(process.execPath, [paas, "--version"]);
  if (stdout.trim() !== version) throw otherVersion(version, stdout.trim());
}

/** `owner/name` from the address of origin; the numbers in it only GitHub knows. */
export function identityOf({ origin = "" }: Record<string, string>, root: string): Identity {
  const found = /[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(origin)?.[1];
  return { repository: found ?? `owner/${path.basename(root)}`, ownerId: "OWNER-ID", repositoryId: "REPOSITORY-ID" };
}
