import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Doors } from "../../src/pipeline/doors.js";
import { providerMirror, terraformWithMirror } from "../terraform/mirror.js";
import { openProject, type Project } from "./project.js";

/* One project whose lock file is missing; every test goes on where the last one ended. */

const SLOW = 120_000;

let here: Project;
let doors: Doors;
let file: string;
beforeAll(async () => {
  here = await openProject();
  const { repository } = here;
  repository.git("switch", "--quiet", "env-alice");
  repository.git("rm", "--quiet", "infra/.terraform.lock.hcl");
  repository.git("commit", "--quiet", "--message=Without a lock file");
  file = path.join(repository.folder, "infra", ".terraform.lock.hcl");
  const { path: attached, ...found } = await here.doors.terraform();
  const mirror = providerMirror(path.join(here.azure.folder, "mirror"));
  const terraform = { ...found, path: terraformWithMirror(here.azure.folder, mirror, attached) };
  doors = { ...here.doors, terraform: async () => terraform };
}, SLOW);
afterAll(() => here?.close());
beforeEach(() => {
  here.events.length = 0;
});

const warnings = () => here.events.flatMap(({ status, detail }) => (status === "warning" ? [detail] : []));
const steps = () => here.events.map(({ step }) => step);
const COMMIT = `\`git add infra/.terraform.lock.hcl && git commit -m "Lock Terraform's providers"\``;
const MISSING = "infra/.terraform.lock.hcl is not committed, so every run takes whichever provider fits";

test(
  "a plan writes none",
  async () => {
    await here.plan();
    expect(fs.existsSync(file)).toBe(false);
    expect(warnings()).toEqual([]);
  },
  SLOW,
);

test(
  "a runner writes none, which would be thrown away, and says who does",
  async () => {
    await here.up("env-alice", { ...doors, variables: { ...doors.variables, GITHUB_ACTIONS: "true" } });
    expect(fs.existsSync(file)).toBe(false);
    expect(warnings()).toEqual([
      `${MISSING}: \`paas up\` or \`paas bootstrap --platform\` on your machine writes it, to be committed`,
    ]);
  },
  SLOW,
);

test(
  "the first up on a machine writes it for all platforms, and asks to commit it",
  async () => {
    await here.up("env-alice", doors);
    expect(fs.readFileSync(file, "utf8").match(/"h1:/g)).toHaveLength(5);
    expect(steps()).toContain("lock providers");
    expect(warnings()).toEqual([`infra/.terraform.lock.hcl is written; commit it: ${COMMIT}`]);
  },
  SLOW,
);

test(
  "until it is committed that is said again, and nothing is written twice",
  async () => {
    const written = fs.statSync(file).mtimeMs;
    await here.up("env-alice", doors);
    expect(fs.statSync(file).mtimeMs).toBe(written);
    expect(steps()).not.toContain("lock providers");
    expect(warnings()).toEqual([`${MISSING}: ${COMMIT}`]);
  },
  SLOW,
);

test(
  "committed, runs keep to it and say nothing",
  async () => {
    here.repository.git("add", "infra");
    here.repository.git("commit", "--quiet", "--message=Lock Terraform's providers");
    await here.up("env-alice", doors);
    expect(warnings()).toEqual([]);
    expect(fs.readFileSync(path.join(doors.work("alice"), ".terraform.lock.hcl"), "utf8")).toBe(
      fs.readFileSync(file, "utf8"),
    );
  },
  SLOW,
);
