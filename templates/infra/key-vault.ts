import { DataAzurermClientConfig } from "@cdktf/provider-azurerm/lib/data-azurerm-client-config";
import { KeyVault } from "@cdktf/provider-azurerm/lib/key-vault";
import type { ResourceGroup } from "@cdktf/provider-azurerm/lib/resource-group";
import type { UserAssignedIdentity } from "@cdktf/provider-azurerm/lib/user-assigned-identity";
import type { Construct } from "constructs";

/**
 * The vault for an environment's secrets. Access policies instead of roles: whoever deploys needs no right to give rights.
 * The values never pass through Terraform, so they are not in its state; paas copies them in when it deploys.
 */
export function addKeyVault(
  scope: Construct,
  name: string,
  group: ResourceGroup,
  reader: UserAssignedIdentity,
): KeyVault {
  const deployer = new DataAzurermClientConfig(scope, "deployer");
  return new KeyVault(scope, "vault", {
    name,
    location: group.location,
    resourceGroupName: group.name,
    tenantId: deployer.tenantId,
    skuName: "standard",
    rbacAuthorizationEnabled: false,
    softDeleteRetentionDays: 7,
    accessPolicy: [
      { tenantId: deployer.tenantId, objectId: reader.principalId, secretPermissions: ["Get", "List"] },
      {
        tenantId: deployer.tenantId,
        objectId: deployer.objectId,
        secretPermissions: ["Get", "Set", "List", "Delete", "Purge"],
      },
    ],
  });
}
