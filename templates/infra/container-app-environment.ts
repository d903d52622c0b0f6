import { ContainerAppEnvironment } from "@cdktf/provider-azurerm/lib/container-app-environment";
import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import type { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import type { Construct } from "constructs";
import { nameOf } from "./environment";

/** A place for container apps to run in, and the workspace that keeps their logs for 30 days. */
export function addContainerAppEnvironment(
  scope: Construct,
  names: Record<string, string>,
  group: ResourceGroup,
): ContainerAppEnvironment {
  const place = { location: group.location, resourceGroupName: group.name };
  const logs = new LogAnalyticsWorkspace(scope, "logs", {
    ...place,
    name: nameOf("logAnalytics", names),
    sku: "PerGB2018",
    retentionInDays: 30,
  });
  return new ContainerAppEnvironment(scope, "apps", {
    ...place,
    name: nameOf("containerAppEnvironment", names),
    logsDestination: "log-analytics",
    logAnalyticsWorkspaceId: logs.id,
  });
}
