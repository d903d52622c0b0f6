import https from "node:https";
import { ResourceManagementClient } from "@azure/arm-resources";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { localClientOptions } from "../../../src/local/certificate.js";
import { mintToken, tokenCredential } from "../../../src/local/token.js";
import { groupId, type OpenArm, openArm, putApp, putGroup, SUBSCRIPTION } from "./open-arm.js";

let arm: OpenArm;
beforeAll(async () => {
  arm = await openArm();
});
afterAll(() => arm.close());
beforeEach(() => arm.reset());

const missing: [string, () => Promise<unknown>, string, string][] = [
  [
    "a group",
    () => arm.groups.resourceGroups.get("none"),
    "ResourceGroupNotFound",
    "Resource group 'none' could not be found.",
  ],
  [
    "a group to delete",
    () => arm.groups.resourceGroups.beginDeleteAndWait("none"),
    "ResourceGroupNotFound",
    "Resource group 'none' could not be found.",
  ],
  [
    "a group to tag",
    () => arm.groups.tagsOperations.beginUpdateAtScopeAndWait(groupId("none"), { operation: "Merge" }),
    "ResourceGroupNotFound",
    "Resource group 'none' could not be found.",
  ],
  [
    "an app",
    () => arm.apps.containerApps.get("rg-alice", "none"),
    "ResourceNotFound",
    "The Resource 'Microsoft.App/containerApps/none' under resource group 'rg-alice' was not found.",
  ],
  [
    "an app's group",
    () => arm.apps.containerApps.get("none", "web"),
    "ResourceGroupNotFound",
    "Resource group 'none' could not be found.",
  ],
  [
    "a revision",
    () => arm.apps.containerAppsRevisions.getRevision("rg-alice", "web", "x"),
    "ResourceNotFound",
    "The Resource 'Microsoft.App/containerApps/revisions/web/x'",
  ],
];
test.each(missing)("%s that is not there", async (_name, call, code, message) => {
  putGroup(arm.store, "rg-alice");
  putApp(arm.store, "rg-alice", "web");
  await expect(call()).rejects.toMatchObject({ statusCode: 404, code, message: expect.stringContaining(message) });
});

function ask(
  method: string,
  target: string,
  body = "",
  token = arm.cloud.token,
): Promise<{ status: number; body: { error?: { code: string } } }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, host: "management.azure.com" };
    const options = {
      port: arm.cloud.front.port,
      host: "127.0.0.1",
      servername: "localhost",
      ca: arm.cloud.certificate.cert,
      agent: false,
      method,
      path: target,
      headers,
    };
    const request = https.request(options, async (response) => {
      let text = "";
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
    });
    request.on("error", reject).end(body);
  });
}

test.each([
  ["GET", "/subscriptions/S/resourcegroups", "", 400, "MissingApiVersionParameter"],
  ["GET", "/subscriptions/S/resourcegroups?api-version=", "", 400, "MissingApiVersionParameter"],
  ["GET", "/subscriptions/other/resourcegroups?api-version=1", "", 404, "SubscriptionNotFound"],
  ["GET", "/subscriptions/S/resourcegroups?api-version=1&$filter=name eq 'x'", "", 400, "InvalidFilterInQueryString"],
  ["GET", "/subscriptions/S/resourcegroups?api-version=1&$top=0", "", 400, "InvalidQueryParameterValue"],
  ["PATCH", "/subscriptions/S/resourcegroups/rg?api-version=1", "{", 400, "InvalidRequestContent"],
  ["PATCH", "/subscriptions/S/resourcegroups/rg?api-version=1", "[]", 400, "InvalidRequestContent"],
  ["PATCH", "/subscriptions/S/resourcegroups/rg?api-version=1", "x".repeat(5_000_000), 413, "RequestContentTooLarge"],
  [
    "PATCH",
    "/subscriptions/S/resourcegroups/rg/providers/Microsoft.Resources/tags/default?api-version=1",
    '{"operation":"Add"}',
    400,
    "InvalidRequestContent",
  ],
  ["GET", "/subscriptions/S/resourcegroups/%E0%A4%A?api-version=1", "", 400, "InvalidRequestUri"],
  ["PUT", "/subscriptions/S/resourcegroups/rg?api-version=1", "{}", 501, "NotImplemented"],
  [
    "POST",
    "/subscriptions/S/resourcegroups/rg/providers/Microsoft.App/containerApps/web/listSecrets?api-version=1",
    "",
    501,
    "NotImplemented",
  ],
  ["GET", "/?api-version=1", "", 501, "NotImplemented"],
])("%s %s is answered with an error of Resource Manager's form %#", async (method, target, body, status, code) => {
  putGroup(arm.store, "rg");
  const answered = await ask(method, target.replace("/S/", `/${SUBSCRIPTION}/`).replaceAll(" ", "%20"), body);
  expect({ status: answered.status, code: answered.body.error?.code }).toEqual({ status, code });
});

test("nobody gets in without a token", async () => {
  const stranger = tokenCredential(
    mintToken(Buffer.alloc(32), { audience: "https://management.azure.com", lifetime: 60 }),
  );
  const client = new ResourceManagementClient(stranger, SUBSCRIPTION, {
    endpoint: arm.cloud.front.url,
    ...localClientOptions(arm.cloud.certificate.cert),
  });
  await expect(client.resourceGroups.get("rg")).rejects.toMatchObject({
    statusCode: 401,
    code: "AuthenticationFailed",
  });
});
