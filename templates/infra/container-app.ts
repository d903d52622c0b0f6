import { ContainerApp } from "@cdktf/provider-azurerm/lib/container-app";
import type { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import type { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import type { Construct } from "constructs";
import type { Platform, Service } from "./environment";

export interface ContainerAppPlace {
  group: ResourceGroup;
  /** Id of the Container Apps environment. */
  containerAppEnvironmentId: string;
  /** Identity that the app acts as. */
  identity: UserAssignedIdentity;
  platform: Platform;
}

/**
 * The container app of a service: that it exists, who it is, how it is reached and how far it scales.
 * What runs in it (image, variables, probes, secrets) is set by paas after each build and left alone here,
 * so applying this again never takes an app back to an older version.
 */
export function addContainerApp(scope: Construct, service: Service, place: ContainerAppPlace): ContainerApp {
  const { group, identity, platform } = place;
  return new ContainerApp(scope, `app-${service.name}`, {
    name: service.appName,
    resourceGroupName: group.name,
    containerAppEnvironmentId: place.containerAppEnvironmentId,
    revisionMode: "Single",
    identity: { type: "UserAssigned", identityIds: [identity.id, platform.pullIdentityId] },
    registry: [{ server: platform.registryServer, identity: platform.pullIdentityId }],
    ingress: {
      externalEnabled: !service.internal,
      targetPort: service.port,
      transport: "auto",
      allowInsecureConnections: false,
      trafficWeight: [{ latestRevision: true, percentage: 100 }],
    },
    template: {
      minReplicas: service.scale.min,
      maxReplicas: service.scale.max,
      // A placeholder until the first version is deployed. It has no probes: they would fail on an app that is not ours.
      container: [
        { name: service.name, image: "mcr.microsoft.com/k8se/quickstart:latest", cpu: 0.25, memory: "0.5Gi" },
      ],
    },
    lifecycle: { ignoreChanges: ["template[0].container", "secret"] },
  });
}
