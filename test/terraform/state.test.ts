import { expect, test } from "vitest";
import { continues } from "../../src/terraform/state.js";

const state = (lineage: string, serial: number) => Buffer.from(JSON.stringify({ version: 4, lineage, serial }));

test.each([
  ["a later one of the same life", state("a", 3), state("a", 2), true],
  ["the same one", state("a", 2), state("a", 2), false],
  ["an earlier one", state("a", 1), state("a", 2), false],
  ["one of another life", state("b", 9), state("a", 2), false],
  ["anything where there is none", state("a", 1), null, false],
  ["anything where there is an empty one", state("a", 1), Buffer.alloc(0), false],
  ["an empty one", Buffer.alloc(0), state("a", 1), false],
])("%s: whether a state continues another", (_, later, earlier, expected) => {
  expect(continues(later, earlier)).toBe(expected);
});
