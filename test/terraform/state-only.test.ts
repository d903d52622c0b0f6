import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { writeStateOnly } from "../../src/terraform/state-only.js";
import { inFolder } from "../infra/synthesised.js";

test.each([true, false])("a destroy run knows backend and provider and no resource (purge: %s)", async (purge) => {
  await inFolder(async (folder) => {
    const work = path.join(folder, "deep", "work");
    writeStateOnly(work, { purge });
    expect(fs.statSync(work).mode & 0o777).toBe(0o700);
    const configuration = JSON.parse(fs.readFileSync(path.join(work, "cdk.tf.json"), "utf8"));
    expect(configuration).toEqual({
      terraform: {
        backend: { azurerm: {} },
        required_providers: { azurerm: { source: "hashicorp/azurerm", version: "~> 4.55" } },
      },
      provider: {
        azurerm: {
          resource_provider_registrations: "none",
          storage_use_azuread: true,
          features: {
            resource_group: { prevent_deletion_if_contains_resources: false },
            key_vault: { purge_soft_delete_on_destroy: false },
            log_analytics_workspace: { permanently_delete_on_destroy: purge },
          },
        },
      },
    });
  });
});
