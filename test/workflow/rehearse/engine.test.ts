import fs from "node:fs";
import path from "node:path";
import { expect, test, vi } from "vitest";
import type { Progress } from "../../../src/workflow/rehearse/transcript.js";
import { expression } from "../../../src/workflow/text.js";
import { temporaryFolder } from "../../helpers/repository.js";
import { type Theatre, theatre } from "./theatre.js";

const PUSH = { kind: "push", branch: "main" } as const;
const FILE = ".github/workflows/own.yml";

/** A repository with one workflow on push, whose jobs are given as YAML. */
function stageOf(jobs: string, files: Record<string, string> = {}): Theatre {
  const indented = jobs.replace(/^(?=.)/gm, "  ");
  return theatre({ [FILE]: `on: push\njobs:\n${indented}`, ...files });
}

/** The same with one job `main`, whose steps are given. */
function stepsOf(steps: string, files: Record<string, string> = {}): Theatre {
  const indented = steps.replace(/^(?=.)/gm, "    ");
  return stageOf(`main:\n  runs-on: ubuntu-24.04\n  steps:\n${indented}`, files);
}

const statuses = async (stage: Theatre) => {
  const { job } = await stage.play(PUSH);
  return job("main").steps.map(({ status }) => status);
};

test("what a step writes is there afterwards, and an if that is turned round changes what ran", async () => {
  const file = path.join(temporaryFolder("written-"), "file");
  const steps = (condition: string) => `- if: ${condition}\n  run: echo written > ${file}\n`;
  expect(await statuses(stepsOf(steps("github.ref == 'refs/heads/other'")))).toEqual(["skipped"]);
  expect(fs.existsSync(file)).toBe(false);
  expect(await statuses(stepsOf(steps("github.ref != 'refs/heads/other'")))).toEqual(["success"]);
  expect(fs.readFileSync(file, "utf8")).toBe("written\n");
});

test("outputs, variables, paths and summaries go from step to step", async () => {
  const stage = stepsOf(`- id: first
  run: |
    echo "name=alice" >> "$GITHUB_OUTPUT"
    echo "GREETING=hello" >> "$GITHUB_ENV"
    mkdir -p "$RUNNER_TEMP/bin" && printf '#!/bin/sh\\necho from the path\\n' > "$RUNNER_TEMP/bin/told" && chmod +x "$RUNNER_TEMP/bin/told"
    echo "$RUNNER_TEMP/bin" >> "$GITHUB_PATH"
    echo "# done" >> "$GITHUB_STEP_SUMMARY"
- name: Greet ${expression("steps.first.outputs.name")}
  env:
    NAME: ${expression("steps.first.outputs.name")}
  run: echo "$GREETING $NAME"; told
`);
  const { job } = await stage.play(PUSH);
  expect(job("main").steps[1]).toMatchObject({ name: "Greet alice", log: ["hello alice", "from the path"] });
  expect(job("main").summary).toBe("# done\n");
});

test("steps see nothing of the caller: HOME, variables, git settings", async () => {
  process.env.FOREIGN_TOKEN = "leaked";
  const stage = stepsOf(`- run: env | sort\n- run: git config --global --list || true; echo "$HOME"\n`);
  const { job } = await stage.play(PUSH);
  delete process.env.FOREIGN_TOKEN;
  const log = job("main").steps.flatMap((step) => step.log);
  expect(log.join("\n")).not.toMatch(/leaked|FOREIGN_TOKEN/);
  // What git says on stderr may come before or after it.
  const home = log.find((line) => line.startsWith("/")) ?? "";
  expect(home).toMatch(/paas-\d+-\w+\/job-\w+\/home$/);
  expect(log).toContain("GITHUB_REF=refs/heads/main");
  expect(fs.existsSync(home)).toBe(false);
});

test("an id token can be asked for only with the permission", async () => {
  const ask = `- run: echo "url=$ACTIONS_ID_TOKEN_REQUEST_URL"\n`;
  const without = await stepsOf(ask).play(PUSH);
  expect(without.job("main").steps[0]?.log).toEqual(["url="]);
  expect(without.job("main").oidcSubject).toBeNull();
  const indented = ask.replace(/^(?=.)/gm, "    ");
  const given = stageOf(`main:\n  runs-on: x\n  permissions:\n    id-token: write\n  steps:\n${indented}`);
  const { job } = await given.play(PUSH);
  expect(job("main").steps[0]?.log[0]).toMatch(/^url=http/);
  expect(job("main").oidcSubject).toEqual({
    classic: "repo:acme/shop:ref:refs/heads/main",
    immutable: "repo:acme@11/shop@22:ref:refs/heads/main",
  });
});

