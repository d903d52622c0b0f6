import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listEnvironments } from "../../src/pipeline/listing.js";
import { openProject, type Project } from "./project.js";

/** Installing the packages of infra/ is part of the first run on a new machine. */
const FIRST_RUN = 120_000;

let here: Project;
beforeAll(async () => {
  here = await openProject();
}, FIRST_RUN);
afterAll(() => here.close());

describe("an environment on Azure", () => {
  test(
    "comes up, and the next plan is empty",
    async () => {
      const { environment, services, url } = await here.up();
      expect(services).toMatchObject([{ name: "web", changed: true }]);
      expect(url).toMatch(/^https:\/\/.*\.azurecontainerapps\.io$/);
      expect((await here.doors.groups.find(environment.resourceGroup))?.tags).toMatchObject(environment.tags);
      expect((await here.plan()).resources).toEqual([]);
    },
    FIRST_RUN,
  );

  test("is listed", async () => {
    const listed = await listEnvironments(here.manifest.id, here.doors);
    expect(listed.map(({ envId, status }) => `${envId} ${status}`)).toEqual(["alice running", "bob running"]);
  });

  test(
    "is destroyed with every trace",
    async () => {
      const { steps } = await here.destroy();
      expect(steps.map(({ name }) => name)).toEqual(["tombstone", "terraform", "resource group", "images", "state"]);
      expect(here.doubles.forgotten).toEqual(["alice of nonprod"]);
      expect(here.azure.store.under("/subscriptions").filter(({ id }) => id.includes("alice"))).toEqual([]);
      expect(await here.destroy()).toMatchObject({ steps: [], left: [], alreadyGone: true });
    },
    FIRST_RUN,
  );
});

test("everything goes to Azure's own hosts, and nothing anywhere else", () => {
  const hosts = new Set(here.azure.requests.map((request) => new URL(request.split(" ")[1] ?? "").host));
  expect([...hosts].sort()).toEqual([
    "login.microsoftonline.com",
    "management.azure.com",
    "stshop.blob.core.windows.net",
  ]);
  expect(here.azure.strayed).toEqual([]);
});
