import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TOKEN } from "../github/stand-in.js";
import { paas as installed, type Outcome } from "../helpers/paas.js";
import { temporaryFolder } from "../helpers/repository.js";
import { type Fresh, openFresh } from "./bootstrap-project.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";

const SLOW = 120_000;

let here: Fresh;
let home: string;
let removeHome = () => {};
beforeAll(async () => {
  home = temporaryFolder("home-", {
    removeAfter: (remove) => {
      removeHome = remove;
    },
  });
  here = await openFresh();
  here.repository.git("remote", "add", "origin", "git@github.com:acme/shop.git");
}, SLOW);
afterAll(async () => {
  await here?.close();
  removeHome();
});

function paas(words: string[], more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  const own = { HOME: home, NO_COLOR: "1", GITHUB_API_URL: here.github.apiUrl };
  const variables = { ...here.variables, ARM_TENANT_ID: TENANT, ARM_SUBSCRIPTION_ID: SUBSCRIPTION, ...own, ...more };
  return installed(words, { cwd: here.repository.folder, variables });
}

/** What differs from run to run is left out. */
function steady(text: string): string {
  return text
    .replaceAll(here.variables.ARM_CLIENT_ID ?? "", "<you>")
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<id>");
}

const changes = () =>
  here.azure.requests.filter((request) => /^(PUT|PATCH|POST|DELETE) https:\/\/management/.test(request));

describe("paas bootstrap", () => {
  test(
    "--dry-run shows all of it and changes nothing",
    async () => {
      const { exit, stdout, stderr } = await paas(["bootstrap", "--dry-run"], { GH_TOKEN: TOKEN });
      expect([exit, stdout]).toEqual([0, "58 of 58 steps to do; nothing was changed\n"]);
      await expect(steady(stderr)).toMatchFileSnapshot("golden/bootstrap-plan.txt");
      expect(changes()).toEqual([]);
      expect(here.github.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
    },
    SLOW,
  );

  test(
    "off a terminal it needs --yes",
    async () => {
      const { exit, stdout, stderr } = await paas(["bootstrap"], { GH_TOKEN: TOKEN });
      expect([exit, stdout]).toEqual([2, ""]);
      expect(stderr).toContain("[confirmation-needed]");
      expect(changes()).toEqual([]);
    },
    SLOW,
  );

  test(
    "without a token for GitHub the rest is done, and what to type is printed",
    async () => {
      const { exit, stdout, stderr } = await paas(["bootstrap", "--yes", "--json"]);
      const document = JSON.parse(stdout);
      expect([exit, document.error]).toEqual([0, undefined]);
      expect(Object.keys(document)).toEqual([
        "schemaVersion",
        "cloud",
        "tier",
        "plan",
        "warnings",
        "steps",
        "commands",
      ]);
      expect(document.plan[0]).toEqual({
        kind: "provider",
        name: "Microsoft.App",
        scope: `/subscriptions/${SUBSCRIPTION}`,
        why: "container apps",
        there: false,
      });
      expect(document.steps).toContainEqual({ name: "platform stack", status: "done" });
      const { nonprod } =
        /nonprod: (?<nonprod>\S+)/.exec(fs.readFileSync(path.join(here.repository.folder, "paas.yaml"), "utf8"))
          ?.groups ?? {};
      expect(document.commands).toContain(
        `gh variable set AZURE_CLIENT_ID --repo acme/shop --env paas-branch --body ${nonprod}`,
      );
      expect(document.commands).toContain(
        "gh api repos/acme/shop/environments/paas-branch/deployment-branch-policies -f 'name=env-*'",
      );
      expect(stderr).toContain("GitHub's part is left, because there is no token for GitHub");
    },
    SLOW,
  );

  test(
    "with one it goes on, and then everything is there",
    async () => {
      const first = await paas(["bootstrap", "--yes"], { GH_TOKEN: TOKEN });
      expect(first.exit).toBe(0);
      const requests = changes().length;
      const second = await paas(["bootstrap"], { GH_TOKEN: TOKEN });
      expect([second.exit, second.stdout]).toEqual([0, "everything is there\n"]);
      expect(changes()).toHaveLength(requests);
      const branch = here.github.repository.settings.environments.get("paas-branch");
      expect(branch?.refs).toEqual(["env-*", "env-*/**/*", "main"]);
      expect([...(branch?.variables.keys() ?? [])]).toEqual([
        "AZURE_CLIENT_ID",
        "AZURE_TENANT_ID",
        "AZURE_SUBSCRIPTION_ID",
      ]);
    },
    SLOW,
  );

  test(
    "--remove takes it down again",
    async () => {
      const { exit, stderr } = await paas(["bootstrap", "--remove", "--yes"], { GH_TOKEN: TOKEN });
      expect([exit, stderr.includes("error")]).toEqual([0, false]);
      expect(here.azure.store.list().map(({ id }) => id)).toEqual([]);
      expect(here.azure.roles.assignments).toEqual([]);
      expect([...here.azure.roles.definitions]).toEqual([]);
      const text = fs.readFileSync(path.join(here.repository.folder, "paas.yaml"), "utf8");
      expect(text).not.toContain("platform:");
    },
    SLOW,
  );
});
