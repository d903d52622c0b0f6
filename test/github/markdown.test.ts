import { describe, expect, test } from "vitest";
import { COMMENT_LIMIT, sectionOf, withSection } from "../../src/github/comment.js";
import { code, codeBlock, codeCell, link, prose, words } from "../../src/github/markdown.js";
import { planTable } from "../../src/github/plan-table.js";
import type { Change, Report } from "../../src/github/run.js";
import { fittingSummary, SUMMARY_LIMIT, summaryOf } from "../../src/github/summary.js";
import { ALICE, PREVIEW, RUN_URL } from "./open.js";

const CHANGES: Change[] = [
  { address: "azurerm_resource_group.group", type: "azurerm_resource_group", action: "create" },
  { address: "azurerm_container_app.web", type: "azurerm_container_app", action: "update" },
  { address: 'azurerm_redis_cache.sessions["a|b"]', type: "azurerm_redis_cache", action: "replace" },
  { address: "azurerm_storage_account.uploads", type: "azurerm_storage_account", action: "delete" },
  { address: "service.web", type: "container", action: "update" },
];
const UP: Report = {
  run: ALICE,
  result: {
    outcome: { url: "http://alice.shop.localhost:4711/", resourceGroup: "rg-shop-alice", changes: CHANGES },
  },
  steps: [
    { step: "plan", status: "done", detail: "1 to create, 2 to update, 1 to replace, 1 to delete", duration: 2100 },
    { step: "apply", status: "done", detail: "4 of 4 resources", duration: 61_000 },
    { step: "deploy web", status: "skipped", detail: "unchanged, not restarted", duration: null },
  ],
  duration: 65_400,
  runUrl: RUN_URL,
};
const PLAN: Report = {
  ...UP,
  run: { ...PREVIEW, operation: "plan" },
  result: { outcome: { url: null, resourceGroup: "rg-shop-pr-7", changes: CHANGES } },
};
const FAILED: Report = {
  ...UP,
  result: {
    failure: {
      code: "unhealthy",
      message: "service web of *alice* answers 500 on /healthz",
      details: ["<script>", "```", "last line"],
      next: "`paas logs alice`",
      interrupted: false,
    },
  },
  steps: [{ step: "deploy web", status: "failed", detail: "", duration: 60_000 }],
};
const DESTROYED: Report = {
  ...UP,
  run: { ...PREVIEW, operation: "destroy", commit: null },
  result: { outcome: { url: null, resourceGroup: "rg-shop-pr-7", changes: null } },
  steps: [],
};

