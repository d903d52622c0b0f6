import { expect, test } from "vitest";
import { table } from "../../src/ui/table.js";

const HEADER = ["ENVIRONMENT", "BRANCH", "URL"];
const LONG = `env-${"y".repeat(40)}`;
const ROWS = [
  ["alice", "env-alice", "http://alice.shop.localhost:21000"],
  ["yyy-2a3b4c5d", LONG, null],
];

test("columns are as wide as their widest cell; absent cells are dashes", () => {
  expect(table(HEADER, ROWS).split("\n")).toEqual([
    `ENVIRONMENT   BRANCH${" ".repeat(40)}URL`,
    `alice         env-alice${" ".repeat(37)}http://alice.shop.localhost:21000`,
    `yyy-2a3b4c5d  ${LONG}  -`,
  ]);
});

test("on a narrow terminal the widest column is cut, and the address stays whole", () => {
  expect(table(HEADER, ROWS, 80).split("\n")).toEqual([
    "ENVIRONMENT   BRANCH                           URL",
    "alice         env-alice                        http://alice.shop.localhost:21000",
    `yyy-2a3b4c5d  ${LONG.slice(0, 30)}…  -`,
  ]);
});

test("on one that is narrower still no line wraps", () => {
  const lines = table(HEADER, ROWS, 40).split("\n");
  expect(lines[1]).toBe("alice         env-alice         http://…");
  expect(Math.max(...lines.map((line) => line.length))).toBe(40);
});

test("a character is one, however it is encoded", () => {
  expect(table(["A", "B"], [["🚀🚀🚀", "x"]], 4)).toContain("🚀🚀🚀…");
});
