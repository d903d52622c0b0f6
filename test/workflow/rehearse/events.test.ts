import { afterAll, beforeAll, expect, test } from "vitest";
import { ENVIRONMENT_FILE, type Theatre, theatre } from "./theatre.js";

const removals: (() => void)[] = [];
let stage: Theatre;
beforeAll(() => {
  stage = theatre({}, { removeAfter: (remove) => removals.push(remove) });
  stage.branch("env-alice");
  stage.branch("topic");
});
afterAll(() => {
  for (const remove of removals) remove();
});

test("a push to an environment's branch runs up on that branch", async () => {
  const { calls, only, job, jobs } = await stage.play({ kind: "push", branch: "env-alice" });
  expect(only.path).toBe(ENVIRONMENT_FILE);
  expect(only.runName).toBe("push refs/heads/env-alice");
  expect(jobs).toEqual(["up=success", "destroy=skipped", "dispatched=skipped"]);
  expect(calls).toEqual([["up", "env-alice"]]);
  expect(job("up")).toMatchObject({
    outputs: { url: "https://env-alice.example.com" },
    summary: "### [env-alice](https://env-alice.example.com)\n",
    environment: { name: "paas-branch", url: "https://env-alice.example.com", allowed: true },
    concurrency: { group: "paas-env-alice", cancelInProgress: false, queue: "max" },
    permissions: { contents: "read", "id-token": "write", deployments: "write" },
    oidcSubject: {
      classic: "repo:acme/shop:environment:paas-branch",
      immutable: "repo:acme@11/shop@22:environment:paas-branch",
    },
  });
});