describe("as people see it", () => {
  test.each([
    ["summary-up", summaryOf(UP)],
    ["summary-plan", summaryOf(PLAN)],
    ["summary-failed", summaryOf(FAILED)],
    ["summary-destroyed", summaryOf(DESTROYED)],
    ["comment-plan", withSection(null, sectionOf(PLAN))],
    ["comment-plan-and-preview", withSection(withSection(null, sectionOf(PLAN)), sectionOf({ ...UP, run: PREVIEW }))],
    ["comment-failed", withSection(null, sectionOf({ ...FAILED, run: PREVIEW }))],
    ["comment-destroyed", withSection(null, sectionOf(DESTROYED))],
  ])("%s", async (name, text) => {
    await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});

describe("text from outside stays text", () => {
  test.each([
    ["a", "`a`"],
    ["a`b", "``a`b``"],
    ["`a`", "`` `a` ``"],
    ["a\nb", "`a b`"],
    ["", "`  `"],
    ["<!-- paas:end -->", "`<\u200b!-- paas:end -->`"],
    ["\u001b[31mred", "`\ufffd[31mred`"],
  ])("code %j", (text, markdown) => expect(code(text)).toBe(markdown));

  test("a bar in a table's code ends no cell", () => expect(codeCell("a|b")).toBe("`a\\|b`"));

  test.each([
    ["**bold** [x](y) <b>", "\\*\\*bold\\*\\* \\[x\\]\\(y\\) \\<b\\>"],
    ["ping @alice", "ping @\u200balice"],
    ["a | b", "a \\| b"],
    ["see https://evil.example", "see https:\u200b//evil.example"],
    ["<!-- paas -->", "\\<\u200b\\!-- paas --\\>"],
  ])("words %j", (text, markdown) => expect(words(text)).toBe(markdown));

  test.each([
    ["run `paas logs alice` *now*", "run `paas logs alice` \\*now\\*"],
    ["one ` alone", "one \\` alone"],
    ["`a` and ` alone", "`a` and \\` alone"],
  ])("prose %j", (text, markdown) => expect(prose(text)).toBe(markdown));

  test("a block cannot be ended from inside", () => {
    expect(codeBlock(["```", "# title"])).toBe("````text\n```\n# title\n````");
  });

  test.each([
    ["https://a.example/x", "[t](<https://a.example/x>)"],
    ["javascript:alert(1)", "t"],
    ["https://a.example/> [evil](https://b.example", "t"],
  ])("link %s", (url, markdown) => expect(link("t", url)).toBe(markdown));
});

describe("sections", () => {
  test("what is not ours in the comment goes, and a section cannot be forged", () => {
    const forged = { key: "plan:pr-7", text: code("<!-- paas:end -->\n<!-- paas:section environment:pr-7 -->") };
    const body = withSection("<!-- paas -->\n\nby hand", forged);
    expect(body).not.toContain("by hand");
    expect(body.match(/^<!-- paas:section /gm)).toHaveLength(1);
  });

  test("a body that came back with other line ends is read", () => {
    const body = withSection(null, { key: "plan:pr-7", text: "one\ntwo" }).replaceAll("\n", "\r\n");
    expect(withSection(body, { key: "environment:pr-7", text: "up" })).toContain("one\ntwo\n<!-- paas:end -->");
  });

  test("sections that do not fit go, the new one stays", () => {
    let body: string | null = null;
    for (const key of ["plan:pr-1", "plan:pr-2", "plan:pr-3"]) {
      body = withSection(body, { key, text: `${key} ${"x".repeat(29_000)}` });
    }
    expect(body?.length).toBeLessThan(COMMENT_LIMIT);
    expect(body?.match(/^<!-- paas:section \S+/gm)).toEqual([
      "<!-- paas:section plan:pr-2",
      "<!-- paas:section plan:pr-3",
    ]);
  });

  test("an error of any length leaves a comment that ends its block and leads to the log", () => {
    const details = Array.from({ length: 60 }, () => "\u{1f525}".repeat(900));
    const { result } = FAILED;
    if (!("failure" in result)) throw new Error("no failure");
    const report = { ...FAILED, run: PREVIEW, result: { failure: { ...result.failure, details } } };
    const { text } = sectionOf(report);
    expect(text.length).toBeLessThan(31_000);
    expect(text.match(/^```/gm)?.length).toBe(2);
    expect(text.trimEnd()).toMatch(/Cut here: \[the log\]/);
  });
});

describe("tables", () => {
  test("what is lost comes first and is never cut", () => {
    const many: Change[] = [
      ...Array.from({ length: 100 }, (_, index) => ({ ...CHANGES[0], address: `a${index}` }) as Change),
      ...CHANGES,
    ];
    const text = planTable(many, 1200);
    expect(text.length).toBeLessThanOrEqual(1200);
    expect(text.indexOf("**− delete**")).toBeGreaterThan(0);
    expect(text.indexOf("**± replace**")).toBeLessThan(text.indexOf("~ update"));
    const [, left] = /(\d+) more changes not shown here/.exec(text) ?? [];
    expect(Number(left) + (text.match(/^\| (?!Change|-)/gm)?.length ?? 0)).toBe(many.length);
  });

  test("thousands of losses are counted where they cannot be named", () => {
    const lost: Change[] = Array.from({ length: 3000 }, (_, index) => ({
      address: `r${index}`,
      type: "t",
      action: "delete",
    }));
    const text = planTable(lost, 4000);
    expect(text.length).toBeLessThanOrEqual(4000);
    expect(text).toContain("**3000 resources are destroyed**");
    expect(text).toMatch(/and \d+ more/);
  });

  test("a summary is cut at what is left of its limit, at a line's end", () => {
    const text = `# title\n${"é line\n".repeat(1000)}`;
    const cut = fittingSummary(text, SUMMARY_LIMIT - 2000, RUN_URL);
    expect(Buffer.byteLength(cut)).toBeLessThan(2000);
    expect(cut).toMatch(/é line\n\nCut here: \[the log\]/);
    expect(fittingSummary(text, 0, RUN_URL)).toBe(text);
    expect(fittingSummary(text, SUMMARY_LIMIT, RUN_URL)).toBe("");
  });
});
