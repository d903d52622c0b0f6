import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requireManifest } from "../../src/manifest/parse.js";
import { type Fresh, openFresh } from "./bootstrap-project.js";

const FIRST_RUN = 120_000;

let here: Fresh;
beforeEach(async () => {
  here = await openFresh();
});
afterEach(() => here?.close());

test("a look changes nothing", async () => {
  const looks = await here.look();
  expect(looks.filter(({ there }) => there)).toEqual([]);
  expect(here.azure.requests.filter((request) => !/^GET |^POST https:\/\/login/.test(request))).toEqual([]);
  expect(here.github.calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
});

/** How the states are kept, and how the registry reads roles, as Azure has it. */
function settingsOf({ azure }: Fresh) {
  const [account] = azure.store.list("azurerm_storage_account");
  if (!account) throw new Error("there is no state account");
  const { kind, sku, properties } = account.attributes.arm as Record<string, unknown>;
  const locks = azure.locks.under(account.id).map(({ name, scope, level }) => [name, scope === account.id, level]);
  const { parts } = account.attributes;
  return { kind, sku, properties, parts, locks, modes: [...azure.registryResources.modes.values()] };
}

const KEPT = { enabled: true, days: 30 };

describe("bootstrap", () => {
  test(
    "makes all of the plan, and a second one finds all of it there",
    async () => {
      const { steps, commands } = await here.bootstrap();
      expect(steps.filter(({ status }) => status !== "done")).toEqual([]);
      expect(commands).toEqual([]);
      expect(settingsOf(here)).toEqual({
        kind: "StorageV2",
        sku: { name: "Standard_LRS" },
        properties: {
          allowSharedKeyAccess: false,
          defaultToOAuthAuthentication: true,
          allowBlobPublicAccess: false,
          supportsHttpsTrafficOnly: true,
          minimumTlsVersion: "TLS1_2",
          provisioningState: "Succeeded",
        },
        parts: {
          "blobServices/default": {
            properties: {
              isVersioningEnabled: true,
              deleteRetentionPolicy: KEPT,
              containerDeleteRetentionPolicy: KEPT,
            },
          },
          "managementPolicies/default": {
            properties: {
              policy: {
                rules: [
                  {
                    enabled: true,
                    name: "paas-old-versions",
                    type: "Lifecycle",
                    // Blobs themselves have no rule: states of what is left alone for long must stay.
                    definition: {
                      actions: { version: { delete: { daysAfterCreationGreaterThan: 90 } } },
                      filters: { blobTypes: ["blockBlob"] },
                    },
                  },
                ],
              },
            },
          },
          "blobServices/default/containers/tier-nonprod": { properties: { publicAccess: "None" } },
        },
        locks: [["paas-state", true, "CanNotDelete"]],
        modes: ["LegacyRegistryPermissions"],
      });
      const again = await here.look();
      expect(again.filter(({ there }) => !there).map(({ step }) => step)).toEqual([]);
      const text = fs.readFileSync(path.join(here.repository.folder, "paas.yaml"), "utf8");
      expect(text).toContain("# The shop.");
      expect(text).toContain("location: westeurope # near its customers");
      expect(Object.keys(requireManifest(text, "paas.yaml").platform?.identities ?? {})).toEqual(["nonprod", "plan"]);
    },
    FIRST_RUN,
  );
});
