import { describe, expect, it } from "vitest";
import { matches } from "./support/transcript.js";

describe("what a document shows is what was printed", () => {
  it.each([
    ["the same", "stopped", "stopped\n"],
    ["but for times", "✓ lock  alice  0.1s", "✓ lock  alice  1m 05s"],
    [
      "but for ports and commits",
      "http://alice.shop.localhost:22499 at 304f6d7d",
      "http://alice.shop.localhost:1 at 416ef106",
    ],
    ["but for hashes in names", "ca-shop-alice-web-4ygq7nvw--0000001", "ca-shop-alice-web-abcdefgh--0000001"],
    ["but for the order of steps", "✓ plan  0.1s\n✓ build  0.1s\nend", "✓ build  0.2s\n✓ plan  0.3s\nend"],
    ["but for what … stands for in a line", "since … (up)", "since yesterday (up)"],
    ["but for lines that … stands for", '{\n  …\n  "b": 1\n}', '{\n  "a": 1,\n  "b": 1\n}'],
    ["but for lines at the end", "first\n…", "first\nsecond\nthird"],
  ])("%s", (_, shown, printed) => {
    expect(matches(shown, printed)).toBe(true);
  });

  it.each([
    ["another word", "stopped", "started"],
    ["a line less", "one\ntwo", "one"],
    ["a line more", "one", "one\ntwo"],
    ["another number of changes", "alice: 3 to create", "alice: 4 to create"],
    ["a step that is missing", "✓ plan  0.1s\n✓ build  0.1s", "✓ plan  0.1s"],
    ["a pattern of its own", "a.c", "abc"],
  ])("not with %s", (_, shown, printed) => {
    expect(matches(shown, printed)).toBe(false);
  });
});
