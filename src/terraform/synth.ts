import fs from "node:fs/promises";
import path from "node:path";
import { PaasError } from "../errors.js";
import { runApp } from "./app.js";
import { type Providers, providersOf, typesOf } from "./providers.js";
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

export type Synthesis = Providers & {
  /** `cdk.tf.json` in the work folder. */
  file: string;
  /** Folder with the same file and the assets that belong to it, and nothing else. */
  folder: string;
  /** The azurerm types of resources and data sources; sorted. */
  resourceTypes: string[];
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
  const configuration: unknown = JSON.parse(await fs.readFile(file, "utf8"));
  return {
    file,
    folder: stack,
    resourceTypes: azurermTypes(typesOf(configuration)),
    ...providersOf(configuration, await otherFiles(stack)),
    bindings: path.join(nodeModules, "@cdktf", "provider-azurerm"),
  };
}

/** Files that Terraform (or OpenTofu) would read beside the stack's own. */
async function otherFiles(stack: string): Promise<string[]> {
  const names = await fs.readdir(stack);
  return names.filter((name) => name !== "cdk.tf.json" && /\.(tf|tofu)(\.json)?$/.test(name)).sort();
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
