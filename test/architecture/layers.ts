import type { Import } from "./sources.js";

export const LAYERS = ["values", "decisions", "doors", "pipeline", "commands", "entry"] as const;
export type Layer = (typeof LAYERS)[number] | "local";

/** First matching row decides. Arrows go from a layer to itself and to the ones named before it in `LAYERS`. */
const ROWS: [RegExp, Layer][] = [
  [/^(main|program|tools)\.ts$/, "entry"],
  [/^commands\//, "commands"],
  [/^pipeline\//, "pipeline"],
  [/^local\//, "local"],
  [/^cloud\.ts$/, "doors"],
  [/^signal-group\.ts$/, "doors"],
  [/^manifest\/read\.ts$/, "doors"],
  // What the runner's variables and GitHub's answers mean; the rest talks to them.
  [/^github\/(context|event|markdown|retry|run|server|trust)\.ts$/, "decisions"],
  // What Azure's errors mean; the rest talks to it.
  [/^azure\/(answer|explain|foreign-words|explanations\/.*)\.ts$/, "decisions"],
  [/^doctor\//, "decisions"],
  [/^(git|state|terraform|azure|github|build|ui)\//, "doors"],
  // What reads a repository and writes into it; the rest of the scaffold only decides.
  [/^scaffold\/(app|cli-pin|dockerfile|flags|manifest-text|names|plan|tarball)\.ts$/, "decisions"],
  [/^scaffold\//, "doors"],
  // What reads or copies the repository and runs the steps; all else about workflows only decides.
  [/^workflow\/(read\.ts|rehearse\/(rehearse\.ts|run\/))/, "doors"],
  [/^(bootstrap|environment|workflow)\//, "decisions"],
  [/^(manifest|naming)\//, "values"],
  [/^(deadline|errors|side-by-side|version)\.ts$/, "values"],
];

/** Files whose types are contracts that every layer may name. */
const CONTRACTS = new Set(["tools.ts", "cloud.ts", "pipeline/events.ts"]);

/** @throws when no row of the table names the file: a new folder needs its place */
export function layerOf(file: string): Layer {
  const row = ROWS.find(([pattern]) => pattern.test(file));
  if (!row) throw new Error(`src/${file} has no layer: give its folder a row in test/architecture/layers.ts`);
  return row[1];
}

/** Says what is wrong with an import of one file of `src/` by another, or null. */
export function problemOf({ from, to, typeOnly, lazy }: Import): string | null {
  const [above, below] = [layerOf(from), layerOf(to)];
  if (typeOnly && CONTRACTS.has(to)) return null;
  if (above === "local") return fromLocal(to, typeOnly);
  if (below === "local") return toLocal(from, lazy);
  if (LAYERS.indexOf(above) >= LAYERS.indexOf(below)) return null;
  return `${above} import ${below} (${to})`;
}

function fromLocal(to: string, typeOnly: boolean): string | null {
  // How a process is ended is the same on every cloud.
  if (to === "signal-group.ts") return null;
  const below = layerOf(to);
  return below === "local" || below === "values" || typeOnly ? null : `local/ imports ${below} (${to})`;
}

function toLocal(from: string, lazy: boolean): string | null {
  if (/^commands\/local(\.run)?\.ts$/.test(from)) return null;
  if (from === "cloud.ts") return lazy ? null : "cloud.ts imports local/ before it is needed";
  return "only cloud.ts and commands/local import local/";
}
