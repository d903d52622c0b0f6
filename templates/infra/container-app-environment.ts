import { ContainerAppEnvironment } from "@cdktf/provider-azurerm/lib/container-app-environment";
import { LogAnalyticsWorkspace } from "@cdktf/provider-azurerm/lib/log-analytics-workspace";
import type { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import type { Construct } from "constructs";
import { type Names, nameOf } from "./environment";

/** A workspace that keeps logs for 30 days. */
export function addLogWorkspace(scope: Construct, names: Names, group: ResourceGroup): LogAnalyticsWorkspace {
  return new LogAnalyticsWorkspace(scope, "logs", {
    name: nameOf("logAnalytics", names),
    location: group.location,
    resourceGroupName: group.name,
    sku: "PerGB2018",
    retentionInDays: 30,
  });
}

/** A place for container apps to run in. */
export function addContainerAppEnvironment(
  scope: Construct,
  names: Names,
  group: ResourceGroup,
  logs: LogAnalyticsWorkspace,
): ContainerAppEnvironment {
  return new ContainerAppEnvironment(scope, "apps", {
    name: nameOf("containerAppEnvironment", names),
    location: group.location,
    resourceGroupName: group.name,
    logsDestination: "log-analytics",
    logAnalyticsWorkspaceId: logs.id,
  });
}
