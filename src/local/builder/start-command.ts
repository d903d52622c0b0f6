import fs from "node:fs";
import path from "node:path";
import { isGenerated } from "../../manifest/conventions.js";
import type { Runtime } from "../../manifest/manifest.js";

/** What of a `package.json` decides how a Node app is built and started. */
export type PackageJson = {
  main?: string;
  scripts?: Record<string, string>;
  workspaces?: unknown;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
};

/** Words that start the app in `folder`, or null when nothing says how. */
export function startCommand(folder: string, runtime: Runtime): string[] | null {
  if (runtime === "static") return [];
  const said = generatedCommand(folder);
  if (said) return said;
  return runtime === "node" ? nodeCommand(folder) : pythonCommand(folder);
}

/** `package.json` of the folder; null when there is none. Throws SyntaxError when it is no JSON. */
export function readPackage(folder: string): PackageJson | null {
  const text = readText(folder, "package.json");
  return text === null ? null : (JSON.parse(text) as PackageJson);
}

export function readText(folder: string, name: string): string | null {
  const file = path.join(folder, name);
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : null;
}

function generatedCommand(folder: string): string[] | null {
  const lines = (readText(folder, "Dockerfile") ?? "").split(/\r?\n/);
  if (!isGenerated(lines[0] ?? "")) return null;
  const last = lines.map((line) => /^\s*CMD\s+(\[.*\])\s*$/i.exec(line)?.[1]).findLast((words) => words !== undefined);
  if (last === undefined) return null;
  try {
    const words: unknown = JSON.parse(last);
    return Array.isArray(words) && words.length > 0 ? words.map(String) : null;
  } catch {
    return null;
  }
}

function nodeCommand(folder: string): string[] | null {
  const description = readPackage(folder);
  const script = description?.scripts?.start;
  if (script !== undefined) {
    const plain = description?.scripts?.prestart === undefined && /^node(?:\s+[\w@./:=-]+)+$/.test(script.trim());
    return plain ? script.trim().split(/\s+/) : ["npm", "start", "--no-update-notifier"];
  }
  const file = [description?.main, "server.js", "index.js"].find(
    (name) => name && fs.existsSync(path.join(folder, name)),
  );
  return file ? ["node", file] : null;
}

function pythonCommand(folder: string): string[] | null {
  const file = ["main.py", "app.py"].find((name) => fs.existsSync(path.join(folder, name)));
  if (!file) return null;
  const module = path.basename(file, ".py");
  const requirements = readText(folder, "requirements.txt") ?? "";
  const requires = (name: string) => new RegExp(`^\\s*${name}\\b`, "im").test(requirements);
  // gunicorn listens on PORT by itself; uvicorn has to be told.
  if (requires("gunicorn")) return ["gunicorn", `${module}:app`];
  if (requires("uvicorn")) return ["sh", "-c", `exec uvicorn ${module}:app --host "$HOST" --port "$PORT"`];
  return ["python3", file];
}
