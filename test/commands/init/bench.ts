import fs from "node:fs";
import path from "node:path";
import { afterEach } from "vitest";
import { type InitOptions, init } from "../../../src/commands/init.run.js";
import type { Tools } from "../../../src/tools.js";
import { type Workbench, workbench } from "../repository.js";

export const ID = "abcdefghijklmnopqrstuvwx23";

/** A repository to run `init` in; `files` are committed. */
export type Bench = Workbench & {
  init(options?: InitOptions): Promise<void>;
  read(file: string): string;
  write(file: string, text: string): void;
  exists(file: string): boolean;
  /** Every file but git's own and the local cloud's, with its text and the time it was written. */
  snapshot(): Record<string, string>;
};

const opened: Bench[] = [];
afterEach(() => {
  for (const bench of opened.splice(0)) bench.remove();
});

export function open(files: Record<string, string> = {}, more: Partial<Tools> = {}): Bench {
  const bench = workbench({});
  const at = (file: string) => path.join(bench.root, file);
  const write = (file: string, text: string) => {
    fs.mkdirSync(path.dirname(at(file)), { recursive: true });
    fs.writeFileSync(at(file), text);
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  bench.git("add", "--all");
  bench.git("-c", "user.name=a", "-c", "user.email=a@a", "commit", "--quiet", "--allow-empty", "--message=app");
  const tools = { ...bench.tools, ...more };
  const result: Bench = {
    ...bench,
    tools,
    init: (options = { yes: true }) => init(options, { ...tools, manifest: freshManifest(bench.root) }, () => ID),
    read: (file) => fs.readFileSync(at(file), "utf8"),
    write,
    exists: (file) => fs.existsSync(at(file)),
    snapshot: () => Object.fromEntries(filesOf(bench.root).map((file) => [file, described(at(file))])),
  };
  opened.push(result);
  return result;
}

/** Each run of the CLI reads the manifest anew. */
function freshManifest(root: string): Tools["manifest"] {
  return async () => (await import("../../../src/manifest/read.js")).readManifest(root);
}

function described(file: string): string {
  return `${fs.statSync(file).mtimeMs}\n${fs.readFileSync(file, "utf8")}`;
}

function filesOf(root: string): string[] {
  return fs
    .readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !/^\.(?:git|paas)\//.test(file))
    .sort();
}
