import { createTwoFilesPatch } from "diff";

/**
 * A file that `init` would like to see. `ours` is compared and its differences shown; `once` is only made when it is
 * missing; of `lines` the missing ones are added.
 */
export type WantedFile = { path: string; content: string; as: "ours" | "once" | "lines" };

/** `ask`: differs from what `init` would write, and the user decides. `keep`: stays as it is. */
export type FileAction = "create" | "append" | "replace" | "ask" | "keep" | "same";

export type PlannedFile = {
  path: string;
  action: FileAction;
  /** What the file holds once the action is done. */
  content: string;
  /** What it holds now; null when there is none. */
  current: string | null;
  /** Permissions of a new file. */
  mode: number;
  /** Unified diff from what is there to what `init` would write; null when there is nothing to show. */
  diff: string | null;
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
  return wanted.map((file) => planFile(file, current(file.path), interactive));
}

/** Files that the plan writes. */
export function changes(files: readonly PlannedFile[]): PlannedFile[] {
  return files.filter(({ action }) => action === "create" || action === "append" || action === "replace");
}

function planFile({ path, content, as }: WantedFile, current: string | null, interactive: boolean): PlannedFile {
  const planned = { path, current, mode: MODE, diff: null };
  if (current === null) return { ...planned, action: "create", content };
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
