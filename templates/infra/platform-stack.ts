import { ContainerRegistry } from "@cdktf/provider-azurerm/lib/container-registry";
import { ContainerRegistryCacheRule } from "@cdktf/provider-azurerm/lib/container-registry-cache-rule";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { useAzure } from "./azure";
import { addContainerAppEnvironment, addLogWorkspace } from "./container-app-environment";
import { nameOf, type PlatformDescription } from "./environment";
import { tagEverything } from "./tags";

/** Registries whose images are kept near the apps: `<registry>/ghcr/owner/image`. */
const CACHED = [
  ["ghcr", "ghcr.io"],
  ["mcr", "mcr.microsoft.com"],
];

/** What all environments of a tier share: where they run, where their images lie, and who pulls those. */
export class PlatformStack extends TerraformStack {
  constructor(scope: Construct, id: string, platform: PlatformDescription) {
    super(scope, id);
    useAzure(this, { keepForeignResources: true, keepDeletedData: true });

    const group = new ResourceGroup(this, "group", { name: platform.resourceGroup, location: platform.location });
    const place = { location: group.location, resourceGroupName: group.name };
    const logs = addLogWorkspace(this, platform.names, group);
    const apps = addContainerAppEnvironment(this, platform.names, group, logs);
    const registry = new ContainerRegistry(this, "registry", {
      ...place,
      name: nameOf("containerRegistry", platform.names),
      sku: "Basic",
      adminEnabled: false,
    });
    // That it may pull is granted by `paas bootstrap`, with all other roles: whoever applies this need not grant any.
    const puller = new UserAssignedIdentity(this, "puller", { ...place, name: nameOf("pullIdentity", platform.names) });
    // Docker Hub admits no cache without an account there; `docker.io` with `credentialSetId` is one more line.
    for (const [name, server] of CACHED) {
      new ContainerRegistryCacheRule(this, `cache-${name}`, {
        name: `cache-${name}`,
        containerRegistryId: registry.id,
        sourceRepo: `${server}/*`,
        targetRepo: `${name}/*`,
      });
    }

    new TerraformOutput(this, "resource_group", { value: group.name });
    new TerraformOutput(this, "container_app_environment_id", { value: apps.id });
    new TerraformOutput(this, "log_analytics_workspace_id", { value: logs.id });
    new TerraformOutput(this, "registry_id", { value: registry.id });
    new TerraformOutput(this, "registry_server", { value: registry.loginServer });
    new TerraformOutput(this, "pull_identity_id", { value: puller.id });
    tagEverything(this, platform.tags);
  }
}
