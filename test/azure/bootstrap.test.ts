import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requireManifest } from "../../src/manifest/parse.js";
import { type Fresh, openFresh } from "./bootstrap-project.js";

const FIRST_RUN = 120_000;

let here: Fresh;
beforeEach(async () => {
  here = await openFresh();
});
afterEach(() => here?.close());

test("a look changes nothing", async () => {
  const looks = await here.look();
  expect(looks.filter(({ there }) => there)).toEqual([]);
  expect(here.azure.requests.filter((request) => !/^GET |^POST https:\/\/login/.test(request))).toEqual([]);
  expect(here.github.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
});

describe("bootstrap", () => {
  test(
    "makes all of the plan, and a second one finds all of it there",
    async () => {
      const { steps, commands } = await here.bootstrap();
      expect(steps.filter(({ status }) => status !== "done")).toEqual([]);
      expect(commands).toEqual([]);
      const again = await here.look();
      expect(again.filter(({ there }) => !there).map(({ step }) => step)).toEqual([]);
      const text = fs.readFileSync(path.join(here.repository.folder, "paas.yaml"), "utf8");
      expect(text).toContain("# The shop.");
      expect(text).toContain("location: westeurope # near its customers");
      expect(Object.keys(requireManifest(text, "paas.yaml").platform?.identities ?? {})).toEqual(["nonprod", "plan"]);
    },
    FIRST_RUN,
  );
});
