import { beforeAll, describe, expect, it } from "vitest";
import { APP, appOf, factsOf } from "./support/app.js";
import { documentOf, openProject, type Project } from "./support/project.js";

type Job = { id: string; result: string; environment: string | null; concurrency: { group: string } | null };
type Transcript = {
  result: string;
  workflows: { path: string; starts: boolean; jobs: (Job & { outputs?: object })[] }[];
  calls: { method: string; path: string }[];
};

describe("the workflows that init writes, with the real paas in them", () => {
  let project: Project;
  const rehearse = async (...words: string[]) => {
    const outcome = await project.paas(["workflow", "rehearse", ...words, "--json"]);
    return { ...outcome, transcript: documentOf(outcome) as unknown as Transcript };
  };
  /** Jobs that ran, with how they ended. */
  const ran = ({ workflows }: Transcript) =>
    workflows.flatMap(({ jobs }) =>
      jobs.filter(({ result }) => result !== "skipped").map(({ id, result }) => `${id} ${result}`),
    );
  const listed = async () =>
    (documentOf(await project.paas(["ls", "--json"])) as { environments: { envId: string }[] }).environments.map(
      ({ envId }) => envId,
    );
  const factsAt = async (environment: string) => factsOf((await project.get(environment)).body);

  beforeAll(async () => {
    project = await openProject({ name: "shop", files: APP });
    // As `paas bootstrap` does on Azure, before GitHub plans anything.
    await project.done(["local", "start"]);
    project.branch("feature", appOf("two"));
    return project.close;
  });

  it("a pull request gets a plan in one comment, and no environment", async () => {
    const { exit, transcript, stderr } = await rehearse("pr", "7", "--head", "feature");
    expect(exit, stderr).toBe(0);
    expect(ran(transcript)).toEqual(["validate success", "plan success"]);
    const comments = transcript.calls.filter(({ path }) => path.endsWith("/issues/7/comments"));
    expect(comments.map(({ method }) => method)).toEqual(["GET", "POST"]);
    expect(await listed()).toEqual([]);
  });

  it("with the label it gets a preview that serves the pull request's code", async () => {
    const words = ["pr", "7", "--head", "feature", "--action", "labeled", "--label", "preview"];
    const { exit, transcript, stderr } = await rehearse(...words);
    expect(exit, stderr).toBe(0);
    expect(ran(transcript)).toEqual(["preview success"]);
    expect(await listed()).toEqual(["pr-7"]);
    expect(await factsAt("pr-7")).toMatchObject({ version: "two", environment: "pr-7" });
  });

  it("a fork's gets neither, and is validated", async () => {
    const opened = await rehearse("pr", "8", "--head", "feature", "--fork");
    expect(opened.exit, opened.stderr).toBe(0);
    expect(ran(opened.transcript)).toEqual(["validate success"]);
    const labelled = await rehearse("pr", "8", "--head", "feature", "--fork", "--label", "preview");
    expect(ran(labelled.transcript)).toEqual([]);
    expect(await listed()).toEqual(["pr-7"]);
  });

  it("closing it removes the preview", async () => {
    const { exit, transcript, stderr } = await rehearse("closed", "7", "--head", "feature", "--label", "preview");
    expect(exit, stderr).toBe(0);
    expect(ran(transcript)).toEqual(["remove success"]);
    expect(await listed()).toEqual([]);
  });

  it("a run by hand makes an environment, the night removes it when its branch is gone", async () => {
    project.branch("env-alice");
    expect((await project.push(["env-alice"])).exit).toBe(0);
    const byHand = await rehearse("dispatch", "up", "alice");
    expect(byHand.exit, byHand.stderr).toBe(0);
    expect(ran(byHand.transcript)).toEqual(["up success"]);
    expect(await listed()).toEqual(["alice"]);

    project.git("checkout", "--quiet", "main");
    for (const folder of [project.folder, `${project.folder}/.paas/remote.git`]) {
      project.git("-C", folder, "update-ref", "-d", "refs/heads/env-alice");
    }
    const { exit, transcript, stderr } = await rehearse("nightly");
    expect(exit, stderr).toBe(0);
    expect(ran(transcript)).toEqual(["list success", "reap success", "drift success"]);
    expect(await listed()).toEqual([]);
  });
});
