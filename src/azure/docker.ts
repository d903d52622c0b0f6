import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import path from "node:path";
import readline from "node:readline";
import { deadline } from "../deadline.js";
import { PaasError } from "../errors.js";
import { signalGroup } from "../signal-group.js";
import { buildArguments, type DockerBuild, findBuilderArguments, makeBuilderArguments } from "./docker-arguments.js";
import { makeDockerConfiguration } from "./docker-configuration.js";
import { explain } from "./explain.js";
import { explainedError, ForeignWords } from "./foreign-words.js";
import { NETWORK } from "./terraform-variables.js";

const LAST_LINES = 20;

const INSTALL = "install Docker with buildx (https://docs.docker.com/engine/install/), start it, and run again";

/** Docker's own settings, and what every program needs; nothing that could hold a secret of Azure's. */
const INHERITED = [
  ...["PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "SSH_AUTH_SOCK"],
  ...["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"],
  ...NETWORK,
];

/** What docker said and how it ended. */
type Ended = { code: number | null; lines: string[] };

export type DockerRequest = {
  service: string;
  /** Signs docker in; see registry.ts. */
  identityToken: string;
  variables: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
  signal: AbortSignal;
  /** Milliseconds that docker may take. */
  limit: number;
  /** Milliseconds between SIGTERM and SIGKILL. */
  patience: number;
};

/**
 * Builds an image and pushes it, once more when the push was cut off.
 * @returns digest of what was pushed, `sha256:…`
 * @throws PaasError `docker-missing`, `buildx-missing`, `docker-not-running`, `build-failed`, `build-too-long`, `push-failed`, `aborted`,
 * and those of the error table for images
 */
export async function buildAndPush(build: DockerBuild, request: DockerRequest): Promise<string> {
  const { server } = build;
  const configuration = await makeDockerConfiguration(server, request.identityToken, request.variables);
  const inherited = INHERITED.flatMap((name) => {
    const value = request.variables[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const run = docker({ ...Object.fromEntries(inherited), ...configuration.variables }, request);
  try {
    await ensureBuilder(run, request.service);
    await fs.mkdir(path.dirname(build.metadata), { recursive: true, mode: 0o700 });
    await fs.rm(build.metadata, { force: true });
    let ended = await run(buildArguments(build));
    if (ended.code !== 0 && wasCutOff(ended)) {
      request.onLine("the push was cut off; pushing once more");
      ended = await run(buildArguments(build));
    }
    if (ended.code !== 0) throw failed(request.service, ended);
    return await digestIn(build.metadata, request.service);
  } finally {
    await configuration.remove();
  }
}

type Run = (words: string[]) => Promise<Ended>;

function docker(env: Record<string, string>, { service, limit, patience, onLine, signal }: DockerRequest): Run {
  return async (words) => {
    if (signal.aborted) throw aborted();
    const child = spawn("docker", words, { env, stdio: ["ignore", "pipe", "pipe"], detached: true });
    const lines: string[] = [];
    for (const output of [child.stdout, child.stderr]) {
      readline.createInterface({ input: output }).on("line", (line) => {
        lines.push(line);
        if (lines.length > LAST_LINES) lines.shift();
        onLine(line);
      });
    }
    const stopped = deadline(limit, signal);
    let killing: NodeJS.Timeout | undefined;
    const stop = () => {
      // docker is a shell around its plugins, which do the work and do not end with it.
      const send = (name: NodeJS.Signals) => child.pid !== undefined && signalGroup(child.pid, name);
      send("SIGTERM");
      killing = setTimeout(send, patience, "SIGKILL");
    };
    stopped.addEventListener("abort", stop, { once: true });
    try {
      const [code] = (await once(child, "close")) as [number | null];
      if (signal.aborted) throw aborted();
      if (stopped.aborted) throw tooLong(service, limit, lines);
      return { code, lines };
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === "ENOENT" ? dockerMissing() : error;
    } finally {
      clearTimeout(killing);
      stopped.removeEventListener("abort", stop);
    }
  };
}

/** Services are built side by side, and all of them need the one builder. */
let making: Promise<void> = Promise.resolve();

function ensureBuilder(run: Run, service: string): Promise<void> {
  const mine = making.then(async () => {
    const found = await run(findBuilderArguments());
    if (found.code === 0) return;
    refuseWithout(found);
    const made = await run(makeBuilderArguments());
    // Somebody else on this machine may have been quicker.
    if (made.code !== 0 && (await run(findBuilderArguments())).code !== 0) throw failed(service, made);
  });
  making = mine.catch(() => {});
  return mine;
}

async function digestIn(metadata: string, service: string): Promise<string> {
  const text = await fs.readFile(metadata, "utf8").catch(() => "{}");
  const digest = (JSON.parse(text) as Record<string, unknown>)["containerimage.digest"];
  if (typeof digest === "string" && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new PaasError("build-failed", `docker did not say which image of ${service} it has pushed`, { next: INSTALL });
}

/** A registry or the way to it that failed in the middle, not a refusal. */
function wasCutOff({ lines }: Ended): boolean {
  const text = lines.join("\n");
  return (
    /push/i.test(text) &&
    /connection reset|broken pipe|unexpected EOF|i\/o timeout|TLS handshake timeout|status[^\n]*\b50[0234]\b/i.test(
      text,
    )
  );
}

const NEXT = {
  cutOff: "run again; what ran before goes on serving",
  refused: "check that your identity has the role AcrPush on the platform's registry, then run again",
  broken: "correct it, commit, and run again; what ran before goes on serving",
};

function failed(service: string, ended: Ended): PaasError {
  refuseWithout(ended);
  const text = ended.lines.filter((line) => !OF_A_STEP.test(line)).join("\n");
  const pushing = /failed to push|denied|unauthorized/i.test(text) && !/pull access denied/.test(text);
  const cutOff = pushing && wasCutOff(ended);
  const what = `the image of ${service} could not be pushed${cutOff ? ": the push was cut off twice" : ""}`;
  const message = pushing ? what : `the build of ${service} failed`;
  const explanation = explain(text);
  if (explanation && /^(image|registry)-/.test(explanation.code)) {
    return explainedError(message, explanation, ended.lines, new ForeignWords("docker said", text));
  }
  return new PaasError(pushing ? "push-failed" : "build-failed", message, {
    details: ended.lines,
    next: cutOff ? NEXT.cutOff : pushing ? NEXT.refused : NEXT.broken,
  });
}

/** What a command of the Dockerfile prints, which may hold any words: BuildKit puts step and second before it. */
const OF_A_STEP = /^#\d+ \d+\.\d+ /;

function refuseWithout({ lines }: Ended): void {
  const text = lines.join("\n");
  if (/'buildx' is not a docker command|unknown command: docker buildx/i.test(text)) {
    throw new PaasError("buildx-missing", "docker has no buildx", { next: INSTALL });
  }
  if (/cannot connect to the docker daemon|docker daemon is not running/i.test(text)) {
    throw new PaasError("docker-not-running", "docker does not run on this machine", { next: INSTALL });
  }
}

function dockerMissing(): PaasError {
  return new PaasError("docker-missing", "docker is not installed: images for Azure are built with it", {
    next: INSTALL,
  });
}

function tooLong(service: string, limit: number, lines: string[]): PaasError {
  return new PaasError("build-too-long", `the build of ${service} had no end within ${limit / 60_000} minutes`, {
    details: lines,
    next: "see where it stood still, and run again; what ran before goes on serving",
  });
}

function aborted(): PaasError {
  return new PaasError("aborted", "stopped docker");
}
