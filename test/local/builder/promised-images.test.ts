import { expect, test } from "vitest";
import { PromisedImages } from "../../../src/local/builder/promised-images.js";

test("an image is promised to the environments that asked for it, and only the others keep it", () => {
  const promised = new PromisedImages();
  promised.note("alice", "a");
  promised.note("bob", "b");
  promised.note("bob", "a");

  expect(promised.toOthers("alice")).toEqual(["b", "a"]);
  expect(promised.toOthers("bob")).toEqual(["a"]);
  expect(promised.toOthers("carol")).toEqual(["a", "b", "a"]);
});
