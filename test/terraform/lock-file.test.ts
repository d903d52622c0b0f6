import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { LOCK_FILE, lockProviders, useLockFile } from "../../src/terraform/lock-file.js";
import { temporaryFolder } from "../helpers/repository.js";

/** Terraform's registry cannot be reached here: what it is asked for shows in the words it is called with. */
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
  const { run, infra } = fakeTerraform("echo 'Error: no registry' >&2; exit 1");
  await expect(lockProviders(run, infra)).rejects.toMatchObject({
    code: "providers-not-locked",
    details: ["Error: no registry"],
  });
});

test("runs keep to the file where there is one", async () => {
  const [infra, work] = [temporaryFolder("infra-"), temporaryFolder("work-")];
  expect(await useLockFile(infra, work)).toEqual({});
  fs.writeFileSync(path.join(infra, LOCK_FILE), "locked\n");
  expect(await useLockFile(infra, work)).toEqual({ TF_CLI_ARGS_init: "-lockfile=readonly" });
  expect(fs.readFileSync(path.join(work, LOCK_FILE), "utf8")).toBe("locked\n");
});
