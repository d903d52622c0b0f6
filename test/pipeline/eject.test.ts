import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eject } from "../../src/pipeline/eject.js";
import { up } from "../../src/pipeline/up.js";
import { variablesFor } from "../../src/terraform/run.js";
import { FIRST_RUN, type Surroundings, surroundings } from "./surroundings.js";

let here: Surroundings;

beforeAll(async () => {
  here = await surroundings();
}, FIRST_RUN);
afterAll(() => here.close());

test(
  "ejected from the local cloud, the files say that it is simulated, and a plan of theirs shows no change",
  async () => {
    const source = await here.source("env-alice");
    await up({ source, lockTimeout: 0 }, here.doors, here.steps);
    const out = path.join(here.repository.folder, ".paas", "ejected");
    await eject(source, out, here.doors, here.steps);
    expect(fs.readFileSync(path.join(out, "README.md"), "utf8")).toContain("simulates Azure on one machine");

    const bindings = path.join(process.cwd(), "node_modules", "@cdktf", "provider-azurerm");
    const env = variablesFor(await here.doors.cloud.terraform.variables([], bindings), process.env);
    const { path: terraform } = await here.doors.terraform();
    const run = (...words: string[]) =>
      promisify(execFile)(terraform, [...words, "-no-color", "-input=false"], { cwd: out, env });
    await run("init");
    expect((await run("plan", "-detailed-exitcode")).stdout).toContain("No changes.");
  },
  FIRST_RUN,
);
