import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { PaasError } from "../errors.js";
import { bundle } from "./bundle.js";

/** How long the CDKTF app may run. */
const LIMIT_SECONDS = 60;

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
  /** Types of the resources and, with `data.` before them, of the data sources; sorted. */
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
  const bundled = path.join(output, "main.cjs");
  const file = path.join(work, "cdk.tf.json");
  await fs.rm(output, { recursive: true, force: true });
  await fs.rm(file, { force: true });
  await fs.mkdir(path.join(output, "home"), { recursive: true, mode: 0o700 });

  await bundle(infra, nodeModules, bundled);
  await runApp(bundled, output, request);
  const stack = await onlyStack(output);
  await fs.cp(stack, work, { recursive: true });
  const configuration = JSON.parse(await fs.readFile(file, "utf8")) as Configuration;
  return { file, ...describe(configuration), bindings: path.join(nodeModules, "@cdktf", "provider-azurerm") };
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

type Configuration = {
  terraform?: { required_providers?: Record<string, { source?: string }> };
  resource?: Record<string, unknown>;
  data?: Record<string, unknown>;
};

function describe(configuration: Configuration): Pick<Synthesis, "resourceTypes" | "providers"> {
  const resources = Object.keys(configuration.resource ?? {});
  const data = Object.keys(configuration.data ?? {}).map((type) => `data.${type}`);
  const required = Object.entries(configuration.terraform?.required_providers ?? {});
  return {
    resourceTypes: [...resources, ...data].sort(),
    providers: required.map(([name, { source }]) => fullAddress(source ?? name)).sort(),
  };
}

/** `azurerm` and `hashicorp/azurerm` as Terraform reads them. */
export function fullAddress(source: string): string {
  const parts = source.split("/");
  const defaults = ["registry.terraform.io", "hashicorp"];
  return [...defaults.slice(0, Math.max(0, 3 - parts.length)), ...parts].join("/").toLowerCase();
}

async function runApp(bundled: string, output: string, request: SynthRequest): Promise<void> {
  const ended = await new Promise<{ code: number | null; text: string; why?: Error }>((resolve) => {
    const child = spawn(process.execPath, ["--enable-source-maps", bundled], {
      cwd: output,
      env: {
        PATH: process.env.PATH,
        HOME: path.join(output, "home"),
        PAAS_ENVIRONMENT_FILE: path.resolve(request.environmentFile),
        CDKTF_OUTDIR: path.join(output, "out"),
        CHECKPOINT_DISABLE: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: LIMIT_SECONDS * 1000,
      killSignal: "SIGKILL",
      ...(request.signal ? { signal: request.signal } : {}),
    });
    let text = "";
    const keep = (chunk: Buffer) => {
      text = (text + chunk.toString("utf8")).slice(-64 * 1024);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (why) => resolve({ code: null, text, why }));
    child.on("close", (code) => resolve({ code, text }));
  });
  if (ended.code === 0) return;
  request.signal?.throwIfAborted();
  throw appError(ended.text, request.infra, ended.code === null ? (ended.why?.message ?? timedOut) : null);
}

const timedOut = `it did not end within ${LIMIT_SECONDS} seconds`;

/** Finds the error and the user's line in what Node printed about an uncaught error. */
function appError(text: string, infra: string, why: string | null): PaasError {
  const lines = text.split("\n");
  const message = lines.find((line) => /^(Uncaught )?\w*Error\b.*:/.test(line))?.replace(/^\w*Error: /, "");
  const place = lines
    .map((line) => /\(?([^\s(]+\.ts):(\d+):\d+\)?$/.exec(line.trim()))
    .find((match) => match?.[1]?.includes(`${path.basename(infra)}${path.sep}`) && !match[1].includes("node_modules"));
  const at = place ? `infra/${path.basename(place[1] ?? "")}:${place[2]}` : null;
  const said = why ?? message ?? "it ended with an error";
  const output = lines.filter((line) => line.trim() !== "" && !line.trim().startsWith("at ")).slice(-10);
  return new PaasError("synth-failed", `${at ?? "the CDKTF app in infra/"}: ${said}`, {
    details: message && at ? [] : output,
    next: "mend infra/ and run again",
  });
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
