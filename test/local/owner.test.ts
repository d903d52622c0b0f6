import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { claim, startOf } from "../../src/local/owner.js";
import { temporaryFolder } from "../helpers/repository.js";

const place = () => path.join(temporaryFolder("owner-"), "daemon.pid");

test("a second claim is refused while the first one's process lives", () => {
  const file = place();
  const first = claim(file);
  expect(first?.holds()).toBe(true);
  expect(claim(file)).toBeNull();
  first?.release();
  expect(fs.existsSync(file)).toBe(false);
  expect(claim(file)).not.toBeNull();
});

test.each([
  ["has ended", () => `${spawnSync("true").pid} 1`],
  ["has ended, and whose number is another's by now", () => `${process.pid} ${Number(startOf(process.pid)) - 1}`],
])("a claim of a process that %s is taken over", (_, owner) => {
  const file = place();
  fs.writeFileSync(file, owner());
  expect(claim(file)?.holds()).toBe(true);
});

test("a claim whose file is removed, or is another's, is no longer held, and its release takes nothing away", () => {
  const file = place();
  const mine = claim(file);
  fs.writeFileSync(file, "1 1");
  expect(mine?.holds()).toBe(false);
  mine?.release();
  expect(fs.readFileSync(file, "utf8")).toBe("1 1");
  fs.rmSync(file);
  expect(mine?.holds()).toBe(false);
});
