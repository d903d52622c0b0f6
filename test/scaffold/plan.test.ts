import { describe, expect, test } from "vitest";
import { changes, planFiles, type TextFile, type WantedFile } from "../../src/scaffold/plan.js";

const plan = (file: WantedFile, current: string | null, interactive = false) => {
  const [planned] = planFiles([file], () => current, interactive);
  if (!planned) throw new Error("nothing planned");
  return planned;
};
const as = (kind: TextFile["as"], content = "new\n"): TextFile => ({ path: "a", content, as: kind });

test.each<[file: WantedFile, current: string | null, interactive: boolean, action: string, content: string]>([
  [as("ours"), null, false, "create", "new\n"],
  [as("ours"), "new\n", false, "same", "new\n"],
  [as("ours"), "new\r\n", false, "same", "new\r\n"],
  [as("ours"), "old\n", false, "keep", "old\n"],
  [as("ours"), "old\n", true, "ask", "new\n"],
  [as("once"), null, false, "create", "new\n"],
  [as("once"), "old\n", true, "keep", "old\n"],
  [as("lines"), null, false, "create", "new\n"],
  [as("lines", "a/\nb/\n"), "x\na/\n", false, "append", "x\na/\nb/\n"],
  [as("lines", "a/\n"), "x", false, "append", "x\na/\n"],
  [as("lines", "a/\n"), "x\r\n", false, "append", "x\r\na/\r\n"],
  [as("lines", "a/\n"), "/a\n", false, "same", "/a\n"],
  [as("lines", "a/\n"), "", false, "append", "a/\n"],
])("%j over %j (interactive: %s) → %s", (file, current, interactive, action, content) => {
  const planned = plan(file, current, interactive);
  expect({ action: planned.action, content: planned.content }).toEqual({ action, content });
});

describe("the difference that is shown", () => {
  test("leads from what is there to what init would write", () => {
    expect(plan(as("ours", "one\nnew\n"), "one\nold\n").diff).toBe(
      "--- a\tas it is\n+++ a\tas init writes it\n@@ -1,2 +1,2 @@\n one\n-old\n+new\n",
    );
  });

  test.each([as("ours"), as("once")])("is nobody's business for a file of the user's own: %j", (file) => {
    expect(plan({ ...file, as: "once" }, "old\n").diff).toBeNull();
  });
});

test("only what is created, appended or replaced changes a file", () => {
  const [file] = planFiles([as("ours")], () => null, false);
  const actions = ["create", "append", "replace", "ask", "keep", "same"] as const;
  const files = actions.flatMap((action) => (file ? [{ ...file, action }] : []));
  expect(changes(files).map(({ action }) => action)).toEqual(["create", "append", "replace"]);
});
