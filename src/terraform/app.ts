import { spawn } from "node:child_process";
import fs from "node:fs/promises";
import path from "node:path";
import { PaasError } from "../errors.js";
import { bundle } from "./bundle.js";
import { interruptedError } from "./failure.js";

/** How long the CDKTF app may run. */
const LIMIT_SECONDS = 60;

export type AppRequest = {
  /** Real path of the CDKTF app's folder. */
  infra: string;
  nodeModules: string;
  environmentFile: string;
  /** Private folder for the bundle; the app writes into `out` in it. */
  output: string;
  signal?: AbortSignal;
};

/**
 * Bundles and runs the CDKTF app in a process that inherits nothing but PATH.
 * @throws PaasError `synth-failed` with the place in the user's TypeScript
 */
export async function runApp(request: AppRequest): Promise<void> {
  const ended = await bundleAndRun(request, false);
  if (ended.code === 0) return;
  if (request.signal?.aborted) throw interruptedError("the CDKTF app");
  if (ended.stopped !== null) throw stoppedError(ended);
  // Once more, with a source map, to tell where in the user's files it fails.
  const again = await bundleAndRun(request, true);
  throw appError(again.code === 0 ? ended.text : again.text, request.infra);
}

type Ended = { code: number; text: string; stopped: string | null };

async function bundleAndRun(request: AppRequest, sourceMap: boolean): Promise<Ended> {
  const { infra, nodeModules, output } = request;
  const outfile = path.join(output, "main.cjs");
  await bundle({ infra, nodeModules, outfile, sourceMap });
  const home = path.join(output, "home");
  await fs.mkdir(home, { recursive: true, mode: 0o700 });
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...(sourceMap ? ["--enable-source-maps"] : []), outfile], {
      cwd: infra,
      env: {
        PATH: process.env.PATH,
        HOME: home,
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
    child.on("error", ({ message }) => resolve({ code: 1, text, stopped: message }));
    child.on("close", (code, signal) => resolve({ code: code ?? 1, text, stopped: signal }));
  });
}

function stoppedError({ stopped, text }: Ended): PaasError {
  const why = stopped === "SIGKILL" ? `it did not end within ${LIMIT_SECONDS} seconds` : stopped;
  return new PaasError("synth-failed", `the CDKTF app in infra/ was stopped: ${why}`, {
    details: lastLines(text),
    next: "mend infra/ and run again",
  });
}

/** Finds the error and the user's line in what Node prints about an uncaught error. */
function appError(text: string, infra: string): PaasError {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => /^(?:Uncaught )?\w*Error\b.*: /.test(line));
  const rest = first < 0 ? [] : lines.slice(first);
  const end = rest.findIndex((line) => /^ +at /.test(line));
  const [message, ...details] = rest.slice(0, end < 0 ? 1 : end).filter((line) => line.trim() !== "");
  const place = placeIn(infra, lines);
  return new PaasError(
    "synth-failed",
    `${place ?? "the CDKTF app in infra/"}: ${message?.replace(/^\w*Error: /, "") ?? "it ended with an error"}`,
    { details: message ? details : lastLines(text), next: "mend infra/ and run again" },
  );
}

/** `infra/environment-stack.ts:12` of the innermost frame that is the user's. */
function placeIn(infra: string, lines: string[]): string | null {
  for (const line of lines) {
    const [, file, row] = /^ +at (?:.*\()?(\/?[^()]+?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (file?.startsWith(`${infra}${path.sep}`) && !file.includes(`${path.sep}node_modules${path.sep}`)) {
      return `infra/${path.relative(infra, file)}:${row}`;
    }
  }
  return null;
}

function lastLines(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^ +at /.test(line))
    .slice(-10);
}
