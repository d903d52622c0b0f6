import { describe, expect, it } from "vitest";
import { durationText, milliseconds } from "../../src/manifest/duration.js";
import type { JsonMap } from "../../src/manifest/manifest.js";
import { matches, merge } from "../../src/manifest/merge.js";
import { joinCommand, splitCommand } from "../../src/manifest/release.js";
import { suggestion } from "../../src/manifest/suggest.js";

describe("splitCommand", () => {
  const rows: [line: string, words: string[]][] = [
    ["npm run migrate", ["npm", "run", "migrate"]],
    ["  a \t b  ", ["a", "b"]],
    ["a 'b c' \"d e\"", ["a", "b c", "d e"]],
    ["a'b'\"c\"d", ["abcd"]],
    ["a ''", ["a", ""]],
    ["a\\ b", ["a b"]],
    ['a "\\"q\\" \\n"', ["a", '"q" \\n']],
    ["sh -c 'a && b > $c'", ["sh", "-c", "a && b > $c"]],
    ["a --x=1,2:3 @scope/b [x] a#b !", ["a", "--x=1,2:3", "@scope/b", "[x]", "a#b", "!"]],
  ];
  it.each(rows)("%s", (line, words) => {
    expect(splitCommand(line)).toEqual({ words });
    expect(splitCommand(joinCommand(words))).toEqual({ words });
  });

  const refused: [line: string, what: string][] = [
    ["a && b", "&&"],
    ["a&b", "&"],
    ["a || b", "||"],
    ["a | b", "|"],
    ["a; b", ";"],
    ["a > b", ">"],
    ["a >> b", ">>"],
    ["a < b", "<"],
    ["a << b", "<<"],
    ["a $B", "$"],
    ["a `b`", "`"],
    ["a *.js", "*"],
    ["a b?", "?"],
    ["a ~/b", "~"],
    ["(a)", "("],
    ["{ a", "{"],
    ["a\nb", "a line break"],
    ['a "b', 'an open "'],
    ["a 'b", "an open '"],
    ['a "$B"', "$ in double quotes"],
    ['a "x `b`"', "` in double quotes"],
    ["a \\", "an open \\"],
  ];
  it.each(refused)("refuses %s", (line, what) => {
    expect(splitCommand(line)).toEqual({ refused: what });
  });
});

describe("durations", () => {
  const rows: [text: string, time: number, told: string][] = [
    ["90s", 90_000, "90s"],
    ["5m", 300_000, "5m"],
    ["36h", 129_600_000, "36h"],
    ["48h", 172_800_000, "2d"],
    ["7d", 604_800_000, "7d"],
    ["2w", 1_209_600_000, "14d"],
  ];
  it.each(rows)("%s", (text, time, told) => {
    expect(milliseconds(text)).toBe(time);
    expect(durationText(time)).toBe(told);
  });
});

describe("merge", () => {
  const rows: [base: JsonMap, changes: JsonMap, merged: JsonMap][] = [
    [{ a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    [{ a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    [{ a: [1, 2] }, { a: [3] }, { a: [3] }],
    [{ a: { b: 1 } }, { a: 2 }, { a: 2 }],
    [{ a: 1 }, { a: { b: 2, c: null } }, { a: { b: 2 } }],
    [{ a: { b: 1 } }, { a: { b: null } }, { a: {} }],
    [{ a: 1 }, { a: null, b: null }, {}],
  ];
  it.each(rows)("%j + %j", (base, changes, merged) => {
    const before = structuredClone(base);
    expect(merge(base, changes)).toEqual(merged);
    expect(base).toEqual(before);
  });
});

describe("overlay patterns", () => {
  const rows: [pattern: string, envId: string, expected: boolean][] = [
    ["alice", "alice", true],
    ["alice", "alice2", false],
    ["*", "anything", true],
    ["pr-*", "pr-12", true],
    ["pr-*", "pr-", true],
    ["pr-*", "apr-1", false],
    ["*-web", "shop-web", true],
    ["*-web", "web", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a*b*c", "axxbyyc", true],
    ["a*b*c", "acb", false],
    ["a*b*b", "ab", false],
    ["**", "x", true],
  ];
  it.each(rows)("%s and %s", (pattern, envId, expected) => {
    expect(matches(pattern, envId)).toBe(expected);
  });
});

describe("suggestion", () => {
  const allowed = ["port", "path", "services", "min", "max"];
  const rows: [word: string, expected: string | null][] = [
    ["prot", "port"],
    ["PORT", "port"],
    ["servics", "services"],
    ["service", "services"],
    ["mni", "min"],
    ["mux", "max"],
    ["xyz", null],
    ["replicas", null],
  ];
  it.each(rows)("%s", (word, expected) => {
    expect(suggestion(word, allowed)).toBe(expected);
  });
});
