import { expect, test } from "vitest";
import { expression } from "../../../src/workflow/text.js";
import { theatre } from "./theatre.js";

/** Asks the API from a step and prints status and body, one line a question. */
const ASK = `const questions = process.argv.slice(2);
for (const question of questions) {
  const [method, path, body] = question.split(" ");
  const url = process.env.GITHUB_API_URL + "/repos/" + process.env.GITHUB_REPOSITORY + path;
  const headers = { authorization: "token " + process.env.GITHUB_TOKEN };
  const answer = await fetch(url, { method, headers, body });
  console.log(answer.status, JSON.stringify(await answer.json()));
}
`;

function asking(on: string, questions: string[], token = expression("github.token")) {
  const words = questions.map((question) => `'${question}'`).join(" ");
  return theatre({
    "ask.mjs": ASK,
    ".github/workflows/ask.yml": `on: ${on}
jobs:
  main:
    runs-on: x
    steps:
      - uses: actions/checkout@v7
      - env: { GITHUB_TOKEN: "${token}" }
        run: node ask.mjs ${words}
`,
  });
}

test("branches are those of the copy: what was deleted is gone, what was pushed is there", async () => {
  const questions = ["GET /git/ref/heads%2Fenv-alice", "GET /branches/main", "GET /git/matching-refs/heads/env-"];
  const stage = asking("[push, delete]", questions);
  stage.branch("env-alice");
  const sha = stage.repository.git("rev-parse", "env-alice");
  const answers = async (kind: "push" | "delete") => {
    const { job } = await stage.play({ kind, branch: "env-alice" });
    return job("main").steps[1]?.log.map((line) => line.slice(0, 3));
  };
  const pushed = await stage.play({ kind: "push", branch: "env-alice" });
  expect(pushed.job("main").steps[1]?.log[0]).toBe(
    `200 ${JSON.stringify({ ref: "refs/heads/env-alice", object: { sha } })}`,
  );
  expect(await answers("push")).toEqual(["200", "200", "200"]);
  expect(await answers("delete")).toEqual(["404", "200", "200"]);
});

test("comments, deployments and statuses are kept for the rehearsal, and every call is in the transcript", async () => {
  const stage = asking("pull_request", [
    'POST /issues/7/comments {"body":"first"}',
    'PATCH /issues/comments/1 {"body":"second"}',
    "GET /issues/7/comments",
    'POST /deployments {"task":"paas:pr-7"}',
    'POST /deployments/1/statuses {"state":"success"}',
    "GET /deployments/1/statuses",
    "GET /deployments?task=other",
    "GET /pulls/7",
    "GET /pulls/8",
    "GET /issues/7/events",
    "GET /collaborators/alice/permission",
    "GET /collaborators/mallory/permission",
    "GET /secrets",
  ]);
  stage.branch("topic");
  const event = { kind: "pull-request", number: 7, action: "opened", head: "topic", labels: ["preview"] } as const;
  const { job, transcript } = await stage.play(event);
  const [, , comments, , , states, others, pull, ...rest] = job("main").steps[1]?.log ?? [];
  expect(comments).toContain('"body":"second"');
  expect(states).toBe('200 [{"state":"success"}]');
  expect([others, pull?.slice(0, 14)]).toEqual(["200 []", '200 {"number":']);
  expect(rest).toEqual([
    '404 {"message":"Not Found"}',
    '200 [{"event":"labeled","actor":{"login":"alice"},"label":{"name":"preview"}}]',
    '200 {"permission":"write"}',
    '200 {"permission":"read"}',
    '404 {"message":"Not Found"}',
  ]);
  expect(transcript.calls.slice(0, 2)).toEqual([
    { method: "POST", path: "/repos/acme/shop/issues/7/comments", status: 201, body: { body: "first" } },
    { method: "PATCH", path: "/repos/acme/shop/issues/comments/1", status: 200, body: { body: "second" } },
  ]);
});

test("a step that was not given the token is refused", async () => {
  const { job } = await asking("push", ["GET /branches"], "mine").play({ kind: "push", branch: "main" });
  expect(job("main").steps[1]?.log).toEqual(['401 {"message":"Bad credentials"}']);
});
