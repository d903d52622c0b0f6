import { expect, test } from "vitest";
import { CHECKS, countsOf, diagnose } from "../../src/doctor/diagnose.js";
import type { Facts, PinFact } from "../../src/doctor/facts.js";
import { WELL } from "./facts.js";
import { testRows } from "./rows.js";

test("where all is well, nothing is said but that", () => {
  const findings = diagnose(WELL);
  expect(findings.filter(({ status }) => status !== "ok").map(({ check }) => check)).toEqual(["local-cloud"]);
  expect(findings.map(({ check }) => check)).toEqual(CHECKS.map(({ id }) => id));
  expect(countsOf(findings)).toEqual({ ok: CHECKS.length - 1, warning: 0, failure: 0, skipped: 1 });
});

const VENDORED = "file:vendor/paas-cli-1.2.3-0a1b2c3d.tgz";
const locked = { version: "1.2.3", integrity: "sha512-paas" };
const pinned = (change: Partial<PinFact>): Facts => {
  return { ...WELL, pin: { value: { spec: VENDORED, locked, integrity: "sha512-paas", ...change } } };
};
const GENERATED = "# Written by paas 1.2.2. What runs is the version that infra/package.json pins.\n";

testRows([
  ["an old Node", { ...WELL, node: "20.18.3" }, "node", "failure", "older than 20.19", "nodejs.org"],
  ["the oldest Node", { ...WELL, node: "20.19.0" }, "node", "ok", "20.19.0"],
  ["an old git", { ...WELL, git: { value: "2.25.1" } }, "git", "failure", "older than 2.30"],
  [
    "no Terraform",
    { ...WELL, terraform: { failed: "Terraform is not installed", details: ["looked on PATH"], next: "install it" } },
    "terraform",
    "failure",
    "Terraform is not installed; looked on PATH",
    "install it",
  ],
  [
    "OpenTofu",
    { ...WELL, terraform: { value: { version: "1.9.0", path: "tofu", flavour: "tofu" } } },
    "terraform",
    "ok",
    "OpenTofu 1.9.0",
  ],
  [
    "no Docker on Azure",
    { ...WELL, buildx: { failed: "not here", next: "get it" } },
    "buildx",
    "warning",
    "not here",
    "get it",
  ],
  [
    "no Docker on this machine",
    { ...WELL, buildx: { failed: "not here" }, cloud: { value: { name: "local", because: "b" } } },
    "buildx",
    "skipped",
    "without Docker",
  ],
  [
    "a broken manifest",
    { ...WELL, manifest: { failed: "paas.yaml is wrong", details: ["line 3: x"] } },
    "manifest",
    "failure",
    "line 3",
  ],
  [
    "a stopped local cloud",
    { ...WELL, local: { value: { state: "stopped" } } },
    "local-cloud",
    "ok",
    "starts by itself",
  ],
  [
    "a local cloud that does not answer",
    { ...WELL, local: { value: { state: "unhealthy", detail: "process 7 does not answer" } } },
    "local-cloud",
    "failure",
    "process 7",
    "paas local stop",
  ],
  [
    "workflows with another version",
    pinned({ spec: "1.2.2", locked: { ...locked, version: "1.2.2" } }),
    "cli-pin",
    "warning",
    "run 1.2.2, and this is 1.2.3",
    "paas init",
  ],
  ["a vendored version", pinned({}), "cli-pin", "ok", "1.2.3"],
  [
    "a vendored package that was changed under the same version",
    pinned({ integrity: "sha512-other" }),
    "cli-pin",
    "failure",
    "infra/vendor/paas-cli-1.2.3-0a1b2c3d.tgz was changed",
    "paas init",
  ],
  ["a vendored package that is not there", pinned({ integrity: null }), "cli-pin", "failure", "tgz is not there"],
  ["a pin that is not locked", pinned({ locked: null }), "cli-pin", "failure", "does not have the pinned paas-cli"],
  [
    "a lock file of another version",
    pinned({ locked: { ...locked, version: "1.2.2" } }),
    "cli-pin",
    "failure",
    "pins 1.2.3, and infra/package-lock.json has 1.2.2",
  ],
  ["a range", pinned({ spec: "^1.2.0" }), "cli-pin", "warning", "no exact version"],
  ["no pin", { ...WELL, pin: { value: null } }, "cli-pin", "skipped", "pins no paas-cli"],
  [
    "a workflow of another version",
    {
      ...WELL,
      workflows: { value: [{ path: "w.yml", found: GENERATED, rendered: GENERATED.replace("1.2.2", "1.2.3") }] },
    },
    "workflows",
    "warning",
    "w.yml was written by 1.2.2, and 1.2.3 writes it otherwise",
    "paas init",
  ],
  [
    "a workflow that was changed",
    { ...WELL, workflows: { value: [{ path: "w.yml", found: `${GENERATED}on: push\n`, rendered: GENERATED }] } },
    "workflows",
    "warning",
    "w.yml is not what this version writes",
    "paas init",
  ],
  [
    "a workflow that is missing beside others",
    {
      ...WELL,
      workflows: {
        value: [
          { path: "w.yml", found: null, rendered: "b" },
          { path: "v.yml", found: "b", rendered: "b" },
        ],
      },
    },
    "workflows",
    "warning",
    "w.yml is not there",
  ],
  [
    "no workflows",
    { ...WELL, workflows: { value: [{ path: "w.yml", found: null, rendered: "b" }] } },
    "workflows",
    "skipped",
    "start nothing",
  ],
]);
