import { expect, test } from "vitest";
import type { Prompt } from "../../../src/ui/prompt.js";
import { open } from "./bench.js";
import { FIXTURES } from "./fixtures.js";

const EXPRESS = FIXTURES["node-express"] ?? {};

test("without a change nothing is written, and that is said", async () => {
  const bench = open(EXPRESS);
  await bench.init();
  const before = bench.snapshot();
  bench.printed.stdout = "";
  await bench.init();
  expect(bench.snapshot()).toEqual(before);
  expect(bench.printed.stdout).toMatch(/^nothing to write: every file is there\n/);
  expect(bench.printed.stdout).not.toContain("kept");
});

test("the same sample and the same flags again are no change", async () => {
  const bench = open();
  const options = { yes: true, sample: "node", name: "hello", port: "3000", service: ["web=."] } as const;
  await bench.init({ ...options, service: [...options.service] });
  const before = bench.snapshot();
  await bench.init({ ...options, service: [...options.service] });
  expect(bench.snapshot()).toEqual(before);
});

test("paas.yaml is the user's: no diff, no rewriting, and the files that follow from it do", async () => {
  const bench = open(EXPRESS);
  await bench.init();
  const edited = bench.read("paas.yaml").replace("port: 3000", "port: 4000 # ours");
  bench.write("paas.yaml", edited);
  bench.printed.stderr = "";
  await bench.init();
  expect(bench.read("paas.yaml")).toBe(edited);
  expect(bench.printed.stderr).not.toContain("--- paas.yaml");
  expect(bench.printed.stderr).toContain("-EXPOSE 3000\n+EXPOSE 4000");
});

test("an edited file is shown as a diff and kept; what is missing comes back", async () => {
  const bench = open(EXPRESS);
  await bench.init();
  const tags = bench.read("infra/tags.ts");
  bench.write("infra/main.ts", "// mine\n");
  bench.git("rm", "--cached", "--quiet", "--ignore-unmatch", "infra/tags.ts");
  const { rmSync } = await import("node:fs");
  rmSync(`${bench.root}/infra/tags.ts`);
  bench.printed.stderr = "";
  bench.printed.stdout = "";
  await bench.init();
  expect(bench.read("infra/main.ts")).toBe("// mine\n");
  expect(bench.read("infra/tags.ts")).toBe(tags);
  expect(bench.printed.stderr).toContain("--- infra/main.ts\tas it is\n+++ infra/main.ts\tas init writes it\n");
  expect(bench.printed.stderr).toContain("\n-// mine\n");
  expect(bench.printed.stdout).toContain("kept, though different from what init would write\n  keep  infra/main.ts\n");
});

test("someone who is asked may let files be replaced, one by one", async () => {
  const asked: string[] = [];
  const prompt: Prompt = {
    interactive: true,
    text: async ({ initial = "" }) => initial,
    secret: async () => "",
    select: async ({ initial = "" }) => initial,
    confirm: async ({ message }) => {
      asked.push(message);
      return message.includes("main.ts");
    },
  };
  const bench = open(EXPRESS, { prompt });
  await bench.init({});
  const main = bench.read("infra/main.ts");
  bench.write("infra/main.ts", "// mine\n");
  bench.write("Dockerfile", "# written by paas init\nFROM mine\n");
  await bench.init({});
  expect(asked).toEqual(["Replace Dockerfile?", "Replace infra/main.ts?"]);
  expect(bench.read("infra/main.ts")).toBe(main);
  expect(bench.read("Dockerfile")).toBe("# written by paas init\nFROM mine\n");
});

test("lines are added to a .gitignore and none of it is lost", async () => {
  const bench = open({ ...EXPRESS, ".gitignore": "*.log\n/node_modules" });
  await bench.init();
  expect(bench.read(".gitignore")).toBe("*.log\n/node_modules\n.paas/\n");
});

test("a dry run shows the plan and writes nothing", async () => {
  const bench = open(EXPRESS);
  const before = bench.snapshot();
  await bench.init({ yes: true, dryRun: true });
  expect(bench.snapshot()).toEqual(before);
  expect(bench.exists(".paas")).toBe(false);
  expect(await (await bench.tools.git()).remotes()).toEqual({});
  expect(bench.printed.stdout).toMatch(/^plan, nothing is written\n {2}create {2}Dockerfile\n/);
});
