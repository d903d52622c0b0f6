import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { registerInit } from "../../../src/commands/init.js";
import type { Tools } from "../../../src/tools.js";
import type { Prompt } from "../../../src/ui/prompt.js";
import { ID, open } from "./bench.js";
import { FIXTURES } from "./fixtures.js";

const STATIC = FIXTURES.static ?? {};

test.each<[argv: string, options: object]>([
  ["init", {}],
  ["init -y --json --dry-run --install", { yes: true, json: true, dryRun: true, install: true }],
  [
    "init --name shop --location westus --runtime node --port 80",
    { name: "shop", location: "westus", runtime: "node", port: "80" },
  ],
  ["init --service web=. --service api=api", { service: ["web=.", "api=api"] }],
  ["init --sample static", { sample: "static" }],
  ["init --codeowners @a/b --codeowners c@d.e", { codeowners: ["@a/b", "c@d.e"] }],
])("%s", async (argv, options) => {
  const program = new Command("paas");
  let seen: object | undefined;
  registerInit(program, {} as Tools, async (given) => {
    seen = given;
  });
  await program.parseAsync(argv.split(" "), { from: "user" });
  expect(seen).toEqual(options);
});

const OWNERS = "CODEOWNERS of what runs with credentials, like @acme/platform (empty: none): ";

describe("someone is asked", () => {
  function scripted(answers: Record<string, string>): { prompt: Prompt; asked: string[] } {
    const asked: string[] = [];
    const answer = async ({ message, initial = "" }: { message: string; initial?: string }) => {
      asked.push(`${message}: ${initial}`);
      return answers[message] ?? initial;
    };
    return {
      asked,
      prompt: { interactive: true, text: answer, secret: answer, select: answer, confirm: async () => false },
    };
  }

  test("name, region and port, with what was found as defaults", async () => {
    const { prompt, asked } = scripted({ "Name of the project": "shop", "Port that web listens on": "9000" });
    const bench = open({ ...STATIC, "package.json": '{"name":"@acme/site"}' }, { prompt });
    await bench.init({});
    expect(asked).toEqual([
      "Name of the project: site",
      "Azure region: westeurope",
      "Port that web listens on: 8080",
      OWNERS,
    ]);
    expect(bench.read("paas.yaml")).toMatch(/^name: shop$/m);
    expect(bench.read("paas.yaml")).toMatch(/^ {4}port: 9000$/m);
    expect(bench.read("Dockerfile")).toMatch(/^EXPOSE 9000$/m);
  });

  test("not for what a flag has said", async () => {
    const { prompt, asked } = scripted({});
    await open(STATIC, { prompt }).init({ name: "shop", location: "westus", port: "80", codeowners: ["@acme/ops"] });
    expect(asked).toEqual([]);
  });

  test("what to begin with, in an empty repository", async () => {
    const { prompt, asked } = scripted({ "This repository is empty. Begin with a sample?": "static" });
    const bench = open({ "README.md": "" }, { prompt });
    await bench.init({ name: "shop", location: "westus" });
    expect(asked[0]).toBe("This repository is empty. Begin with a sample?: node");
    expect(bench.exists("index.html")).toBe(true);
  });

  test("and nothing is written when the answer is none", async () => {
    const { prompt } = scripted({ "This repository is empty. Begin with a sample?": "none" });
    const bench = open({}, { prompt });
    await expect(bench.init({})).rejects.toMatchObject({ code: "nothing-detected" });
    expect(bench.snapshot()).toEqual({});
  });
});

describe("flags", () => {
  test("say what the files do not", async () => {
    const bench = open({ "main.go": "" });
    await bench.init({ yes: true, runtime: "docker", port: "9000" });
    expect(bench.read("paas.yaml")).toMatch(/^ {2}web:\n {4}path: \.\n {4}runtime: docker\n {4}port: 9000$/m);
  });

  test("name services and their folders", async () => {
    const bench = open({ "a/index.html": "", "b/server.js": "x.listen(1234)", "c/index.html": "" });
    await bench.init({ yes: true, service: ["web=./a/", "api=b"] });
    const services = bench.read("paas.yaml").match(/^ {2}\w+:$|path: .*|runtime: .*/gm);
    expect(services).toEqual(["  web:", "path: a", "runtime: static", "  api:", "path: b", "runtime: node"]);
  });

  test("a runtime wins over a Dockerfile, which stays", async () => {
    const bench = open({ Dockerfile: "FROM x\n", "server.js": "x.listen(1234)" });
    await bench.init({ yes: true, runtime: "node" });
    expect(bench.read("paas.yaml")).toContain("runtime: node");
    expect(bench.read("Dockerfile")).toBe("FROM x\n");
    expect(bench.exists(".dockerignore")).toBe(false);
  });

  test("packages are installed when asked for", async () => {
    const installed: string[] = [];
    const infra = { install: async (root: string) => void installed.push(root) };
    const bench = open(STATIC, { infra });
    await bench.init({ yes: true });
    expect(installed).toEqual([]);
    await bench.init({ yes: true, install: true });
    expect(installed).toEqual([(await bench.tools.git()).root]);
  });
});

test("--json prints one document", async () => {
  const bench = open(STATIC);
  await bench.init({ yes: true, json: true, name: "shop" });
  const document = JSON.parse(bench.printed.stdout);
  expect(document).toMatchObject({
    schemaVersion: 1,
    cloud: "local",
    project: { name: "shop", id: ID },
    services: [{ name: "web", path: ".", runtime: "static", port: 8080, health: "/", warnings: [] }],
    remote: { name: "local", url: ".paas/remote.git", action: "create" },
    next: [
      "git add Dockerfile .dockerignore .gitignore infra .github paas.yaml",
      'git commit -m "Add paas"',
      "git checkout -b env-alice",
      "git push local env-alice",
    ],
    dryRun: false,
  });
  expect(document.services[0].evidence[0]).toBe("index.html");
  expect(document.files).toContainEqual({ path: "paas.yaml", action: "create" });
});

test("an app that is not committed yet is committed along", async () => {
  const bench = open();
  bench.write("index.html", "");
  await bench.init({ yes: true, json: true });
  expect(JSON.parse(bench.printed.stdout).next[0]).toBe("git add --all");
});
