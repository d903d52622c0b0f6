import fs from "node:fs";
import path from "node:path";

const SCRIPT = path.join(import.meta.dirname, "docker.mjs");

/** A stand-in for docker on a PATH of its own. */
export type Docker = {
  /** Folder to put before PATH. */
  folder: string;
  calls(): { words: string[]; env: Record<string, string> }[];
  /** Makes every call fail with these words; null = as usual. */
  say(words: string | null): void;
};

/** @param folder empty, of the test */
export function standInDocker(folder: string): Docker {
  fs.mkdirSync(folder, { recursive: true });
  const start = `#!/bin/sh\nexec '${process.execPath}' '${SCRIPT}' '${folder}' "$@"\n`;
  fs.writeFileSync(path.join(folder, "docker"), start, { mode: 0o755 });
  const log = path.join(folder, "calls.jsonl");
  return {
    folder,
    calls: () =>
      fs.existsSync(log)
        ? fs
            .readFileSync(log, "utf8")
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line))
        : [],
    say: (words) => fs.writeFileSync(path.join(folder, "behaviour.json"), JSON.stringify({ says: words })),
  };
}
