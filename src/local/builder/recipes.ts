import fs from "node:fs";
import path from "node:path";
import type { Runtime } from "../../manifest/manifest.js";
import { type PackageJson, readPackage, readText } from "./start-command.js";
import { siteIn } from "./web-root.js";

/** Programs to run, one after the other, in the folder of the app. */
export type Recipe = string[][];

/** Folder of a Python app's own packages. */
export const VENV = ".venv";

/** How each package manager installs, told by its lock file; without one it is npm's way to resolve anew. */
const INSTALLERS: [lockFile: string, words: string[]][] = [
  ["package-lock.json", ["npm", "ci", "--no-audit", "--no-fund"]],
  ["npm-shrinkwrap.json", ["npm", "ci", "--no-audit", "--no-fund"]],
  ["pnpm-lock.yaml", ["pnpm", "install", "--frozen-lockfile"]],
  ["yarn.lock", ["yarn", "install", "--frozen-lockfile"]],
];
const UNLOCKED = ["npm", "install", "--no-audit", "--no-fund"];

const LIFECYCLE = ["preinstall", "install", "postinstall", "prepare"];

/** What turns the committed files in `folder` into something that can be started; empty when they can be as they are. */
export function recipeFor(folder: string, runtime: Runtime): Recipe {
  if (runtime === "static") return siteIn(folder).build ? nodeRecipe(folder) : [];
  if (runtime === "node") return nodeRecipe(folder);
  return runtime === "python" ? pythonRecipe(folder) : [];
}

function nodeRecipe(folder: string): Recipe {
  const description = readPackage(folder);
  if (!description) return [];
  const locked = INSTALLERS.find(([name]) => fs.existsSync(path.join(folder, name)))?.[1];
  // No pruning of development dependencies afterwards: it takes seconds and saves nothing on this machine.
  const install = locked ?? UNLOCKED;
  return [
    ...(needsInstall(description) ? [install] : []),
    ...(description.scripts?.build === undefined ? [] : [[install[0] ?? "npm", "run", "build"]]),
  ];
}

function needsInstall({
  dependencies,
  devDependencies,
  optionalDependencies,
  scripts,
  workspaces,
}: PackageJson): boolean {
  const packages = { ...dependencies, ...devDependencies, ...optionalDependencies };
  return Object.keys(packages).length > 0 || workspaces !== undefined || LIFECYCLE.some((name) => scripts?.[name]);
}

function pythonRecipe(folder: string): Recipe {
  const what = pythonPackages(folder);
  if (what === null) return [];
  const python = path.join(VENV, "bin", "python");
  return [
    ["python3", "-m", "venv", VENV],
    [python, "-m", "pip", "install", "--no-input", ...what],
  ];
}

/** What pip is to install; null = nothing. */
function pythonPackages(folder: string): string[] | null {
  const requirements = readText(folder, "requirements.txt");
  if (requirements === null) return /^\[project\]/m.test(readText(folder, "pyproject.toml") ?? "") ? ["."] : null;
  const lines = requirements.split(/\r?\n/).map((line) => line.trim());
  return lines.some((line) => line !== "" && !line.startsWith("#")) ? ["-r", "requirements.txt"] : null;
}

/**
 * Makes the scripts of a venv find their Python by PATH instead of by the folder that they were installed in, so that
 * the venv can be moved.
 */
export function unpinVenv(folder: string): void {
  const bin = path.join(folder, VENV, "bin");
  if (!fs.existsSync(bin)) return;
  for (const entry of fs.readdirSync(bin, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(bin, entry.name);
    const text = fs.readFileSync(file, "utf8");
    // pip writes the long form when the path is long or has a space in it.
    const header = /^#!(?:\/bin\/sh\n'''exec' .*\n' '''|.*\/python[0-9.]*)\n/.exec(text)?.[0];
    if (header?.includes(folder)) fs.writeFileSync(file, `#!/usr/bin/env python\n${text.slice(header.length)}`);
  }
}