test("without shell: a failing pipe goes unseen, with bash it does not", async () => {
  expect(await statuses(stepsOf("- run: false | true\n"))).toEqual(["success"]);
  expect(await statuses(stepsOf("- run: false | true\n  shell: bash\n"))).toEqual(["failure"]);
  expect(await statuses(stepsOf("- run: |\n    false\n    true\n"))).toEqual(["failure"]);
});

test("after a failure: what asks for it runs, the rest is skipped; continue-on-error goes on", async () => {
  const steps = (tolerant: string) =>
    `- id: first\n  run: exit 3\n${tolerant}- run: echo next\n- if: failure()\n  run: echo failure\n- if: always()\n  run: echo ${expression("steps.first.outcome")} ${expression("steps.first.conclusion")}\n`;
  expect(await statuses(stepsOf(steps("")))).toEqual(["failure", "skipped", "success", "success"]);
  const { job } = await stepsOf(steps("  continue-on-error: true\n")).play(PUSH);
  expect(job("main").steps.map(({ status }) => status)).toEqual(["failure", "success", "skipped", "success"]);
  expect([job("main").result, job("main").steps[3]?.log]).toEqual(["success", ["failure success"]]);
});

test("secrets and masked values are never shown, and no output carries them", async () => {
  const stage = stageOf(`main:
  runs-on: ubuntu-24.04
  outputs:
    plain: ${expression("steps.out.outputs.plain")}
    hidden: ${expression("steps.out.outputs.hidden")}
  steps:
    - id: out
      env:
        KEY: ${expression("secrets.KEY")}
      run: |
        echo "::add-mask::made-here"
        echo "$KEY and made-here"
        echo "::error file=paas.yaml,line=2::bad $KEY"
        echo "plain=1" >> "$GITHUB_OUTPUT"
        echo "hidden=x-$KEY" >> "$GITHUB_OUTPUT"
`);
  const { job } = await stage.play(PUSH, { secrets: { KEY: "hunter2" } });
  expect(job("main").steps[0]?.log).toEqual(["*** and ***", "error: bad ***"]);
  expect(job("main").annotations).toEqual([
    { level: "error", message: "bad ***", file: "paas.yaml", line: 2, title: null },
  ]);
  expect([job("main").outputs, job("main").warnings]).toEqual([
    { plain: "1" },
    ["output hidden may contain a secret: left out"],
  ]);
});

test("a fork's run sees no secret and may write nothing", async () => {
  const text = `on: pull_request
permissions: write-all
jobs:
  main:
    runs-on: x
    steps:
      - env: { KEY: "${expression("secrets.KEY")}" }
        run: echo "key=$KEY"
`;
  const stage = theatre({ [FILE]: text });
  stage.branch("topic");
  const event = { kind: "pull-request", number: 1, action: "opened", head: "topic" } as const;
  const own = await stage.play(event, { secrets: { KEY: "hunter2" } });
  expect(own.job("main")).toMatchObject({ permissions: { contents: "write", "id-token": "write" } });
  expect(own.job("main").steps[0]?.log).toEqual(["key=***"]);
  const fork = await stage.play({ ...event, fork: true }, { secrets: { KEY: "hunter2" } });
  expect(fork.job("main").steps[0]?.log).toEqual(["key="]);
  expect(fork.job("main").oidcSubject).toBeNull();
  expect(Object.values(fork.job("main").permissions)).not.toContain("write");
});

test("a step is ended when its time is over, a job too", async () => {
  const step = await stepsOf("- run: exec sleep 60\n  timeout-minutes: 0.005\n").play(PUSH);
  expect(step.job("main")).toMatchObject({ result: "failure", steps: [{ status: "failure" }] });
  const job = await stageOf(
    "main:\n  runs-on: x\n  timeout-minutes: 0.005\n  steps:\n    - run: exec sleep 60\n    - run: echo next\n    - if: always()\n      run: echo last\n",
  ).play(PUSH);
  expect(job.job("main")).toMatchObject({
    result: "cancelled",
    why: "the job has exceeded its timeout-minutes",
    steps: [{ status: "cancelled" }, { status: "skipped" }, { status: "success" }],
  });
});

