import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { ActionCall } from "./action.js";
import { restoreCache, saveCache } from "./cache.js";
import { git } from "./origin.js";
import { restorePackages } from "./packages.js";
import { programVariables, type Runner } from "./runner.js";

/** Does what an action does, as far as later steps can tell; returns its outputs. */
export type StandIn = (call: ActionCall, runner: Runner) => Promise<Record<string, string>>;

const execute = promisify(execFile);

/** What runs in place of the marketplace actions that the generated workflows use. */
export const STAND_INS: Record<string, StandIn> = {
  "actions/checkout": checkout,
  "actions/setup-node": setupNode,
  "actions/cache": cache,
  "actions/cache/restore": async (call, runner) => (await restore(call, runner)).outputs,
  "actions/cache/save": async (call, runner) => {
    save(call, runner, call.onLine);
    return {};
  },
  "hashicorp/setup-terraform": setupTerraform,
  "docker/setup-buildx-action": async ({ onLine }) => {
    onLine("no builder is set up in a rehearsal");
    return {};
  },
};

/** Fetches the commit into the workspace: as a branch where the event is about one, without a branch else. */
async function checkout({ inputs, onLine }: ActionCall, runner: Runner): Promise<Record<string, string>> {
  const { stage, transcript, places } = runner;
  if (inputs.repository && inputs.repository.toLowerCase() !== stage.identity.repository.toLowerCase()) {
    throw new Error(`only ${stage.identity.repository} is here, not ${inputs.repository}`);
  }
  if (transcript.permissions.contents === undefined) {
    throw new Error("Repository not found: the job needs `permissions: contents: read`");
  }
  const folder = path.resolve(places.workspace, inputs.path ?? "");
  fs.mkdirSync(folder, { recursive: true });
  const asked = inputs.ref ?? "";
  const ref = asked === "" ? stage.event.ref : /^(refs\/|[0-9a-f]{40}$)/.test(asked) ? asked : `refs/heads/${asked}`;
  const wanted = asked === "" ? stage.event.sha : ref;
  const run = (...words: string[]) => git(folder, words);
  await run("init", "--quiet", "--template=");
  await run("remote", "add", "origin", `file://${stage.origin.folder}`).catch(() => "");
  borrowObjects(folder, stage.origin.folder);
  const depth = Number(inputs["fetch-depth"] ?? "1");
  const fetch = ["fetch", "--quiet", "--no-auto-maintenance"];
  const all = ["--tags", "origin", "+refs/heads/*:refs/remotes/origin/*"];
  const one = ["--no-tags", `--depth=${depth}`, "origin"];
  // What is named first is what FETCH_HEAD begins with.
  await run(...fetch, ...(depth > 0 ? [...one, wanted] : [...all.slice(0, 2), wanted, ...all.slice(2)]));
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  await run("checkout", "--quiet", "--force", ...(branch === undefined ? ["--detach"] : ["-B", branch]), "FETCH_HEAD");
  const commit = await run("rev-parse", "HEAD");
  onLine(`checked out ${commit} (${branch ?? "detached"})`);
  return { ref, commit };
}

/** Objects need not be copied: both folders go together. */
function borrowObjects(folder: string, from: string): void {
  fs.writeFileSync(path.join(folder, ".git", "objects", "info", "alternates"), `${path.join(from, "objects")}\n`);
}

async function setupNode({ inputs, env, onLine }: ActionCall, runner: Runner): Promise<Record<string, string>> {
  const version = (await versionOf("node", ["--version"], env, runner)).trim();
  const asked = inputs["node-version"] ?? "";
  if (/^\d+/.test(asked) && !version.startsWith(`v${asked.split(".")[0]}.`)) {
    runner.transcript.warnings.push(`the workflow asks for Node.js ${asked}, this machine has ${version}`);
  }
  onLine(`node ${version}, as it is on this machine`);
  return { "node-version": version, "cache-hit": "false" };
}

async function setupTerraform({ inputs, env, onLine }: ActionCall, runner: Runner): Promise<Record<string, string>> {
  const printed = await versionOf(
    runner.stage.variables.PAAS_TERRAFORM ?? "terraform",
    ["version", "-json"],
    env,
    runner,
  );
  const version = String((JSON.parse(printed) as { terraform_version?: string }).terraform_version);
  const asked = inputs.terraform_version ?? "";
  if (asked !== "" && asked !== "latest" && asked !== version) {
    runner.transcript.warnings.push(`the workflow asks for Terraform ${asked}, this machine has ${version}`);
  }
  if (inputs.terraform_wrapper !== "false") {
    runner.transcript.warnings.push("setup-terraform puts a wrapper around terraform: set terraform_wrapper: false");
  }
  onLine(`terraform ${version}, as it is on this machine`);
  return {};
}

/** Restores now; saves at the end of a job that went well, unless this very key was there. */
async function cache(call: ActionCall, runner: Runner): Promise<Record<string, string>> {
  const { outputs, exact } = await restore(call, runner);
  if (!exact) runner.posts.unshift({ name: `Post ${call.name}`, run: async (say) => save(call, runner, say) });
  return outputs;
}

async function restore({ inputs, onLine }: ActionCall, runner: Runner) {
  const key = inputs.key ?? "";
  if (await restorePackages(runner, pathsAndKey(inputs).paths)) {
    onLine("restored from the packages of this machine");
    return { outputs: { "cache-hit": "true", "cache-primary-key": key, "cache-matched-key": key }, exact: true };
  }
  const found = restoreCache(runner, { ...pathsAndKey(inputs), otherKeys: linesOf(inputs["restore-keys"]) });
  onLine(found === null ? `cache not found: ${key}` : `cache restored from ${found}`);
  const exact = found === key;
  const outputs = {
    "cache-hit": found === null ? "" : String(exact),
    "cache-primary-key": key,
    "cache-matched-key": found ?? "",
  };
  if (found === null && inputs["fail-on-cache-miss"] === "true") throw new Error(`there is no cache ${key}`);
  return { outputs, exact };
}

function save({ inputs }: ActionCall, runner: Runner, say: (line: string) => void): void {
  const saved = saveCache(runner, pathsAndKey(inputs));
  say(saved ? `cache saved: ${inputs.key}` : "nothing to save in the cache");
}

function pathsAndKey(inputs: Record<string, string>): { paths: string[]; key: string } {
  for (const name of ["path", "key"]) if (!inputs[name]) throw new Error(`Input required and not supplied: ${name}`);
  return { paths: linesOf(inputs.path), key: inputs.key ?? "" };
}

function linesOf(text = ""): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}

async function versionOf(program: string, words: string[], variables: Record<string, string>, runner: Runner) {
  try {
    const env = { CHECKPOINT_DISABLE: "1", ...programVariables(runner, variables, {}) };
    return (await execute(program, words, { cwd: runner.places.workspace, env })).stdout;
  } catch (cause) {
    throw new Error(`${program} is not on PATH: a rehearsal uses the tools of this machine`, { cause });
  }
}
