import fs from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { fixedEnvironments } from "../../src/manifest/environments.js";
import { codeownersLines } from "../../src/workflow/codeowners.js";
import { renderDependabot } from "../../src/workflow/dependabot.js";
import { githubEnvironments } from "../../src/workflow/github-environments.js";
import { lintWorkflows } from "../../src/workflow/lint/lint.js";
import { PINS } from "../../src/workflow/pins.js";
import { type RenderedFile, renderWorkflows } from "../../src/workflow/render.js";
import { actionlintSays } from "./actionlint.js";
import { githubSays } from "./github-checker.js";
import { manifestOf, PAIRWISE, type Point } from "./manifests.js";

const FIXTURES = path.join(import.meta.dirname, "../fixtures/workflows");
const CLI = { version: "0.1.0", tarball: "infra/vendor/paas-cli-0.1.0.tgz" };
const GOLDEN: Point = { services: "one", isolation: "shared", environments: "main", runtime: "node" };

function render(point: Point, more: { enterpriseServer?: boolean; defaultBranch?: string } = {}): RenderedFile[] {
  return renderWorkflows({ manifest: manifestOf(point), cli: CLI, defaultBranch: "main", ...more });
}

function named(files: RenderedFile[], name: string): string {
  return files.find(({ path: file }) => file.endsWith(`/paas-${name}.yml`))?.text ?? "";
}

describe("a matrix of manifests", () => {
  test("holds every pair", () => expect(PAIRWISE.length).toBeGreaterThanOrEqual(16));

  test.each(PAIRWISE)("$services $isolation $environments $runtime", async (point) => {
    const files = render(point);
    const said = await Promise.all(files.map(({ path: file, text }) => githubSays(file, text)));
    expect(said.flat()).toEqual([]);
    const linted = await Promise.all(files.map(({ path: file, text }) => actionlintSays(file, text)));
    expect(linted.flat()).toEqual([]);
    const project = { defaultBranch: "main", fixed: fixedEnvironments(manifestOf(point)), queue: true };
    const report = await lintWorkflows({ files, project });
    expect(report.findings).toEqual([]);
    expect(report.checked).toHaveLength(3);
  });
});

describe("each checker itself", () => {
  const bad = fs.readdirSync(path.join(FIXTURES, "bad"));
  test("has canaries", () => expect(bad.length).toBeGreaterThanOrEqual(3));

  test.each(bad)("finds what is wrong in %s", async (name) => {
    const text = fs.readFileSync(path.join(FIXTURES, "bad", name), "utf8");
    // The first line of a canary says on which lines GitHub finds something.
    const lines = /^# wrong: (.*)\n/.exec(text)?.[1]?.split(" ") ?? [];
    const said = await githubSays(name, text);
    expect([...new Set(said.map((one) => one.split(":")[0]))].sort()).toEqual(lines.sort());
    // actionlint looks at less in some places and at more in others.
    expect(await actionlintSays(name, text)).not.toEqual([]);
  });
});

test.each(["paas-environment.yml", "paas-pull-request.yml", "paas-nightly.yml"])(
  "%s as it was agreed",
  async (name) => {
    const text = render(GOLDEN).find((file) => file.path.endsWith(name))?.text;
    await expect(text).toMatchFileSnapshot(path.join(FIXTURES, "golden", name));
  },
);

