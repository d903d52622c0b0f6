import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Http, openHttp } from "../../src/azure/client.js";
import { openAzure, type StandIn } from "./stand-in/azure.js";
import { SUBSCRIPTION, TENANT } from "./stand-in/core.js";

const ARM = "https://management.azure.com";
const GROUP = `${ARM}/subscriptions/${SUBSCRIPTION}/resourcegroups/rg-x`;

let azure: StandIn;
beforeEach(async () => {
  azure = await openAzure({ account: "stshop" });
});

/** A client with a token for this audience, whoever it is of. */
function client(audience = ARM, tenant = TENANT): Http {
  const claims = { iss: `https://sts.windows.net/${tenant}/`, tid: tenant, oid: "o", upn: "alice", aud: audience };
  const token = azure.tokens.mint(claims, 3600, new Date());
  const credential = { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
  return openHttp({ credential, scope: `${audience}/.default` }, azure.clientOptions);
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { statusCode?: number; code?: string }) => [error.statusCode, error.code],
  );

describe("what breaks a schema", () => {
  test.each<[string, Parameters<Http>[0]]>([
    ["a call that no route admits", { method: "GET", url: `${ARM}/nothing?api-version=2025-04-01` }],
    ["another api-version", { method: "GET", url: `${GROUP}?api-version=2011-01-01` }],
    ["an unknown parameter", { method: "GET", url: `${GROUP}?api-version=2025-04-01&x=1` }],
    [
      "an unknown property",
      { method: "PUT", url: `${GROUP}?api-version=2025-04-01`, body: { location: "x", colour: "red" } },
    ],
    ["a body where none is expected", { method: "DELETE", url: `${GROUP}?api-version=2025-04-01`, body: { a: 1 } }],
  ])("%s fails the test that made it", async (_, call) => {
    expect(await refusal(client()(call))).toEqual([400, "StandInViolation"]);
    await expect(azure.close()).rejects.toThrow("violations:");
  });

  test("so does an answer of the stand-in's own", async () => {
    azure.store.put({
      id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-x`,
      type: "azurerm_resource_group",
      attributes: { name: "rg-x", location: "x", tags: { a: 1 } },
    });
    expect(await refusal(client()({ method: "GET", url: `${GROUP}?api-version=2025-04-01` }))).toEqual([
      400,
      "StandInViolation",
    ]);
    await expect(azure.close()).rejects.toThrow("answer 200 breaks its schema");
  });
});

describe("as Azure does", () => {
  afterEach(() => azure.close());

  test.each([
    ["for another audience", "https://storage.azure.com", TENANT, [401, "AuthenticationFailed"]],
    ["of another tenant", ARM, "99999999-8888-4777-8666-555555555555", [401, "InvalidAuthenticationTokenTenant"]],
  ])("a token %s is refused", async (_, audience, tenant, expected) => {
    const http = client(audience, tenant);
    expect(await refusal(http({ method: "GET", url: `${GROUP}?api-version=2025-04-01` }))).toEqual(expected);
  });

  test("a group is made, is being deleted, and takes nothing new until it is gone", async () => {
    const http = client();
    azure.operations.polls = 2;
    const url = `${GROUP}?api-version=2025-04-01`;
    expect((await http({ method: "PUT", url, body: { location: "westeurope" } })).status).toBe(201);
    expect((await http({ method: "PUT", url, body: { location: "westeurope" } })).status).toBe(200);
    const { status, headers } = await http({ method: "DELETE", url });
    expect(status).toBe(202);
    expect((await http({ method: "GET", url })).body).toMatchObject({ properties: { provisioningState: "Deleting" } });
    expect(await refusal(http({ method: "PUT", url, body: { location: "x" } }))).toEqual([
      409,
      "ResourceGroupBeingDeleted",
    ]);
    const poll = () => http({ method: "GET", url: headers.get("location") ?? "" });
    expect([(await poll()).status, (await poll()).status, (await poll()).status]).toEqual([202, 202, 200]);
    expect(await refusal(http({ method: "GET", url }))).toEqual([404, "ResourceGroupNotFound"]);
  });

  test("nothing but Azure's hosts is led anywhere", async () => {
    const http = openHttp(null, { ...azure.clientOptions, retryOptions: { maxRetries: 0 } });
    await expect(http({ method: "GET", url: "https://example.com/" })).rejects.toThrow();
    expect(azure.strayed).toEqual(["example.com:443"]);
  });
});
