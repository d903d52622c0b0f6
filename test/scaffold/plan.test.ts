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

describe("a file of which a part is ours", () => {
  const merged = (merge: (text: string) => string | null): WantedFile => {
    return { path: "a", content: "ours\n", as: "merged", merge, hint: "by hand" };
  };

  test("is made whole where there is none", () => {
    expect(
      plan(
        merged(() => null),
        null,
      ),
    ).toMatchObject({ action: "create", content: "ours\n", hint: null });
  });

  test("gets that part, and shows it, also where nobody is asked", () => {
    const planned = plan(
      merged((text) => `${text}ours\n`),
      "theirs\n",
    );
    expect(planned).toMatchObject({ action: "update", content: "theirs\nours\n", hint: null });
    expect(planned.diff).toContain("@@ -1,1 +1,2 @@\n theirs\n+ours\n");
  });

  test("stays when it has it, and when nobody can tell where it belongs", () => {
    expect(
      plan(
        merged((text) => text),
        "theirs\n",
      ),
    ).toMatchObject({ action: "same", content: "theirs\n", diff: null });
    expect(
      plan(
        merged(() => null),
        "theirs\n",
      ),
    ).toMatchObject({ action: "keep", content: "theirs\n", hint: "by hand" });
  });
});

test.each<[present: boolean, current: string | null, action: string]>([
  [false, null, "create"],
  [true, "bytes", "same"],
  [false, "other bytes", "replace"],
])("a package (right: %s) over %j → %s", (present, current, action) => {
  const content = Buffer.from("bytes");
  expect(plan({ path: "a", content, as: "packed", present }, current)).toMatchObject({ action, content, diff: null });
});

test("what is stale is removed where it is", () => {
  expect(plan({ path: "a", as: "stale" }, "old").action).toBe("remove");
  expect(planFiles([{ path: "a", as: "stale" }], () => null, true)).toEqual([]);
});

test("only what is created, appended, updated, replaced or removed changes a file", () => {
  const [file] = planFiles([as("ours")], () => null, false);
  const actions = ["create", "append", "update", "replace", "remove", "ask", "keep", "same"] as const;
  const files = actions.flatMap((action) => (file ? [{ ...file, action }] : []));
  const written = ["create", "append", "update", "replace", "remove"];
  expect(changes(files).map(({ action }) => action)).toEqual(written);
});
