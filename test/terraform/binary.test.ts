import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { findTerraform } from "../../src/terraform/binary.js";
import { TestRuns } from "./work-folder.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let runs: TestRuns;
beforeEach(() => {
  runs = new TestRuns();
});
afterEach(() => runs.remove());

function fake(name: string, version: string): string {
  return runs.program(name, `console.log(JSON.stringify({ terraform_version: ${JSON.stringify(version)} }))`);
}

test("the real one on PATH", async () => {
  const found = await findTerraform({ PATH: process.env.PATH });
  expect(found).toEqual({ path: "terraform", version: expect.stringMatching(/^1\.\d+\.\d+/), flavour: "terraform" });
});

test("what PAAS_TERRAFORM names goes first, also by a relative path", async () => {
  const file = fake("my-terraform", "1.12.0");
  const relative = path.relative(process.cwd(), file);
  for (const PAAS_TERRAFORM of [file, relative]) {
    expect(await findTerraform({ PATH: process.env.PATH, PAAS_TERRAFORM })).toMatchObject({
      path: file,
      version: "1.12.0",
    });
  }
});

test("OpenTofu where there is no Terraform", async () => {
  fake("tofu", "1.9.0");
  expect(await findTerraform({ PATH: runs.folder })).toEqual({ path: "tofu", version: "1.9.0", flavour: "tofu" });
});

test("Terraform before OpenTofu", async () => {
  fake("tofu", "1.9.0");
  fake("terraform", "1.11.4");
  expect(await findTerraform({ PATH: runs.folder })).toMatchObject({ flavour: "terraform" });
});

test("none is an error that says what to do", async () => {
  const empty = path.join(runs.folder, "empty");
  fs.mkdirSync(empty);
  await expect(findTerraform({ PATH: empty })).rejects.toMatchObject({
    code: "terraform-missing",
    message: "Terraform is not installed",
    next: expect.stringContaining("install Terraform"),
  });
});

test("a PAAS_TERRAFORM that does not run is not silently replaced", async () => {
  const PAAS_TERRAFORM = path.join(runs.folder, "gone");
  await expect(findTerraform({ PATH: process.env.PATH, PAAS_TERRAFORM })).rejects.toMatchObject({
    code: "terraform-missing",
    message: expect.stringContaining(PAAS_TERRAFORM),
  });
});

test.each([
  ["0.15.5", false],
  ["1.8.5", false],
  ["1.9.0-rc1", true],
  ["1.9.0", true],
  ["1.11.4", true],
  ["2.0.0", true],
])("version %s is new enough: %s", async (version, enough) => {
  const found = findTerraform({ PATH: process.env.PATH, PAAS_TERRAFORM: fake("terraform", version) });
  if (enough) expect((await found).version).toBe(version);
  else
    await expect(found).rejects.toMatchObject({ code: "terraform-too-old", message: expect.stringContaining(version) });
});
