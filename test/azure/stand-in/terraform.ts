import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { StandIn } from "./azure.js";

/** Where the schemas of the simulated provider are read. */
export const BINDINGS = path.dirname(createRequire(import.meta.url).resolve("@cdktf/provider-azurerm/package.json"));

/** Types of the scaffolded stacks. */
export const TYPES = [
  "azurerm_resource_group",
  "azurerm_client_config",
  "azurerm_container_app",
  "azurerm_container_app_environment",
  "azurerm_container_registry",
  "azurerm_container_registry_cache_rule",
  "azurerm_key_vault",
  "azurerm_log_analytics_workspace",
  "azurerm_user_assigned_identity",
];

/**
 * The real Terraform, attached to the simulated provider: tests alone need that. With several subscriptions it is that
 * of the one which Terraform's provider is told to act in.
 */
export function terraformWith(...subscriptions: StandIn[]): string {
  const script = path.join(subscriptions[0]?.folder ?? "", "terraform-with-simulated-provider");
  const cases = subscriptions.map(
    ({ subscriptionId, reattach }) => `${subscriptionId}) export TF_REATTACH_PROVIDERS='${reattach}';;`,
  );
  const choice = `case "$ARM_SUBSCRIPTION_ID" in\n${cases.join("\n")}\nesac\n`;
  fs.writeFileSync(script, `#!/bin/sh\n${choice}exec terraform "$@"\n`, { mode: 0o755 });
  return script;
}
