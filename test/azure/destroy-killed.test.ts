import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openParts } from "../../src/azure/parts.js";
import { packageCache } from "../../src/terraform/packages.js";
import { processesIn } from "../../src/terraform/processes.js";
import { MANIFEST, openProject, type Project } from "./project.js";
import { type Snapshot, snapshotOf } from "./snapshot.js";
import { SUBSCRIPTION } from "./stand-in/core.js";
import { standInDocker } from "./stand-in/docker.js";
import type { Fault } from "./stand-in/faults.js";

const LONG = 120_000;
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-shop-alice`;
const WITH_EVERYTHING = `${MANIFEST.replace("port: 3000 }", "port: 3000, secrets: [STRIPE_KEY] }")}isolation: dedicated\n`;

/** Where a run is when it is killed. What it asked last was done, and it never heard of it. */
type Moment = () => Promise<unknown>;
const asked =
  (method: Fault["method"], url: RegExp, after = 0): Moment =>
  () =>
    here.azure.faults.hold({ ...(method ? { method } : {}), url, after });
const recordWritten = (nth: number) => asked("PUT", /\/tier-nonprod\/envs\/alice\.json$/, nth);
const state = (query: string) => asked("PUT", new RegExp(`/tier-nonprod/state/alice\\.tfstate${query}$`));
const firstDeletion: Moment = () =>
  new Promise<void>((resolve) => {
    const stop = here.azure.store.onChange(({ kind }) => {
      if (kind !== "delete") return;
      stop();
      resolve();
    });
  });

/** In order. The last test sees that a run journals these and no other, so that none can be forgotten here. */
const STEPS = ["tombstone", "soft-deleted", "terraform", "resource group", "purge", "images", "state"];
const WITHIN: [string, string, Moment][] = [
  ["soft-deleted", "a log workspace is being deleted", asked("DELETE", /\/workspaces\//)],
  ["terraform", "it has locked the state", state("\\?comp=lease")],
  ["terraform", "a first resource is gone", firstDeletion],
  ["terraform", "the state is written", state("")],
  ["purge", "the vault is being purged", asked("POST", /\/deletedVaults\/[^/]+\/purge/)],
  ["images", "a name is taken away", asked("DELETE", /azurecr\.io\/acr\/v1\/.*\/_tags\//)],
  ["images", "a part of an image is deleted", asked("DELETE", /azurecr\.io\/v2\/.*\/manifests\//)],
  ["state", "it is deleted", asked("DELETE", /\/tier-nonprod\/state\/alice\.tfstate/)],
];

/** The journal has an entry before and after each step, and one more at the end. */
const justAfter = (step: string) => recordWritten(2 * STEPS.indexOf(step) + 1);
const atItsEnd = recordWritten(2 * STEPS.length);

let here: Project;
/** The program in few files: a process that reads the sources one by one takes a second more of the processor to start. */
let main: string;
let whole: Snapshot;
/** What is left of it by a run that is killed just after Terraform, whose work need not be done anew for each later kill. */
let torn: Snapshot;
let others: string;
beforeAll(async () => {
  const secret = { PAAS_SECRET_STRIPE_KEY: "sk_live_canary" };
  here = await openProject(WITH_EVERYTHING, secret, ({ manifest, variables }, session, azure) => {
    const docker = standInDocker(path.join(azure.folder, "docker"));
    variables.PATH = `${docker.folder}:${variables.PATH}`;
    return openParts({ manifest, variables }, session, azure.clientOptions);
  });
  main = await bundled(path.join(here.azure.folder, "bundled"));
  await here.up();
  addForeign();
  whole = await snapshotOf(here, "alice");
  others = JSON.stringify(ofOthers());
  await killedAt(justAfter("terraform"));
  torn = await snapshotOf(here, "alice");
}, LONG);
afterAll(() => here?.close());

async function bundled(outdir: string): Promise<string> {
  // Libraries of CommonJS in it ask for Node's modules in their own way.
  const js = 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);';
  const asModules = { format: "esm", splitting: true, outExtension: { ".js": ".mjs" }, banner: { js } } as const;
  const entry = { entryPoints: ["src/main.ts"], outdir, external: ["esbuild"] };
  await build({ ...entry, ...asModules, bundle: true, platform: "node", target: "node20", logLevel: "error" });
  // It stays outside, since it finds a binary of its own beside itself.
  fs.symlinkSync(path.resolve("node_modules"), path.join(outdir, "node_modules"));
  return path.join(outdir, "main.mjs");
}

/** A group of somebody else's, an image and a deleted vault of other environments: beside bob's, which is whole. */
function addForeign(): void {
  const { store, registries, softDeleted } = here.azure;
  const id = GROUP.replace(/alice$/, "else");
  store.put({
    id,
    type: "azurerm_resource_group",
    attributes: { name: "rg-shop-else", location: "westeurope", tags: {} },
  });
  softDeleted.vaults.push({
    id: `${id}/providers/Microsoft.KeyVault/vaults/kv-else`,
    name: "kv-else",
    location: "westeurope",
    tags: {},
    at: new Date(0),
  });
  const repository = registries.repositories.get("shop/web");
  const digest = `sha256:${"b".repeat(64)}`;
  repository?.manifests.set(digest, { type: "application/vnd.oci.image.manifest.v1+json", text: "{}" });
  for (const name of ["env-bob", "env-bob.bbbbbbbbbbbb", "env-alice.bbbbbbbbbbbb"]) repository?.tags.set(name, digest);
}

function ofOthers(): unknown {
  const { store, registries, softDeleted } = here.azure;
  return {
    resources: store.list().filter(({ id }) => !id.includes("-alice")),
    vaults: softDeleted.vaults.filter(({ id }) => !id.includes("-alice")),
    tags: Object.entries(registries.tags("shop/web")).filter(([name]) => name.startsWith("env-bob")),
    images: registries.manifest("shop/web", `sha256:${"b".repeat(64)}`),
  };
}

async function nothingIsLeft(): Promise<void> {
  const { store, registries, softDeleted } = here.azure;
  expect(store.list().filter(({ id }) => id.includes("-alice"))).toEqual([]);
  expect([softDeleted.vaults, softDeleted.workspaces].flat().filter(({ id }) => id.includes("-alice"))).toEqual([]);
  expect(registries.repositories.get("shop/web")?.manifests.size).toBe(1);
  expect(await here.doors.state.blobs.exists(whole.stateRef)).toBe(false);
  const tombstone = (await here.doors.state.records.read(whole.recordRef))?.record;
  expect(tombstone).toMatchObject({ state: "destroyed", url: null, services: {} });
  expect(JSON.stringify(ofOthers())).toBe(others);
}

/** Runs `paas destroy` as a process of its own and kills it, and its Terraform, without a word. */
async function killedAt(moment: Moment, more: NodeJS.ProcessEnv = {}): Promise<void> {
  const met = moment().then(() => "met" as const);
  const cache = path.dirname(packageCache(process.env));
  const env = { ...here.variables, PAAS_CACHE_DIR: cache, NO_COLOR: "1", ...more };
  const words = [main, "-C", here.repository.folder, "destroy", "alice", "--yes"];
  const child = spawn(process.execPath, words, { env, stdio: ["ignore", "ignore", "pipe"] });
  const said = text(child.stderr);
  const ended = once(child, "exit");
  if ((await Promise.race([met, ended])) !== "met") throw new Error(`it ended before that:\n${await said}`);
  child.kill("SIGKILL");
  const working = () => processesIn(path.join(here.repository.folder, ".paas").slice(1)) ?? [];
  for (const pid of working()) process.kill(pid, "SIGKILL");
  expect((await ended)[1]).toBe("SIGKILL");
  // Nobody runs again before a killed process is gone; on a busy machine that takes a moment.
  await vi.waitFor(() => expect(working()).toEqual([]), { timeout: 10_000, interval: 10 });
  here.azure.faults.clear();
  here.azure.operations.endAll();
}

/** A Terraform that removes nothing. */
function failingTerraform(): string {
  const script = path.join(here.azure.folder, "terraform-that-fails");
  const fail = 'case " $* " in *" -destroy "*) echo "Error: the provider has crashed" >&2; exit 1;; esac';
  fs.writeFileSync(script, `#!/bin/sh\n${fail}\nexec '${here.variables.PAAS_TERRAFORM}' "$@"\n`, { mode: 0o755 });
  return script;
}

