import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eject } from "../../src/pipeline/eject.js";
import { stepsOf } from "../../src/pipeline/events.js";
import { findSource } from "../../src/pipeline/source.js";
import { variablesFor } from "../../src/terraform/run.js";
import { openRunningProject, type Project } from "./project.js";

/** Installing the packages of infra/ is part of the first run on a new machine. */
const LONG = 120_000;

let here: Project;
beforeAll(async () => {
  here = await openRunningProject();
}, LONG);
afterAll(() => here.close());

const write = async (out: string) => {
  const { git } = here.doors;
  const steps = stepsOf(
    () => {},
    () => performance.now(),
  );
  return eject(await findSource(git, git, "env-alice", null), out, here.doors, steps);
};

test(
  "the files work without paas: a plan of theirs shows no change",
  async () => {
    const out = path.join(here.azure.folder, "ejected");
    const { files } = await write(out);
    expect(files).toEqual([".terraform.lock.hcl", "README.md", "main.tf.json"]);
    const configuration = JSON.parse(fs.readFileSync(path.join(out, "main.tf.json"), "utf8"));
    expect(configuration.terraform.backend.azurerm).toEqual({
      storage_account_name: "stshop",
      container_name: "tier-nonprod",
      key: "state/alice.tfstate",
      use_azuread_auth: true,
    });
    expect(JSON.stringify(configuration)).not.toContain('"//"');
    expect(fs.readFileSync(path.join(out, "README.md"), "utf8")).not.toContain("local cloud");

    const variables = await here.cloud.terraform.variables([], null);
    const env = variablesFor(variables, process.env);
    // The stand-in answers from this process, so nothing here may wait for a child without letting it.
    const terraform = (...words: string[]) =>
      promisify(execFile)(here.variables.PAAS_TERRAFORM ?? "", [...words, "-no-color", "-input=false"], {
        cwd: out,
        env,
      });
    await terraform("init");
    expect((await terraform("plan", "-detailed-exitcode")).stdout).toContain("No changes.");
  },
  LONG,
);

test("a folder that holds something is refused", async () => {
  const out = path.join(here.azure.folder, "filled");
  fs.mkdirSync(out);
  fs.writeFileSync(path.join(out, "mine"), "");
  await expect(write(out)).rejects.toMatchObject({ code: "folder-not-empty", details: ["it holds mine"] });
  await expect(write(path.join(out, "mine"))).rejects.toMatchObject({ code: "folder-not-empty" });
  expect(fs.readdirSync(out)).toEqual(["mine"]);
});
