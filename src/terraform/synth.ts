import fs from "node:fs/promises";
import path from "node:path";
import { EXIT, PaasError } from "../errors.js";
import { runApp } from "./app.js";
import { azurermTypes } from "./state.js";

export type SynthRequest = {
  /** Folder of the CDKTF app; only read. */
  infra: string;
  /** Folder of the run, which the results are written to. */
  work: string;
  /** What the app reads as PAAS_ENVIRONMENT_FILE. */
  environmentFile: string;
  /** Folder with the app's packages. */
  nodeModules: string;
  signal?: AbortSignal;
};

export type Synthesis = {
  /** `cdk.tf.json` in the work folder. */
  file: string;
  /** Folder with the same file and the assets that belong to it, and nothing else. */
  folder: string;
  /** The azurerm types of resources and data sources; sorted. */
  resourceTypes: string[];
  /** Full source addresses of the providers, `registry.terraform.io/hashicorp/azurerm`; sorted. */
  providers: string[];
  /** Folder of `@cdktf/provider-azurerm` that the app was bundled with. */
  bindings: string;
};

/**
 * Turns the CDKTF app into Terraform JSON: bundles it, runs it, and puts `cdk.tf.json` into the work folder.
 * @throws PaasError `synth-failed` with the place in the user's TypeScript
 */
export async function synthesise(request: SynthRequest): Promise<Synthesis> {
  const { infra, work, nodeModules } = request;
  const output = path.join(work, "synth");
  const file = path.join(work, "cdk.tf.json");
  await fs.rm(output, { recursive: true, force: true });
  await fs.rm(file, { force: true });
  await fs.mkdir(output, { recursive: true, mode: 0o700 });
  await runApp({ ...request, infra: await fs.realpath(infra), output });
  const stack = await onlyStack(output);
  await fs.cp(stack, work, { recursive: true });
  const configuration = JSON.parse(await fs.readFile(file, "utf8")) as Configuration;
  return {
    file,
    folder: stack,
    ...describe(configuration),
    bindings: path.join(nodeModules, "@cdktf", "provider-azurerm"),
  };
}

/**
 * @param allowed full source addresses that the cloud can serve; null = any
 * @throws PaasError `provider-not-served`
 */
export function assertProviders(synthesis: Pick<Synthesis, "providers">, allowed: string[] | null): void {
  if (allowed === null) return;
  const others = synthesis.providers.filter((provider) => !allowed.includes(provider));
  if (others.length === 0) return;
  throw new PaasError("provider-not-served", `infra/ uses a provider that this cloud does not serve: ${others[0]}`, {
    details: [...others.slice(1).map((other) => `also ${other}`), `served: ${allowed.join(", ")}`],
    next: "take its resources out of infra/, or use `--cloud azure`",
  });
}

const AZURERM = "registry.terraform.io/hashicorp/azurerm";

/**
 * For the plan of a pull request, which runs with code that nobody has approved: a provider is a program, and data
 * sources such as `external` and `http` run programs and send what they were given.
 * @throws PaasError `provider-not-planned`, exit 5
 */
export function assertPlannable({ providers }: Pick<Synthesis, "providers">): void {
  const others = providers.filter((provider) => provider !== AZURERM);
  if (others.length === 0) return;
  throw new PaasError("provider-not-planned", `infra/ of this pull request uses another provider: ${others[0]}`, {
    details: [
      ...others.slice(1).map((other) => `also ${other}`),
      `a provider is a program that runs beside the job's identity; plans of pull requests run ${AZURERM} alone`,
    ],
    next: "review it, and look at its plan on an env-* branch",
    exit: EXIT.refused,
  });
}

type Configuration = {
  terraform?: { required_providers?: Record<string, { source?: string }> };
  resource?: Record<string, unknown>;
  data?: Record<string, unknown>;
};

function describe(configuration: Configuration): Pick<Synthesis, "resourceTypes" | "providers"> {
  const required = configuration.terraform?.required_providers ?? {};
  const types = [...Object.keys(configuration.resource ?? {}), ...Object.keys(configuration.data ?? {})];
  // Terraform takes the first word of a type for its provider where nothing is said; `terraform` is built in.
  const names = types.map((type) => type.split("_")[0] ?? type).filter((name) => name !== "terraform");
  const providers = [...new Set([...Object.keys(required), ...names])];
  return {
    resourceTypes: azurermTypes(types),
    providers: providers.map((name) => fullAddress(required[name]?.source ?? name)).sort(),
  };
}

/** `azurerm` and `hashicorp/azurerm` as Terraform reads them. */
export function fullAddress(source: string): string {
  const parts = source.split("/");
  const defaults = ["registry.terraform.io", "hashicorp"];
  return [...defaults.slice(0, Math.max(0, 3 - parts.length)), ...parts].join("/").toLowerCase();
}

async function onlyStack(output: string): Promise<string> {
  const manifest = await fs.readFile(path.join(output, "out", "manifest.json"), "utf8").catch(() => '{"stacks":{}}');
  const stacks = Object.values(
    (JSON.parse(manifest) as { stacks: Record<string, { workingDirectory: string }> }).stacks,
  );
  const [stack] = stacks;
  if (stack && stacks.length === 1) return path.join(output, "out", stack.workingDirectory);
  throw new PaasError("synth-failed", `infra/main.ts made ${stacks.length} stacks, paas applies exactly one`, {
    next: "put what belongs together into one stack, and end main.ts with `app.synth()`",
  });
}
