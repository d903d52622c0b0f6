import { expect, test } from "vitest";
import { parseRecord, renderRecord } from "../../src/state/record.js";
import { parseHolder, parseSummary, renderHolder, renderSummary, withoutHolder } from "../../src/state/summary.js";
import { sampleRecord } from "./sample.js";

test("a record is read as it was written", () => {
  const record = sampleRecord({
    branch: "env-Grüße/🚀",
    journal: [{ name: "group", status: "running", startedAt: "2026-11-21T10:00:00Z", finishedAt: null, notes: ["kv"] }],
  });
  expect(parseRecord(renderRecord(record), "it")).toEqual(record);
});

test("the ledger keeps the newest fifty", () => {
  const [one] = sampleRecord().deployments;
  const deployments = Array.from({ length: 60 }, (_, number) => ({
    ...(one as NonNullable<typeof one>),
    commit: `${number}`,
  }));
  const kept = parseRecord(renderRecord(sampleRecord({ deployments })), "it").deployments;
  expect(kept).toHaveLength(50);
  expect(kept[0]?.commit).toBe("0");
});

test.each([
  ["", "record-broken", /Unexpected end/],
  ["[]", "record-broken", /\(record\)/],
  [JSON.stringify({ ...sampleRecord(), state: "dreaming" }), "record-broken", /^state: /],
  [JSON.stringify({ ...sampleRecord(), updatedAt: "yesterday" }), "record-broken", /^updatedAt: /],
  [JSON.stringify({ ...sampleRecord(), services: { web: {} } }), "record-broken", /^services\.web\.image: /],
  [JSON.stringify({ schemaVersion: 2 }), "record-newer", /schemaVersion is 2/],
])("refuses %s", (text, code, detail) => {
  try {
    parseRecord(text, "the record of alice");
  } catch (error) {
    expect(error).toMatchObject({ code, message: expect.stringContaining("the record of alice") });
    expect((error as { details: string[] }).details.some((line) => detail.test(line))).toBe(true);
    return;
  }
  throw new Error("was accepted");
});

test.each([["env-alice"], ["env-Grüße/🚀 (ü)"], [`env-${"é".repeat(100)}`], ["env-$(touch x);a%2F'"]])(
  "a summary fits blob metadata and keeps branch %s",
  (branch) => {
    const record = sampleRecord({ branch, expires: null, url: null });
    const metadata = renderSummary(record);
    for (const [name, value] of Object.entries(metadata)) {
      expect(name).toMatch(/^[a-z]+$/);
      expect(value).toMatch(/^[\x21-\x7e]+$/);
    }
    const { envId, kind, tier, generation, state, resourceGroup, commit, url, expires } = record;
    const capitalised = Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [`${name[0]?.toUpperCase()}${name.slice(1)}`, value]),
    );
    expect(parseSummary(capitalised, true)).toEqual({
      changedAt: null,
      envId,
      branch,
      kind,
      tier,
      generation,
      state,
      resourceGroup,
      commit,
      url,
      expires,
      locked: true,
    });
  },
);

test("metadata without a summary is none", () => {
  expect(parseSummary({ terraformlockid: "x" }, false)).toBeNull();
  expect(parseHolder({})).toBeNull();
});

test("a holder is read as it was written, and removed", () => {
  const holder = {
    who: "müller",
    host: "fv-az12",
    pid: 7,
    operation: "up",
    since: "2026-11-21T14:02:00.000Z",
    run: "8812",
    commit: null,
  };
  expect(parseHolder({ Holder: renderHolder(holder).holder ?? "" })).toEqual(holder);
  expect(withoutHolder({ Holder: "x", Kind: "branch" })).toEqual({ kind: "branch" });
});
