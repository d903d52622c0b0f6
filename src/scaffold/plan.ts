import { createTwoFilesPatch } from "diff";

/**
 * A file that `init` would like to see. `ours` is compared and its differences shown; `once` is only made when it is
 * missing; of `lines` the missing ones are added; of `merged` a part is ours and the rest the user's; `packed` is not
 * made by hand, so what else lies there is replaced; `stale` is removed where it is.
 */
export type WantedFile =
  | TextFile
  | MergedFile
  | { path: string; content: Buffer; as: "packed" /** It is there, and right. */; present: boolean }
  | { path: string; as: "stale" };

export type TextFile = { path: string; content: string; as: "ours" | "once" | "lines" };

export type MergedFile = {
  path: string;
  /** For where there is none. */
  content: string;
  as: "merged";
  /** The text with our part in it; null when nobody can tell where it belongs. */
  merge(current: string): string | null;
  /** What to do then. */
  hint: string;
};

/**
 * `ask`: differs from what `init` would write, and the user decides. `keep`: stays as it is. `update`: our part of it
 * changes.
 */
export type FileAction = "create" | "append" | "update" | "replace" | "remove" | "ask" | "keep" | "same";

export type PlannedFile = {
  path: string;
  action: FileAction;
  /** What the file holds once the action is done. */
  content: string | Buffer;
  /** What it holds now; null when there is none. */
  current: string | null;
  /** Permissions of a new file. */
  mode: number;
  /** Unified diff from what is there to what `init` would write; null when there is nothing to show. */
  diff: string | null;
  /** What the user has to do, because `init` cannot. */
  hint: string | null;
};

const MODE = 0o644;

/**
 * What has to happen to each file.
 * @param current text of a file that exists, null otherwise
 * @param interactive there is someone who can be asked
 */
export function planFiles(
  wanted: readonly WantedFile[],
  current: (path: string) => string | null,
  interactive: boolean,
): PlannedFile[] {
  return wanted.flatMap((file) => {
    const there = current(file.path);
    return file.as === "stale" && there === null ? [] : [planFile(file, there, interactive)];
  });
}

/** Files that the plan writes or removes. */
export function changes(files: readonly PlannedFile[]): PlannedFile[] {
  const left: FileAction[] = ["ask", "keep", "same"];
  return files.filter(({ action }) => !left.includes(action));
}

function planFile(file: WantedFile, current: string | null, interactive: boolean): PlannedFile {
  const planned = { path: file.path, current, mode: MODE, diff: null, hint: null };
  if (file.as === "stale") return { ...planned, action: "remove", content: "" };
  if (current === null) return { ...planned, action: "create", content: file.content };
  if (file.as === "packed") return { ...planned, action: file.present ? "same" : "replace", content: file.content };
  if (file.as === "merged") return planMerged(file, current, planned);
  const { path, content, as } = file;
  if (as === "lines") {
    const longer = withMissingLines(current, content);
    return longer === current
      ? { ...planned, action: "same", content: current }
      : { ...planned, action: "append", content: longer, diff: diffOf(path, current, longer) };
  }
  if (unified(current) === unified(content)) return { ...planned, action: "same", content: current };
  if (as === "once") return { ...planned, action: "keep", content: current };
  const diff = diffOf(path, current, content);
  return interactive
    ? { ...planned, action: "ask", content, diff }
    : { ...planned, action: "keep", content: current, diff };
}

function planMerged(
  { path, merge, hint }: MergedFile,
  current: string,
  planned: Omit<PlannedFile, "action" | "content">,
): PlannedFile {
  const merged = merge(current);
  if (merged === null) return { ...planned, action: "keep", content: current, hint };
  if (merged === current) return { ...planned, action: "same", content: current };
  return { ...planned, action: "update", content: merged, diff: diffOf(path, current, merged) };
}

/** A checkout may have other line ends than the template. */
function unified(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/** Unified, without the index line that git would not print either. */
function diffOf(path: string, current: string, content: string): string {
  const names = ["as it is", "as init writes it"] as const;
  const patch = createTwoFilesPatch(path, path, unified(current), unified(content), ...names, { context: 2 });
  return patch.slice(patch.indexOf("--- "));
}

/** The text with those lines at its end that it lacks; `.paas`, `/.paas/` and `.paas/` are the same to git here. */
function withMissingLines(current: string, lines: string): string {
  const bare = (line: string) => line.trim().replace(/^\/|\/$/g, "");
  const present = new Set(current.split(/\r?\n/).map(bare));
  const missing = lines.split("\n").filter((line) => line !== "" && !present.has(bare(line)));
  if (missing.length === 0) return current;
  const end = current.includes("\r\n") ? "\r\n" : "\n";
  const base = current === "" || current.endsWith("\n") ? current : `${current}${end}`;
  return `${base}${missing.join(end)}${end}`;
}
