import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { startInShell } from "../e2e/support/terminal.js";
import { paas as installed, type Outcome } from "../helpers/paas.js";
import { ACCOUNT, MANIFEST, openProject, type Project } from "./project.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";
import { ALICE } from "./stand-in/directory.js";

const SLOW = 120_000;

let here: Project;
let home: string;
beforeAll(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "paas-home-"));
  here = await openProject();
}, SLOW);
afterAll(async () => {
  await here?.close();
  fs.rmSync(home, { recursive: true, force: true });
});

/** The command line as a child of its own: proxy and certificate come by variables, as a company's do. */
function paas(words: string[], more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const { ARM_CLIENT_ID: _id, ARM_CLIENT_SECRET: _secret, ...surroundings } = here.variables;
  const variables = { ...surroundings, HOME: home, NO_COLOR: "1", ...more };
  return installed(words, { cwd: here.repository.folder, variables });
}

const withSecret = () => ({ ARM_CLIENT_ID: here.variables.ARM_CLIENT_ID, ARM_CLIENT_SECRET: "s3cret" });

describe("the command line on Azure", () => {
  test(
    "says first where it works and as whom",
    async () => {
      const { exit, stdout, stderr } = await paas(["ls"], withSecret());
      expect([exit, stderr.split("\n")[0]]).toEqual([
        0,
        `cloud: azure (subscription ${SUBSCRIPTION}, tenant ${TENANT}, signed in as ${here.variables.ARM_CLIENT_ID})`,
      ]);
      expect(stdout).toMatch(/^bob +env-bob +running/m);
    },
    SLOW,
  );

  test(
    "login, then status, and Terraform as the same person; then logout",
    async () => {
      const login = await paas(["login", "--json"]);
      expect(JSON.parse(login.stdout)).toMatchObject({ cloud: "azure", username: ALICE, tenant: TENANT });
      expect(login.stderr).toContain(here.azure.entra.devices.shown.at(-1));

      const status = await paas(["status", "bob", "--json"]);
      expect(JSON.parse(status.stdout)).toMatchObject({ environment: { envId: "bob", status: "running" } });
      expect(status.stderr).toContain(`signed in as ${ALICE}`);

      const terraform = await paas(["terraform", "bob", "--", "state", "list"]);
      expect([terraform.exit, terraform.stdout], terraform.stderr).toEqual([
        0,
        expect.stringContaining("azurerm_container_app"),
      ]);

      expect((await paas(["logout"])).stdout).toContain("signed out");
      expect((await paas(["ls"])).exit).toBe(4);
    },
    SLOW,
  );

  test(
    "a branch that names a state account of its own is sent no token there",
    async () => {
      here.repository.git("switch", "--quiet", "--create", "env-evil");
      here.repository.write({ "paas.yaml": MANIFEST.replace(ACCOUNT, "stevil") });
      here.repository.commit("evil");
      const before = here.azure.requests.length;
      const { exit, stderr } = await paas(["ls"], withSecret());
      here.repository.git("switch", "--quiet", "main");
      expect(exit, stderr).toBe(0);
      const hosts = new Set(here.azure.requests.slice(before).map((request) => new URL(request.slice(4)).host));
      expect([...hosts]).toContain(`${ACCOUNT}.blob.core.windows.net`);
      expect([...hosts].filter((host) => host.includes("evil"))).toEqual([]);
    },
    SLOW,
  );

  test(
    "exec on a terminal: what is typed goes to the command, Ctrl-C too, and the terminal is as it was afterwards",
    async () => {
      const [app] = here.azure.store.list("azurerm_container_app").filter(({ id }) => id.includes("-bob-"));
      here.azure.logs.replicas.set(String(app?.attributes.name), ["one"]);
      const remote = "trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.1; done";
      const words = [
        inject("installedCli").paas,
        "-C",
        here.repository.folder,
        "exec",
        "bob",
        "--",
        "sh",
        "-c",
        remote,
      ];
      const variables = { ...here.variables, ...withSecret(), HOME: home, NO_COLOR: "1" };
      const shell = startInShell(["sh", "-c", '"$@"; echo "exit $?"; stty -a', "sh", ...words], os.tmpdir(), variables);
      await shell.says(/ready/);
      shell.type("\u0003");
      await shell.says(/caught[\s\S]*exit 3[\s\S]*icanon/);
      shell.type("\n");
      const { stdout } = await shell.ended;
      expect(stdout).toMatch(/[ \n]isig icanon .* echo /);
      expect(here.azure.console.sizes).toContain("120x40");
    },
    SLOW,
  );

  test(
    "a project without a platform is told to bootstrap",
    async () => {
      const text = MANIFEST.replace(/^platform:\n(?: {2}.*\n)*/m, "");
      here.repository.write({ "paas.yaml": text });
      here.repository.commit("no platform");
      const { exit, stderr } = await paas(["--cloud", "azure", "ls"], withSecret());
      here.repository.git("reset", "--quiet", "--hard", "HEAD~");
      expect(exit).toBe(2);
      expect(stderr).toContain("[not-bootstrapped]");
      expect(stderr).toContain("`paas bootstrap`");
    },
    SLOW,
  );
});
