/** Packs the CLI as it would be published and installs it once for all tests that need the real thing. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { type InstalledCli, packAndInstall } from "../helpers/packed-cli.js";

declare module "vitest" {
  export interface ProvidedContext {
    installedCli: InstalledCli;
  }
}

export default function setUp(project: TestProject): void {
  const prefix = fs.mkdtempSync(path.join(os.tmpdir(), "paas-cli-"));
  process.once("exit", () => fs.rmSync(prefix, { recursive: true, force: true, maxRetries: 3 }));
  project.provide("installedCli", packAndInstall(prefix));
}
