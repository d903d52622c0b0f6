import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Prompt } from "../../../src/ui/prompt.js";
import { type Bench, open } from "./bench.js";
import { FIXTURES } from "./fixtures.js";

const STATIC = FIXTURES.static ?? {};
const ENVIRONMENT = ".github/workflows/paas-environment.yml";
const WORKFLOWS = ["environment", "pull-request", "nightly"].map((name) => `.github/workflows/paas-${name}.yml`);

/** Someone who answers the question about owners so, and lets the files be replaced that are named. */
function answering(owners: string, replaced: string[] = []): { prompt: Prompt; asked: string[] } {
  const asked: string[] = [];
  const prompt: Prompt = {
    interactive: true,
    secret: async () => "",
    text: async ({ message, initial = "", validate }) => {
      asked.push(message);
      const answer = message.startsWith("CODEOWNERS") ? owners : initial;
      expect(validate?.(answer)).toBeUndefined();
      return answer;
    },
    select: async ({ initial = "" }) => initial,
    confirm: async ({ message }) => {
      asked.push(message);
      return replaced.some((file) => message.includes(file));
    },
  };
  return { prompt, asked };
}

/** Follows the branch `release` from now on. */
function follow(bench: Bench): void {
  bench.write("paas.yaml", `${bench.read("paas.yaml")}environments:\n  qa: { branch: release }\n`);
}

test("the workflows and dependabot.yml are there after the first run", async () => {
  const bench = open(STATIC);
  await bench.init();
  const written = Object.keys(bench.snapshot()).filter((file) => file.startsWith(".github/"));
  expect(written).toEqual([".github/dependabot.yml", ...WORKFLOWS].sort());
  expect(parse(bench.read(ENVIRONMENT)).env).toEqual({ PAAS_DEFAULT_BRANCH: "main" });
});

test("a dry run and --json list them, and write none", async () => {
  const bench = open(STATIC);
  await bench.init({ yes: true, dryRun: true, json: true, codeowners: ["@acme/ops"] });
  const { files } = JSON.parse(bench.printed.stdout) as { files: { path: string; action: string }[] };
  const paths = [...WORKFLOWS, ".github/dependabot.yml", ".github/CODEOWNERS"];
  for (const path of paths) expect(files).toContainEqual({ path, action: "create" });
  expect(files).toContainEqual({ path: expect.stringMatching(/^infra\/vendor\/.*\.tgz$/), action: "create" });
  expect(bench.exists(".github")).toBe(false);
  expect(bench.exists("infra")).toBe(false);
});

describe("the default branch is", () => {
  test("that of origin", async () => {
    const bench = open(STATIC);
    bench.git("update-ref", "refs/remotes/origin/trunk", "HEAD");
    bench.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk");
    await bench.init();
    for (const file of WORKFLOWS) expect(parse(bench.read(file)).env).toEqual({ PAAS_DEFAULT_BRANCH: "trunk" });
  });

  test("the one that is there, also on another branch", async () => {
    const bench = open(STATIC);
    await bench.init();
    const before = bench.snapshot();
    bench.git("checkout", "--quiet", "-b", "env-alice");
    await bench.init();
    expect(bench.snapshot()).toEqual(before);
    expect(bench.printed.stderr).not.toContain("--- .github");
  });
});

test.each([
  ["git@github.com:acme/shop.git", true],
  ["https://code.acme.example/acme/shop.git", false],
])("a repository at %s has a queue: %s", async (url, queue) => {
  const bench = open(STATIC);
  bench.git("remote", "add", "origin", url);
  await bench.init();
  expect(bench.read(ENVIRONMENT).includes("queue: max")).toBe(queue);
});

