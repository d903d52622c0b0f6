import { AzurermProvider } from "@cdktf/provider-azurerm/lib/provider";
import { TerraformBackend, type TerraformRemoteState, type TerraformStack } from "cdktf";

/** How careful Terraform is when it deletes. */
export interface Care {
  /** Refuse to delete a resource group that holds resources which this stack does not know. */
  keepForeignResources: boolean;
  /** Leave deleted vaults and log workspaces recoverable for as long as Azure keeps them. */
  keepDeletedData: boolean;
}

/** State in Azure Blob Storage, resources through azurerm; who signs in comes from the environment variables. */
export function useAzure(stack: TerraformStack, care: Care): void {
  new ConfiguredAtInit(stack, "backend", "azurerm");
  new AzurermProvider(stack, "azurerm", {
    // Registering resource providers needs rights on the whole subscription; `paas bootstrap` does it once.
    resourceProviderRegistrations: "none",
    storageUseAzuread: true,
    features: [
      {
        resourceGroup: [{ preventDeletionIfContainsResources: care.keepForeignResources }],
        keyVault: [{ purgeSoftDeleteOnDestroy: !care.keepDeletedData }],
        logAnalyticsWorkspace: [{ permanentlyDeleteOnDestroy: !care.keepDeletedData }],
      },
    ],
  });
}

/** An empty backend block: account, container and key are given to `terraform init`, so one stack serves every state. */
class ConfiguredAtInit extends TerraformBackend {
  override getRemoteStateDataSource(): TerraformRemoteState {
    throw new Error("the backend is configured at `terraform init`, so there is nothing to point a remote state at");
  }
}
