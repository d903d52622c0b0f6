import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

export type InstalledCli = {
  /** The command, as npm links it. */
  paas: string;
  /** Folder of the installed package. */
  folder: string;
  tarball: string;
};

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Packs the CLI as it would be published, which builds it, and installs it into a folder that is there. */
export function packAndInstall(prefix: string): InstalledCli {
  const npm = (cwd: string, words: string[]) =>
    execFileSync("npm", words, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  npm(ROOT, ["pack", "--silent", "--pack-destination", prefix]);
  const tarball = path.join(prefix, fs.readdirSync(prefix).find((file) => file.endsWith(".tgz")) ?? "");
  const quiet = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  npm(prefix, ["install", "--prefix", prefix, ...quiet, tarball]);
  return {
    paas: path.join(prefix, "node_modules", ".bin", "paas"),
    folder: path.join(prefix, "node_modules", "paas-cli"),
    tarball,
  };
}
