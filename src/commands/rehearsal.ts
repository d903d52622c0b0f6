import os from "node:os";
import path from "node:path";
import { stepsOf } from "../pipeline/events.js";
import { infraPackages, packageCache } from "../terraform/packages.js";
import { pinnedCli } from "../terraform/pinned-cli.js";
import type { Tools } from "../tools.js";
import { otherVersion, version } from "../version.js";
import type { Identity } from "../workflow/rehearse/oidc.js";
import type { MachinePackages } from "../workflow/rehearse/run/packages.js";

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
    PAAS_CACHE_DIR: cacheFolder(variables),
    npm_config_cache: variables.npm_config_cache ?? path.join(variables.HOME ?? os.homedir(), ".npm"),
    npm_config_update_notifier: "false",
    CHECKPOINT_DISABLE: "1",
  };
}

/**
 * The packages of a checked-out CDKTF app, as the person's own npm has installed them, and the paas that it pins; null
 * when that one is not at hand.
 * @throws PaasError `infra-not-installed`, `cli-not-intact`; `local-cloud-version` when it is not this paas
 */
export async function machinePackages(infra: string, tools: MachineTools): Promise<MachinePackages | null> {
  const { variables } = tools;
  const own = await tools.packageFolder();
  const cli = await pinnedCli({ infra, own, cache: path.join(cacheFolder(variables), "cli") });
  if (cli === null) return null;
  if (cli.version !== version) throw otherVersion(version, cli.version);
  return { nodeModules: await installed(infra, tools), cli: cli.folder };
}

type MachineTools = Pick<Tools, "ui" | "variables" | "signal" | "packageFolder">;

/** A step that people see only when there is something to install. */
async function installed(infra: string, { ui, variables, signal }: MachineTools): Promise<string> {
  const request = { infra, cache: packageCache(variables), onLine: () => {}, signal };
  const cached = await infraPackages({ ...request, install: false }).catch(() => null);
  if (cached !== null) return cached.nodeModules;
  return ui.progress((emit) =>
    stepsOf(emit, () => performance.now()).run("install infra", async (tell) => {
      tell("npm ci --ignore-scripts, once per lock file");
      return { value: (await infraPackages({ ...request, install: true })).nodeModules };
    }),
  );
}

function cacheFolder(variables: NodeJS.ProcessEnv): string {
  return path.dirname(packageCache(variables));
}

/** `owner/name` from the address of origin; the numbers in it only GitHub knows. */
export function identityOf({ origin = "" }: Record<string, string>, root: string): Identity {
  const found = /[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(origin)?.[1];
  return { repository: found ?? `owner/${path.basename(root)}`, ownerId: "OWNER-ID", repositoryId: "REPOSITORY-ID" };
}