test("an interrupt ends the running step, and what always runs still runs", async () => {
  const interrupt = new AbortController();
  const onEvent = (progress: Progress) => progress.kind === "line" && progress.text === "here" && interrupt.abort();
  const stage = stepsOf("- run: echo here; exec sleep 60\n- run: echo next\n- if: always()\n  run: echo last\n");
  const { job, transcript } = await stage.play(PUSH, { onEvent, signal: interrupt.signal });
  expect(job("main").steps.map(({ status }) => status)).toEqual(["cancelled", "skipped", "success"]);
  expect(transcript.result).toBe("cancelled");
});

test("what a step leaves in the background ends with its job", async () => {
  const { job } = await stepsOf("- run: |\n    sleep 300 &\n    echo $!\n").play(PUSH);
  const pid = Number(job("main").steps[0]?.log[0]);
  // Who has ended but whom nobody has buried yet has no command line either.
  const commandLine = () => (fs.existsSync(`/proc/${pid}`) ? fs.readFileSync(`/proc/${pid}/cmdline`, "utf8") : "");
  await vi.waitFor(() => expect(commandLine()).toBe(""));
});

test("needs: a skip and a failure go on to the end of the chain, unless a condition stops them", async () => {
  const stage = stageOf(`a:
  if: false
  runs-on: x
  steps: [{ run: "true" }]
b:
  needs: a
  runs-on: x
  steps: [{ run: "true" }]
c:
  needs: b
  runs-on: x
  steps: [{ run: "true" }]
d:
  needs: [a, b]
  if: "!cancelled()"
  runs-on: x
  steps: [{ run: "exit 1" }]
e:
  needs: d
  if: failure()
  runs-on: x
  steps: [{ run: "true" }]
`);
  const { jobs, job } = await stage.play(PUSH);
  expect(jobs).toEqual(["a=skipped", "b=skipped", "c=skipped", "d=failure", "e=success"]);
  expect(job("b").why).toBe("a ended with skipped");
});

test("when a leg of a matrix fails the others are given up, unless fail-fast is off", async () => {
  const legs = (failFast: string) => `main:
  strategy:
    ${failFast}
    matrix:
      n: [1, 2]
  runs-on: x
  steps: [{ run: "exit 1" }]
`;
  expect((await stageOf(legs("max-parallel: 1")).play(PUSH)).jobs).toEqual(["main=failure", "main=cancelled"]);
  expect((await stageOf(legs("fail-fast: false")).play(PUSH)).jobs).toEqual(["main=failure", "main=failure"]);
});

test("a job in the concurrency group of its own workflow would wait for itself", async () => {
  const stage = theatre({
    [FILE]:
      "on: push\nconcurrency: same\njobs:\n  main:\n    concurrency: Same\n    runs-on: x\n    steps: [{ run: 'true' }]\n",
  });
  const { job, only } = await stage.play(PUSH);
  expect([only.concurrency?.group, job("main").result]).toEqual(["same", "failure"]);
  expect(job("main").why).toContain("waits for itself");
});

test("a GitHub environment that this ref may not use refuses the job", async () => {
  const stage = stageOf("main:\n  environment: paas-plan\n  runs-on: x\n  steps: [{ run: 'true' }]\n");
  const { job } = await stage.play(PUSH);
  expect(job("main")).toMatchObject({
    result: "failure",
    why: "main is not allowed to deploy to paas-plan: refs/pull/*/merge",
    steps: [],
  });
});

const COMPOSITE = `name: greet
inputs:
  who: { default: world }
outputs:
  said: { value: "${expression("steps.say.outputs.said")}" }
runs:
  using: composite
  steps:
    - id: say
      shell: bash
      env: { WHO: "${expression("inputs.who")}" }
      run: echo "said=hello $WHO" >> "$GITHUB_OUTPUT"; cat "$GITHUB_ACTION_PATH/action.yml" > /dev/null
`;

test("a composite action of the repository runs, with its inputs and outputs", async () => {
  const stage = stepsOf(
    `- uses: actions/checkout@v6\n- id: greet\n  uses: ./greet\n  with: { who: alice }\n- run: echo "${expression("steps.greet.outputs.said")}"\n`,
    { "greet/action.yml": COMPOSITE },
  );
  const { job } = await stage.play(PUSH);
  expect(job("main").steps.map(({ log }) => log.at(-1))).toEqual([
    expect.stringContaining("checked out"),
    undefined,
    "hello alice",
  ]);
});