async function goesOn(): Promise<void> {
  // As if the minute had gone by after which the lock of a run that was killed is free.
  await here.doors.state.records.breakLease(whole.recordRef);
  const { left } = await here.destroy();
  expect(left).toEqual([]);
  await nothingIsLeft();
}

const journal = async () =>
  (await here.doors.state.records.read(whole.recordRef))?.record.journal.map(({ name, status }) => `${name} ${status}`);
const done = (steps: string[]) => steps.map((name) => `${name} done`);
const isLater = (step: string) => STEPS.indexOf(step) > STEPS.indexOf("terraform");

describe("a run of destroy that is killed", () => {
  test.each(STEPS)(
    "just after %s",
    async (step) => {
      await (isLater(step) || step === "terraform" ? torn : whole).restore();
      if (step !== "terraform") await killedAt(justAfter(step));
      // A run that goes on notes each step anew.
      const before = STEPS.slice(0, STEPS.indexOf(step) + 1);
      expect((await journal())?.slice(-before.length)).toEqual(done(before));
      await goesOn();
    },
    LONG,
  );

  test.each(WITHIN)(
    "within %s: %s",
    async (step, _, moment) => {
      await (isLater(step) ? torn : whole).restore();
      await killedAt(moment);
      await goesOn();
    },
    LONG,
  );

  test(
    "within resource group: Terraform has failed, and the group is being deleted",
    async () => {
      await whole.restore();
      const terraform = { PAAS_TERRAFORM: failingTerraform() };
      await killedAt(asked("DELETE", /\/resourcegroups\/rg-shop-alice$/i), terraform);
      expect(await journal()).toEqual([...done(STEPS.slice(0, 3)), "resource group running"]);
      await goesOn();
    },
    LONG,
  );

  test(
    "at its end, with a journal of these steps and no other",
    async () => {
      await torn.restore();
      await killedAt(atItsEnd);
      expect(await journal()).toEqual(done(STEPS));
      expect((await here.doors.state.records.read(whole.recordRef))?.record.state).toBe("destroyed");
      await goesOn();
    },
    LONG,
  );
});
