import fs from "node:fs";
import path from "node:path";

/** What a destroy run may delete for good. */
export type StateOnly = {
  /** Delete log workspaces for good instead of leaving them recoverable. */
  purge: boolean;
};

/**
 * A configuration without a single resource: backend, provider, nothing else. With it Terraform deletes all that the
 * state holds, whatever the branch's own stack has become.
 */
export function describeStateOnly({ purge }: StateOnly): Record<string, unknown> {
  return {
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
          // Purging takes a right that not every deployer has, and Terraform would fail without it: paas purges itself.
          key_vault: { purge_soft_delete_on_destroy: false },
          log_analytics_workspace: { permanently_delete_on_destroy: purge },
        },
      },
    },
  };
}

/** Writes that configuration into a work folder of its own, made here (0700). */
export function writeStateOnly(work: string, options: StateOnly): void {
  fs.mkdirSync(work, { recursive: true, mode: 0o700 });
  fs.writeFileSync(path.join(work, "cdk.tf.json"), `${JSON.stringify(describeStateOnly(options), null, 2)}\n`);
}