test("an unknown action is an error before anything runs; a stand-in of one's own takes its place", async () => {
  const canary = path.join(temporaryFolder("canary-"), "canary");
  const steps = `- run: touch ${canary}\n- uses: acme/Notify@v1\n  with: { who: bob }\n`;
  await expect(stepsOf(steps).play(PUSH)).rejects.toMatchObject({
    code: "no-stand-in",
    next: expect.stringContaining("--stand-in acme/notify=./folder"),
  });
  expect(fs.existsSync(canary)).toBe(false);
  const folder = temporaryFolder("stand-in-");
  fs.writeFileSync(path.join(folder, "action.yml"), COMPOSITE);
  const { job } = await stepsOf(steps).play(PUSH, { standIns: { "acme/notify": folder } });
  expect(job("main").steps[1]).toMatchObject({ status: "success", outputs: { said: "hello bob" } });
});

test("a cache that was saved is there in the next rehearsal, for its branch and for those of the default one", async () => {
  const stage = stepsOf(`- id: cache
  uses: actions/cache@v5
  with: { path: made, key: "key-${expression("github.ref_name")}", restore-keys: key- }
- run: mkdir -p made && ls made && echo 1 > "made/$GITHUB_REF_NAME"
- run: echo "hit=${expression("steps.cache.outputs.cache-hit")}"
`);
  stage.branch("env-a");
  stage.branch("env-b");
  const cache = temporaryFolder("cache-");
  const hit = async (branch: string) => {
    const { job } = await stage.play({ kind: "push", branch }, { cache });
    return job("main")
      .steps.slice(1)
      .flatMap(({ log }) => log);
  };
  expect(await hit("env-a")).toEqual(["hit="]);
  expect(await hit("env-a")).toEqual(["env-a", "hit=true"]);
  expect(await hit("env-b")).toEqual(["hit="]);
  expect(await hit("main")).toEqual(["hit="]);
  stage.branch("env-c");
  expect(await hit("env-c")).toEqual(["main", "hit=false"]);
});

test("a look without running runs nothing", async () => {
  const canary = path.join(temporaryFolder("canary-"), "canary");
  const { job } = await stepsOf(
    `- id: a\n  run: touch ${canary}\n- if: steps.a.outputs.b\n  uses: acme/unknown@v1\n`,
  ).play(PUSH, {
    run: false,
  });
  expect(fs.existsSync(canary)).toBe(false);
  expect(job("main").steps.map(({ status, condition }) => [status, condition.result])).toEqual([
    ["planned", true],
    ["planned", null],
  ]);
});

test("a file that GitHub refuses starts nothing and says why", async () => {
  const { transcript } = await theatre({ [FILE]: "on: push\njobs:\n  main:\n    steps: []\n" }).play(PUSH);
  expect(transcript.workflows[0]).toMatchObject({ starts: false, why: "GitHub refuses the file" });
  expect(transcript.workflows[0]?.problems.join()).toContain("runs-on");
});

test.each([
  ["branches: [main]\n    paths: ['src/**']", "no changed file is among paths"],
  ["branches: ['!env-**']", "main is not among branches"],
  ["branches-ignore: [main]", "main is in branches-ignore"],
  ["tags: ['v*']", "it filters tags only, and this is a branch"],
  ["paths-ignore: ['**.md']", "every changed file is in paths-ignore"],
])("push with %s: %s", async (filter, why) => {
  const stage = theatre({
    [FILE]: `on:\n  push:\n    ${filter}\njobs:\n  a:\n    runs-on: x\n    steps: [{ run: 'true' }]\n`,
  });
  const before = stage.repository.git("rev-parse", "HEAD");
  stage.repository.write({ "README.md": "1" });
  stage.repository.commit("words");
  const { transcript } = await stage.play({ ...PUSH, before });
  expect(transcript.workflows[0]).toMatchObject({ starts: false, why });
});

test("a commit message can ask to skip workflows", async () => {
  const stage = stepsOf("- run: 'true'\n");
  stage.repository.commit("words [skip ci]");
  const { transcript } = await stage.play(PUSH);
  expect(transcript.workflows[0]?.why).toBe("the commit message says to skip workflows");
});
