import { expect, test } from "vitest";
import { openGithub } from "../../src/github/api.js";
import { openSettings } from "../../src/github/settings.js";
import { openStandIn, TOKEN } from "./stand-in.js";

/** What each test that uses the stand-in relies on. */
async function opened() {
  const standIn = await openStandIn();
  const place = { apiUrl: standIn.apiUrl, repository: { owner: "acme", repo: "shop" } };
  const github = await openGithub(place, TOKEN, new AbortController().signal);
  return { standIn, settings: openSettings(github) };
}

test("a request that GitHub would not take fails whoever closes the stand-in", async () => {
  const { standIn, settings } = await opened();
  await expect(settings.putEnvironment("paas-plan", [""])).rejects.toThrow("418");
  await expect(standIn.close()).rejects.toThrow("POST /environments/paas-plan/deployment-branch-policies: body: ");
});

test("an answer that GitHub would not give fails whoever closes the stand-in", async () => {
  const { standIn, settings } = await opened();
  standIn.repository.settings.subject = { use_default: "yes" };
  await expect(settings.subject()).rejects.toThrow("418");
  await expect(standIn.close()).rejects.toThrow("GET /actions/oidc/customization/sub: its answer: ");
});
