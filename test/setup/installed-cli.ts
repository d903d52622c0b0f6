/** Packs the CLI as it would be published and installs it once for all tests that need the real thing. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";

export type InstalledCli = {
  /** The command, as npm links it. */
  paas: string;
  /** Folder of the installed package. */
  folder: string;
  tarball: string;
};

declare module "vitest" {
  export interface ProvidedContext {
    installedCli: InstalledCli;
  }
}

export default function setUp(project: TestProject): void {
  const root = path.resolve(import.meta.dirname, "../..");
  const prefix = fs.mkdtempSync(path.join(os.tmpdir(), "paas-cli-"));
  process.once("exit", () => fs.rmSync(prefix, { recursive: true, force: true, maxRetries: 3 }));
  npm(root, ["pack", "--silent", "--pack-destination", prefix]);
  const tarball = path.join(prefix, fs.readdirSync(prefix).find((file) => file.endsWith(".tgz")) ?? "");
  npm(prefix, [
    "install",
    "--prefix",
    prefix,
    "--ignore-scripts",
    "--prefer-offline",
    "--no-audit",
    "--no-fund",
    tarball,
  ]);
  project.provide("installedCli", {
    paas: path.join(prefix, "node_modules", ".bin", "paas"),
    folder: path.join(prefix, "node_modules", "paas-cli"),
    tarball,
  });
}

function npm(cwd: string, words: string[]): void {
  execFileSync("npm", words, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
