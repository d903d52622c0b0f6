import type { Recording } from "./recording.js";

/** Answers of resource providers to names that they do not accept. */
export const NAMES: Recording[] = [
  {
    code: "VaultAlreadyExists",
    status: 409,
    message:
      "The vault name 'kv-shop-alice' is already in use. Vault names are globally unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a recoverable state then the vault will need to be purged before reusing the name. For more information about VaultAlreadyExists, soft delete and purging a vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740.",
    source: "github.com/Esri/arcgis-gitops/issues/174",
  },
  {
    code: "VaultNameNotValid",
    status: 400,
    message:
      "The vault name 'kv--shop' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens. Follow this link for more information: https://go.microsoft.com/fwlink/?linkid=2147742",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
  },
  {
    code: "StorageAccountAlreadyTaken",
    status: 409,
    message: "The storage account named stshop is already taken.",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-storage-account-name",
  },
  {
    code: "StorageAccountAlreadyExists",
    status: 409,
    message: "The storage account named stshop already exists under the subscription.",
    words: "ours",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
  },
  {
    code: "AccountNameInvalid",
    status: 400,
    message: "The account name 'st-shop' is not valid.",
    words: "ours",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
  },
  {
    code: "AlreadyInUse",
    status: 409,
    message:
      "The registry DNS name crshop.azurecr.io is already in use. You can check if the name is already claimed using following API: https://docs.microsoft.com/en-us/rest/api/containerregistry/registries/checknameavailability",
    source: "github.com/MicrosoftDocs/azure-dev-docs/issues/1303",
  },
  {
    code: "NameNotAvailable",
    status: 409,
    message: "The specified name 'psql-shop' is not available.",
    words: "ours",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
  },
  {
    code: "FlagMustBeSetForRestore",
    status: 409,
    message:
      "An existing resource with name 'appcs-shop' has been soft-deleted. To restore the resource, you must specify 'restore' to be 'true' in the property. If you don't want to restore existing resource, please purge it first.",
    source: "learn.microsoft.com/azure/ai-services/recover-purge-resources",
  },
  {
    code: "InvalidResourceName",
    status: 400,
    message: "Resource name 'Web_1' is invalid. The name can contain only lower case letters, digits and dashes.",
    words: "ours",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-name-segments",
  },
];
