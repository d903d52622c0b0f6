import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { WORKFLOW_FILES } from "../../../src/workflow/render.js";
import { expression } from "../../../src/workflow/text.js";
import { temporaryFolder } from "../../helpers/repository.js";
import { generated, projectFiles, theatre } from "./theatre.js";

/** Branch names that git accepts and a shell would run; `CANARY` names a file that none of them may make. */
const HOSTILE = [
  "env-$(touch$IFS$CANARY)",
  "env-`touch$IFS$CANARY`",
  "env-x;touch$IFS$CANARY",
  'env-"$(touch$IFS$CANARY)"',
  "env-x&&touch$IFS$CANARY",
  "env-x|touch$IFS$CANARY",
  "env-'$(touch$IFS$CANARY)'",
  "env-$(touch$IFS$CANARY)%0A",
  "env---version",
];

/** The same workflows, written by somebody who trusts names. */
const CARELESS = {
  [WORKFLOW_FILES.environment]: generated("environment")
    .replace('up --push --lock-timeout 10m -- "$PAAS_BRANCH"', `up -- ${expression("github.ref_name")}`)
    .replace(
      'destroy --push --yes --lock-timeout 10m -- "$PAAS_BRANCH"',
      `destroy -- ${expression("github.event.ref")}`,
    ),
};

async function attack(files: Record<string, string>, branch: string) {
  const stage = theatre({ ...projectFiles(), ...files });
  stage.branch(branch);
  const canary = path.join(temporaryFolder("canary-"), "canary");
  const more = { variables: { CANARY: canary } };
  const pushed = await stage.play({ kind: "push", branch }, more);
  const deleted = await stage.play({ kind: "delete", branch }, more);
  return { paas: [...pushed.paas, ...deleted.paas], sung: fs.existsSync(canary) };
}

test.each(HOSTILE)("a branch called %s is a word and nothing else", async (branch) => {
  const { paas, sung } = await attack({}, branch);
  expect(paas).toEqual([
    ["up", "--push", "--lock-timeout", "10m", "--", branch],
    ["destroy", "--push", "--yes", "--lock-timeout", "10m", "--", branch],
  ]);
  expect(sung).toBe(false);
});

test.each(HOSTILE.slice(0, 6))("and would run in a careless workflow: %s", async (branch) => {
  const { sung } = await attack(CARELESS, branch);
  expect(sung).toBe(true);
});

test("the title of a pull request is never run", async () => {
  const title = expression("github.event.pull_request.title");
  const careless = generated("pullRequest").replace("paas validate", `paas validate ${title}`);
  const play = async (text: string) => {
    const stage = theatre({ ...projectFiles(), [WORKFLOW_FILES.pullRequest]: text });
    stage.branch("topic");
    const canary = path.join(temporaryFolder("canary-"), "canary");
    await stage.play(
      { kind: "pull-request", number: 7, action: "opened", head: "topic", title: "x\ntouch $CANARY" },
      { variables: { CANARY: canary } },
    );
    return fs.existsSync(canary);
  };
  expect(await play(generated("pullRequest"))).toBe(false);
  expect(await play(careless)).toBe(true);
});
