import type { ContainerAppEnvironment } from "@cdktf/provider-azurerm/lib/container-app-environment";
import { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { useAzure } from "./azure";
import { addContainerApp } from "./container-app";
import { addContainerAppEnvironment, addLogWorkspace } from "./container-app-environment";
import { type Environment, nameOf, type Platform } from "./environment";
import { addKeyVault } from "./key-vault";
import { tagEverything } from "./tags";

/** Tags that paas writes on the group at every deployment. */
const CHANGING_TAGS = ["paas-expires", "paas-version", "paas-commit"];

/**
 * What one branch becomes: a resource group with a container app per service.
 * Add resources of your own here, in `group`: they get the environment's tags and go when it goes.
 */
export class EnvironmentStack extends TerraformStack {
  constructor(scope: Construct, id: string, environment: Environment, platform: Platform) {
    super(scope, id);
    useAzure(this, {
      keepForeignResources: environment.protected,
      keepDeletedData: environment.tier === "prod",
    });

    const group = new ResourceGroup(this, "group", {
      name: environment.resourceGroup,
      location: environment.location,
      lifecycle: { ignoreChanges: CHANGING_TAGS.map((tag) => `tags["${tag}"]`) },
    });
    const identity = new UserAssignedIdentity(this, "identity", {
      name: nameOf("identity", environment.names),
      location: group.location,
      resourceGroupName: group.name,
    });
    const containerAppEnvironmentId =
      environment.isolation === "dedicated"
        ? this.addOwnPlace(environment, group).id
        : platform.containerAppEnvironmentId;

    const hosts: Record<string, string> = {};
    for (const service of environment.services) {
      const app = addContainerApp(this, service, { group, containerAppEnvironmentId, identity, platform });
      hosts[service.name] = app.ingress.fqdn;
    }
    if (environment.services.some((service) => service.secrets.length > 0)) {
      const vault = addKeyVault(this, nameOf("keyVault", environment.names), group, identity);
      new TerraformOutput(this, "key_vault_uri", { value: vault.vaultUri });
    }

    new TerraformOutput(this, "resource_group", { value: group.name });
    new TerraformOutput(this, "hosts", { value: hosts, description: "host name of each service" });
    tagEverything(this, environment.tags);
  }

  /** Where the apps of an environment run that shares no Container Apps environment with others. */
  private addOwnPlace({ names }: Environment, group: ResourceGroup): ContainerAppEnvironment {
    return addContainerAppEnvironment(this, names, group, addLogWorkspace(this, names, group));
  }
}
