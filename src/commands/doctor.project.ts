import fs from "node:fs/promises";
import path from "node:path";
import type { Gathered, PinFact, WorkflowFact } from "../doctor/facts.js";
import type { Manifest } from "../manifest/manifest.js";
import { integrityOf, keptPin, lockedCli, pinIn, VENDOR, vendoredPath, vendoredVersion } from "../scaffold/cli-pin.js";
import { readWorkflows } from "../workflow/read.js";
import { renderWorkflows } from "../workflow/render.js";
import { onGithubCom } from "../workflow/server.js";
import type { DoctorTools } from "./doctor.run.js";

/** How `infra/` pins the CLI that workflows run, and whether what lies there is what was locked. */
export async function gatherPin(root: string): Promise<Gathered<PinFact | null>> {
  const text = await readInfra(root, "package.json");
  if (text === null) return { skipped: "there is no infra/package.json" };
  if (!isJson(text)) {
    return { failed: "infra/package.json is no JSON", next: "mend it, or take it from an earlier commit" };
  }
  const spec = pinIn(text);
  if (spec === null) return { value: null };
  const vendored = vendoredVersion(spec) === null ? null : path.join(root, vendoredPath(spec));
  const bytes = vendored === null ? null : await fs.readFile(vendored).catch(() => null);
  const locked = lockedCli(await readInfra(root, "package-lock.json"));
  return { value: { spec, locked, integrity: bytes === null ? null : integrityOf(bytes) } };
}

/** The workflows as they are, and as `init` of this version would write them. */
export async function gatherWorkflows(
  { root, manifest, defaultBranch, cli }: { root: string; manifest: Manifest; defaultBranch: string; cli: string },
  { variables, git }: DoctorTools,
): Promise<Gathered<WorkflowFact[]>> {
  const files = new Map((await readWorkflows(root)).map(({ path: file, text }) => [file, text]));
  const kept = keptPin(await readInfra(root, "package.json"), cli);
  const rendered = renderWorkflows({
    manifest,
    cli: { version: cli, tarball: kept === null ? `infra/${VENDOR}/` : null },
    defaultBranch,
    enterpriseServer: !onGithubCom(variables, await (await git()).remotes()),
  });
  return {
    value: rendered.map(({ path: file, text }) => ({ path: file, found: files.get(file) ?? null, rendered: text })),
  };
}

function readInfra(root: string, name: string): Promise<string | null> {
  return fs.readFile(path.join(root, "infra", name), "utf8").catch(() => null);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
