import type { Service } from "../manifest/manifest.js";
import type { App } from "../scaffold/app.js";
import { changes, type FileAction, type PlannedFile } from "../scaffold/plan.js";

type Services = { services: readonly Pick<Service, "name" | "path" | "runtime" | "port" | "health">[] };

export type InitReport = Services & {
  manifest: { name: string; id: string } & Services;
  apps: ReadonlyMap<string, App>;
  files: readonly PlannedFile[];
  next: string[];
  dryRun: boolean;
};

/** `web  node  package.json: start "node server.js", express 5; port 3000 from server.js: …`, one line per service. */
export function serviceLines({ services }: Services, apps: ReadonlyMap<string, App>): string[] {
  const widest = Math.max(...services.map(({ name }) => name.length));
  return services.map(({ name, runtime }) =>
    [name.padEnd(widest), runtime.padEnd(6), evidenceOf(apps, name).join("; ")].join("  ").trimEnd(),
  );
}

export function initDocument({ manifest, apps, files, next, dryRun }: Omit<InitReport, "services">) {
  return {
    project: { name: manifest.name, id: manifest.id },
    services: manifest.services.map(({ name, path, runtime, port, health }) => ({
      name,
      path,
      runtime,
      port,
      health,
      evidence: evidenceOf(apps, name),
      warnings: apps.get(name)?.warnings ?? [],
    })),
    files: files.map(({ path, action }) => ({ path, action })),
    dryRun,
    next,
  };
}

/** What was written, what was kept, and what to type now. */
export function initText(files: readonly PlannedFile[], next: readonly string[]): string {
  const written = changes(files);
  const kept = files.filter(({ action, diff }) => action === "keep" && diff !== null);
  const heading =
    written.length === 0 ? ["nothing to write: every file is there"] : ["written:", ...fileLines(written)];
  const keptLines = kept.length === 0 ? [] : ["kept as you have them:", ...fileLines(kept)];
  return [...heading, ...keptLines, "", "next:", ...next.map((command) => `  ${command}`)].join("\n");
}

/** The plan of a dry run, with every difference. */
export function planText(files: readonly PlannedFile[], next: readonly string[]): string {
  const differences = files.flatMap(({ diff }) => (diff === null ? [] : ["", diff.trimEnd()]));
  return ["would write:", ...fileLines(files), ...differences, "", "next:", ...next.map((line) => `  ${line}`)].join(
    "\n",
  );
}

/**
 * The commands that lead to a first environment, ready to be typed.
 * @param dirty there was something to commit before `init` wrote anything, such as the app itself
 */
export function nextCommands(files: readonly PlannedFile[], dirty: boolean): string[] {
  const tops = [...new Set(changes(files).map(({ path }) => path.split("/")[0] ?? path))];
  const add = dirty ? "--all" : tops.map(shellWord).join(" ");
  return [
    ...(add === "" ? [] : [`git add ${add}`, 'git commit -m "Add paas"']),
    "git checkout -b env-alice",
    "git push local env-alice",
  ];
}

function fileLines(files: readonly PlannedFile[]): string[] {
  const widest = Math.max(...files.map(({ action }) => action.length));
  return files.map(({ action, path }) => `  ${WORDS[action].padEnd(widest)}  ${path}`);
}

const WORDS: Record<FileAction, string> = {
  create: "create",
  append: "append",
  replace: "replace",
  ask: "ask",
  keep: "keep",
  same: "same",
};

function evidenceOf(apps: ReadonlyMap<string, App>, name: string): string[] {
  return apps.get(name)?.evidence ?? [];
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