describe("a change of paas.yaml that the workflows have to know", () => {
  test("is shown, and the files stay where nobody can be asked", async () => {
    const bench = open(STATIC);
    await bench.init();
    const before = bench.read(ENVIRONMENT);
    follow(bench);
    bench.printed.stderr = "";
    await bench.init();
    expect(bench.read(ENVIRONMENT)).toBe(before);
    expect(bench.printed.stderr).toContain(`--- ${ENVIRONMENT}\tas it is`);
    expect(bench.printed.stderr).toMatch(/^\+ +- release # environment qa$/m);
  });

  test("is offered to someone who can be asked", async () => {
    const { prompt, asked } = answering("", [ENVIRONMENT]);
    const bench = open(STATIC, { prompt });
    await bench.init({});
    follow(bench);
    asked.length = 0;
    await bench.init({});
    expect(asked).toContain(`Replace ${ENVIRONMENT}?`);
    expect(parse(bench.read(ENVIRONMENT)).on.push.branches).toContain("release");
  });

  test("does not touch a file without it", async () => {
    const { prompt, asked } = answering("");
    const bench = open(STATIC, { prompt });
    await bench.init({});
    bench.write(WORKFLOWS[2] ?? "", "# mine\n");
    asked.length = 0;
    await bench.init({});
    expect(asked).toEqual([`Replace ${WORKFLOWS[2]}?`]);
    expect(bench.read(WORKFLOWS[2] ?? "")).toBe("# mine\n");
  });
});

describe("dependabot.yml", () => {
  test.each([".github/dependabot.yml", ".github/dependabot.yaml"])(
    "that is there as %s gets our entries",
    async (file) => {
      const text =
        "version: 2\nupdates:\n- package-ecosystem: docker # ours\n  directory: /\n  schedule: { interval: daily }\n";
      const bench = open({ ...STATIC, [file]: text });
      await bench.init();
      expect(bench.read(file).startsWith(text)).toBe(true);
      expect(parse(bench.read(file)).updates).toHaveLength(3);
      expect(bench.printed.stdout).toContain(`update  ${file}\n`);
      expect(Object.keys(bench.snapshot()).filter((one) => one.includes("dependabot"))).toEqual([file]);
    },
  );

  test("that takes none is kept, and the entries are shown", async () => {
    const text = "version: 2\nupdates: []\n";
    const bench = open({ ...STATIC, ".github/dependabot.yml": text });
    await bench.init();
    expect(bench.read(".github/dependabot.yml")).toBe(text);
    expect(bench.printed.stderr).toContain("- package-ecosystem: github-actions\n");
  });
});

describe("CODEOWNERS", () => {
  const owners = (bench: Bench) => Object.keys(bench.snapshot()).filter((file) => file.endsWith("CODEOWNERS"));

  test("is never written without being asked for", async () => {
    const bench = open(STATIC);
    await bench.init();
    expect(owners(bench)).toEqual([]);
    const refusing = open(STATIC, { prompt: answering("").prompt });
    await refusing.init({});
    expect(owners(refusing)).toEqual([]);
  });

  test("is written for those that a flag names, and once", async () => {
    const bench = open(STATIC);
    const options = { yes: true, codeowners: ["@acme/platform", "@alice"] };
    await bench.init(options);
    expect(bench.read(".github/CODEOWNERS")).toMatch(/^\/\.github\/ +@acme\/platform @alice$/m);
    const before = bench.snapshot();
    await bench.init(options);
    expect(bench.snapshot()).toEqual(before);
  });

  test("is written for those that the answer names, and asked about once", async () => {
    const { prompt, asked } = answering("@acme/platform, @alice");
    const bench = open(STATIC, { prompt });
    await bench.init({});
    expect(bench.read(".github/CODEOWNERS")).toMatch(/^\/paas\.yaml +@acme\/platform @alice$/m);
    asked.length = 0;
    await bench.init({});
    expect(asked).toEqual([]);
  });

  test.each(["CODEOWNERS", "docs/CODEOWNERS"])("is extended where it is: %s", async (file) => {
    const bench = open({ ...STATIC, [file]: "* @acme/all\n" });
    await bench.init({ yes: true, codeowners: ["@acme/ops"] });
    expect(owners(bench)).toEqual([file]);
    expect(bench.read(file)).toMatch(/^\* @acme\/all\n\/\.github\/ +@acme\/ops\n/);
  });

  test("takes owners only", async () => {
    const bench = open(STATIC);
    await expect(bench.init({ yes: true, codeowners: ["alice"] })).rejects.toMatchObject({
      code: "bad-flag",
      details: ['--codeowners "alice": expected @user, @organisation/team or the address of a user'],
    });
  });
});
