import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { LOCK_FILE, lockProviders, useLockFile } from "../../src/terraform/lock-file.js";
import { temporaryFolder } from "../helpers/repository.js";
import { providerMirror, terraformWithMirror } from "./mirror.js";

/** What Terraform is asked for shows in the words it is called with. */
function fakeTerraform(script: string) {
  const [work, infra] = [temporaryFolder("work-"), temporaryFolder("infra-")];
  const binary = path.join(work, "terraform");
  fs.writeFileSync(binary, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const run = { binary, envId: "platform-nonprod", work, variables: {}, signal: new AbortController().signal };
  return { run, infra, words: () => fs.readFileSync(path.join(work, "words"), "utf8").trim().split("\n") };
}

test("the file is written once, for every platform that runs happen on", async () => {
  const { run, infra, words } = fakeTerraform(`printf '%s\\n' "$@" > words; echo locked > ${LOCK_FILE}`);
  expect(await lockProviders(run, infra)).toBe(true);
  expect(words()).toEqual([
    "providers",
    "lock",
    "-no-color",
    "-platform=linux_amd64",
    "-platform=linux_arm64",
    "-platform=darwin_amd64",
    "-platform=darwin_arm64",
    "-platform=windows_amd64",
  ]);
  expect(fs.readFileSync(path.join(infra, LOCK_FILE), "utf8")).toBe("locked\n");
  fs.rmSync(path.join(run.work, "words"));
  expect(await lockProviders(run, infra)).toBe(false);
  expect(fs.existsSync(path.join(run.work, "words"))).toBe(false);
});

test("a registry that cannot be reached is told", async () => {
  const { run, infra } = fakeTerraform(
    "printf '╷\\n│ Error: no registry\\n│ \\n│ it did\\n│ not answer\\n╵\\n' >&2; exit 1",
  );
  await expect(lockProviders(run, infra)).rejects.toMatchObject({
    code: "providers-not-locked",
    details: ["no registry: it did not answer"],
  });
});

test("runs keep to the file where there is one", async () => {
  const [infra, work] = [temporaryFolder("infra-"), temporaryFolder("work-")];
  expect(await useLockFile(infra, work)).toEqual({});
  fs.writeFileSync(path.join(infra, LOCK_FILE), "locked\n");
  expect(await useLockFile(infra, work)).toEqual({ TF_CLI_ARGS_init: "-lockfile=readonly" });
  expect(fs.readFileSync(path.join(work, LOCK_FILE), "utf8")).toBe("locked\n");
});

const CONFIGURATION = {
  terraform: { required_providers: { azurerm: { source: "hashicorp/azurerm", version: "4.55.0" } } },
  provider: { azurerm: { features: {} } },
};

function folderWithConfiguration(): string {
  const folder = temporaryFolder("work-");
  fs.writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify(CONFIGURATION));
  return folder;
}

/** `terraform init` of a folder with this lock file, where azurerm comes from a mirror. */
function initReadOnly(lockFile: string, mirror: string): string {
  const folder = folderWithConfiguration();
  fs.copyFileSync(lockFile, path.join(folder, LOCK_FILE));
  const settings = path.join(folder, "settings.tfrc");
  fs.writeFileSync(settings, `provider_installation {\n  filesystem_mirror {\n    path = "${mirror}"\n  }\n}\n`);
  const env = { PATH: process.env.PATH, HOME: folder, TF_CLI_CONFIG_FILE: settings, CHECKPOINT_DISABLE: "1" };
  const init = () =>
    execFileSync("terraform", ["init", "-no-color", "-lockfile=readonly"], { cwd: folder, env, stdio: "pipe" });
  try {
    return String(init());
  } catch (error) {
    return String((error as { stderr: Buffer }).stderr);
  }
}

test("the real Terraform locks azurerm for all platforms, and takes no other one afterwards", async () => {
  const [work, infra, mirror] = [
    folderWithConfiguration(),
    temporaryFolder("infra-"),
    providerMirror(temporaryFolder("mirror-")),
  ];
  const binary = terraformWithMirror(work, mirror);
  const run = { binary, envId: "alice", work, variables: {}, signal: new AbortController().signal };
  expect(await lockProviders(run, infra)).toBe(true);
  const file = path.join(infra, LOCK_FILE);
  const text = fs.readFileSync(file, "utf8");
  expect(text).toMatch(/provider "registry.terraform.io\/hashicorp\/azurerm" \{\n\s+version\s+= "4.55.0"/);
  expect(text.match(/"h1:/g)).toHaveLength(5);
  expect(initReadOnly(file, mirror)).toContain("Terraform has been successfully initialized!");
  expect(initReadOnly(file, providerMirror(temporaryFolder("mirror-"), "another"))).toMatch(
    /match any of the\s+checksums/,
  );
});
