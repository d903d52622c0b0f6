import type { Manifest, Service } from "../manifest/manifest.js";
import type { App } from "../scaffold/app.js";
import { changes, type PlannedFile } from "../scaffold/plan.js";
import type { PlannedRemote } from "../scaffold/remote.js";
import { shellWord } from "../ui/wording.js";

/** What `init` did, or would do. */
export type InitOutcome = {
  manifest: Manifest;
  apps: ReadonlyMap<string, App>;
  files: readonly PlannedFile[];
  remote: PlannedRemote;
  next: string[];
};

/** `web  node  package.json: start "node server.js", express 5; port 3000 from server.js: …`, one line per service. */
export function serviceLines(
  services: readonly Pick<Service, "name" | "runtime">[],
  apps: ReadonlyMap<string, App>,
): string[] {
  const widest = (words: string[]) => Math.max(...words.map((word) => word.length));
  const name = widest(services.map((service) => service.name));
  const runtime = widest(services.map((service) => service.runtime));
  return services.map((service) => {
    const evidence = apps.get(service.name)?.evidence.join("; ") ?? "";
    return [service.name.padEnd(name), service.runtime.padEnd(runtime), evidence].join("  ").trimEnd();
  });
}

export function documentOf({ manifest, apps, files, remote, next }: InitOutcome): Record<string, unknown> {
  return {
    project: { name: manifest.name, id: manifest.id },
    services: manifest.services.map(({ name, path, runtime, port, health }) => {
      const { evidence, warnings } = apps.get(name) ?? { evidence: [], warnings: [] };
      return { name, path, runtime, port, health, evidence, warnings };
    }),
    files: files.map(({ path, action }) => ({ path, action })),
    remote,
    next,
  };
}

/** What was written, what was kept, and what to type now. */
export function resultText({ files, remote, next }: InitOutcome): string {
  const written = changes(files);
  const kept = files.filter(({ action, diff }) => action === "keep" && diff !== null);
  return [
    ...(written.length === 0 ? ["nothing to write: every file is there"] : ["wrote", ...fileLines(written)]),
    ...(kept.length === 0 ? [] : ["kept, though different from what init would write", ...fileLines(kept)]),
    ...(remote.action === "create" ? [`git remote ${remote.name} → ${remote.url}`] : []),
    ...nextLines(next),
  ].join("\n");
}

/** The plan of a dry run, with every difference. */
export function planText({ files, remote, next }: InitOutcome): string {
  const differences = files.flatMap(({ diff }) => (diff === null ? [] : ["", diff.trimEnd()]));
  return [
    "plan, nothing is written",
    ...fileLines(files),
    ...(remote.action === "create" ? [`git remote ${remote.name} → ${remote.url}`] : []),
    ...differences,
    ...nextLines(next),
  ].join("\n");
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

function nextLines(next: readonly string[]): string[] {
  return ["", "next", ...next.map((command) => `  ${command}`)];
}

/** One line per file; files of `infra/` that fare alike are one line. */
function fileLines(files: readonly PlannedFile[]): string[] {
  const alike = (file: PlannedFile) =>
    file.path.startsWith("infra/")
      ? files.filter(({ path, action }) => path.startsWith("infra/") && action === file.action)
      : [file];
  const rows = files.flatMap((file) => {
    const [first, ...others] = alike(file);
    if (file !== first) return [];
    return [{ ...file, path: others.length === 0 ? file.path : `infra/ (${others.length + 1} files)` }];
  });
  const widest = Math.max(...rows.map(({ action }) => action.length));
  return rows.map(({ action, path }) => `  ${action.padEnd(widest)}  ${path}`);
}