describe("every file", () => {
  const texts = PAIRWISE.flatMap((point) => render(point).map(({ text }) => text));

  test("uses pinned actions only, each with its version", () => {
    const uses = new Set(texts.flatMap((text) => [...text.matchAll(/^\s*(?:- )?uses: (.*)/gm)].map(([, use]) => use)));
    const known = Object.values(PINS).map(({ action, commit, tag }) => `${action}@${commit} # ${tag}`);
    expect([...uses].sort()).toEqual([...known].sort());
  });

  test("gives actions inputs that they have", () => {
    for (const text of texts) {
      for (const job of Object.values<{ steps: { uses?: string; with?: object }[] }>(parse(text).jobs)) {
        for (const { uses, with: inputs = {} } of job.steps) {
          const pin = Object.values(PINS).find(({ action }) => uses?.startsWith(`${action}@`));
          const extra = Object.keys(inputs).filter(
            (name) => !(pin?.inputs as readonly string[] | undefined)?.includes(name),
          );
          expect(extra).toEqual([]);
        }
      }
    }
  });

  test("has no line that a reader must scroll, no tab and no space at an end", () => {
    const lines = texts.flatMap((text) => text.split("\n"));
    const data = /^\s+(?:uses|key|run-name|run):/;
    expect(lines.filter((line) => line.length > 120 && !data.test(line))).toEqual([]);
    expect(lines.filter((line) => /\t|\s$/.test(line))).toEqual([]);
    expect(texts.every((text) => text.endsWith("\n") && !text.endsWith("\n\n"))).toBe(true);
  });

  test("runs one job on a push", () => {
    const { jobs } = parse(named(render(GOLDEN), "environment"));
    const pushed = Object.values<{ if: string }>(jobs).filter((job) => job.if.includes("github.event_name == 'push'"));
    expect(pushed).toHaveLength(1);
  });
});

test("a GitHub Enterprise Server, which knows less syntax, gets no queue", async () => {
  const files = render(GOLDEN, { enterpriseServer: true });
  expect(files.filter(({ text }) => text.includes("queue:"))).toEqual([]);
  const fixed = fixedEnvironments(manifestOf(GOLDEN));
  const server = await lintWorkflows({ files, project: { defaultBranch: "main", fixed, queue: false } });
  expect(server.findings).toEqual([]);
  const cloud = await lintWorkflows({ files, project: { defaultBranch: "main", fixed, queue: true } });
  expect(new Set(cloud.findings.map(({ rule }) => rule))).toEqual(new Set(["never-cancelled"]));
});

test("the default branch's name reaches the file as it is", () => {
  const env = (defaultBranch: string) => parse(named(render(GOLDEN, { defaultBranch }), "nightly")).env;
  for (const name of ["main", "on", "true", "it's", "1.0", "trunk#1"])
    expect(env(name)).toEqual({ PAAS_DEFAULT_BRANCH: name });
});

test("the table of GitHub environments", () => {
  const rows = githubEnvironments(manifestOf({ ...GOLDEN, environments: "open" }), "main");
  expect(rows.map(({ name, identity, refs }) => `${name} ${identity} ${refs.join(" ")}`)).toEqual([
    "paas-branch nonprod env-* env-*/**/* main",
    "paas-plan plan refs/pull/*/merge",
    "paas-preview nonprod refs/pull/*/merge main",
    "paas-destroy nonprod main",
    "dev nonprod env-dev main",
    "prod prod env-prod main",
    "qa nonprod release/next main",
    "staging prod env-staging main",
  ]);
});

test("Dependabot waits a week", () => {
  const { updates, version } = parse(renderDependabot().text);
  expect(version).toBe(2);
  expect(updates).toEqual(
    [
      ["github-actions", "/"],
      ["npm", "/infra"],
    ].map(([ecosystem, directory]) => ({
      "package-ecosystem": ecosystem,
      directory,
      schedule: { interval: "weekly" },
      cooldown: { "default-days": 7 },
    })),
  );
});

test("owners of what runs with credentials", () => {
  expect(codeownersLines(["@acme/platform", "@alice"])).toBe(`/.github/                  @acme/platform @alice
/infra/vendor/             @acme/platform @alice
/infra/package-lock.json   @acme/platform @alice
/infra/.terraform.lock.hcl @acme/platform @alice
/paas.yaml                 @acme/platform @alice
`);
});

test("the guide says what every step runs", () => {
  const guide = fs.readFileSync(path.join(import.meta.dirname, "../../docs/github.md"), "utf8");
  const told = new Set([...guide.matchAll(/`([a-z][^`]*)`/g)].map(([, words]) => words));
  const runs = render(GOLDEN).flatMap(({ text }) => [...text.matchAll(/run: infra\/node_modules\/\.bin\/paas (.*)/g)]);
  expect(runs.map(([, words]) => words).filter((words) => !told.has(words))).toEqual([]);
  expect(runs.length).toBeGreaterThan(10);
});
