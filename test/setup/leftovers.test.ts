import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { temporaryFolder } from "../helpers/repository.js";
import { leftovers } from "./leftovers.js";

/** Starts a program that outlives the shell that started it; gives its process id. */
function orphan(cwd: string, variables: NodeJS.ProcessEnv, ...words: string[]): string {
  const script = '"$@" >/dev/null 2>&1 & echo $!';
  const env = { PATH: process.env.PATH, ...variables };
  return execFileSync("sh", ["-c", script, "sh", ...words], { cwd, env, encoding: "utf8" }).trim();
}

const onLinux = process.platform === "linux";

test.runIf(onLinux)("finds and ends what names the folder in any way", async () => {
  const folder = temporaryFolder("left-");
  const traces = [
    orphan("/", { MARK: folder }, "sleep", "300"),
    orphan("/", {}, "tail", "-f", "/dev/null", "--pid", String(process.pid), `${folder}/absent`),
    orphan(folder, {}, "sleep", "300"),
  ];
  const left = await leftovers(folder, 0);
  expect(left.map((line) => line.split(" ")[0]).sort()).toEqual(traces.sort());
  await expect.poll(() => traces.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([]);
});

test.runIf(onLinux)("lets other processes be", async () => {
  const folder = temporaryFolder("left-");
  const other = temporaryFolder("other-");
  const pid = orphan("/", { MARK: other }, "sleep", "300");
  expect(await leftovers(folder, 0)).toEqual([]);
  expect(existsSync(`/proc/${pid}/exe`)).toBe(true);
  process.kill(Number(pid));
});

test.runIf(onLinux)("waits for what is about to end", async () => {
  const folder = temporaryFolder("left-");
  orphan("/", { MARK: folder }, "sleep", "0.3");
  expect(await leftovers(folder, 10_000)).toEqual([]);
});
