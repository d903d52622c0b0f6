import { GROUP, type Recording, SUBSCRIPTION } from "./recording.js";

const COMMON = "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors";
const ACA = "github.com/microsoft/azure-container-apps/issues";
const LOCKED = `${GROUP}/providers/Microsoft.Storage/storageAccounts/stshop`;

/** Answers of Resource Manager and its resource providers: `ErrorResponse` of common-types/resource-management/v5/types.json. */
export const RESOURCE_MANAGER: Recording[] = [
  {
    code: "SubscriptionNotFound",
    status: 404,
    message: `The subscription '${SUBSCRIPTION}' could not be found.`,
    source: "github.com/hashicorp/terraform/issues/24860",
  },
  {
    code: "InvalidSubscriptionId",
    status: 400,
    message: "The provided subscription identifier '<subscription-id>' is malformed or invalid.",
    source: "github.com/Azure/ARO-HCP (frontend, arm.CloudErrorCodeInvalidSubscriptionID)",
  },
  {
    code: "SubscriptionNotRegistered",
    status: 409,
    message: "The subscription is not registered to use namespace 'Microsoft.App'.",
    words: "ours",
    source: COMMON,
  },
  {
    code: "MissingSubscriptionRegistration",
    status: 409,
    message:
      "The subscription is not registered to use namespace 'Microsoft.App'. See https://aka.ms/rps-not-found for how to register subscriptions.",
    details: [
      {
        code: "MissingSubscriptionRegistration",
        message:
          "The subscription is not registered to use namespace 'Microsoft.App'. See https://aka.ms/rps-not-found for how to register subscriptions.",
      },
    ],
    source: "github.com/Azure/OpenShift/issues/21, github.com/hashicorp/terraform-provider-azurerm/issues/29525",
  },
  {
    code: "MaxNumberOfRegionalEnvironmentsInSubExceeded",
    status: 400,
    message: `The subscription '${SUBSCRIPTION}' cannot have more than 1 environments in East US.`,
    source: `${ACA}/429`,
  },
  {
    code: "MaxNumberOfGlobalEnvironmentsInSubExceeded",
    status: 400,
    message: `The subscription '${SUBSCRIPTION}' cannot have more than 10 Container App Environments. For more information, visit: https://go.microsoft.com/fwlink/?linkid=2208872`,
    source: `${ACA}/1226`,
  },
  {
    code: "ManagedEnvironmentCountExceededForSubscription",
    status: 400,
    message: `The subscription '${SUBSCRIPTION}' cannot have more than 0 environments.`,
    source: `${ACA}/729`,
  },
  {
    code: "InvalidTemplateDeployment",
    status: 400,
    message:
      "The template deployment 'Microsoft.Template-20261117144926' is not valid according to the validation procedure. The tracking id is '5a281424-3495-456e-ad39-6e0a1cd58f6a'. See inner errors for details.",
    details: [
      {
        code: "ValidationForResourceFailed",
        message: "Validation failed for a resource. Check 'Error.Details[0]' for more information.",
        details: [
          {
            code: "MaxNumberOfGlobalEnvironmentsInSubExceeded",
            message: `The subscription '${SUBSCRIPTION}' cannot have more than 1 environments among all regions.`,
          },
        ],
      },
    ],
    source: `${ACA}/459`,
  },
  {
    code: "QuotaExceeded",
    status: 409,
    message:
      "Operation could not be completed as it results in exceeding approved quota. Current Limit: 10, Current Usage: 10, Additional Required: 1.",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-resource-quota",
  },
  {
    code: "ResourceQuotaExceeded",
    status: 409,
    message: "The deployment would exceed the quota. Current Limit: 10, Current Usage: 10, Additional Required: 1.",
    words: "ours",
    source: COMMON,
  },
  {
    code: "MaxStorageAccountsCountPerSubscriptionExceeded",
    status: 409,
    message: "The subscription has exceeded its storage account count quota.",
    words: "ours",
    source: "learn.microsoft.com/rest/api/storagerp (error codes)",
  },
  {
    code: "OperationNotAllowed",
    about: "quota",
    status: 409,
    message:
      "Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: westeurope, Current Limit: 10, Current Usage: 8, Additional Required: 4, (Minimum) New Limit Required: 12.",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-resource-quota",
  },
  {
    code: "OperationNotAllowed",
    status: 409,
    message: "The operation is not allowed while the resource is in state 'Updating'.",
    words: "ours",
    source: COMMON,
  },
  {
    code: "SkuNotAvailable",
    status: 409,
    message:
      "The requested size for resource 'psql-shop' is currently not available in location 'westeurope' zones '' for subscription. Please try another size or deploy to a different location or zones. See https://aka.ms/azureskunotavailable for details.",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-sku-not-available",
  },
  {
    code: "LocationNotAvailableForResourceType",
    status: 400,
    message:
      "The provided location 'westindia' is not available for resource type 'Microsoft.App/managedEnvironments'. List of available regions for the resource type is 'westeurope,northeurope,eastus'.",
    source: COMMON,
  },
  {
    code: "LocationIsOfferRestricted",
    status: 400,
    message:
      "Subscriptions are restricted from provisioning in location 'westeurope'. Try again in a different location.",
    source: "github.com/adamdost-0/linux-update-cds/issues/14",
  },
  {
    code: "RegionDoesNotAllowProvisioning",
    status: 400,
    message: "Provisioning is restricted in this region. Please choose a different region.",
    words: "ours",
    source: COMMON,
  },
  {
    code: "RequestDisallowedByAzure",
    status: 403,
    message:
      "Resource 'kv-shop' was disallowed by Azure: This policy maintains a set of best available regions where your subscription can deploy resources. The objective of this policy is to ensure that your subscription has full access to Azure services with optimal performance. Should you need additional or different regions, contact support..",
    source: "github.com/microsoft/microsoft-foundry-for-vscode/issues/292",
  },
  {
    code: "RequestDisallowedByPolicy",
    status: 403,
    message:
      'Resource \'kv-shop\' was disallowed by policy. Policy identifiers: \'[{"policyAssignment":{"name":"Allowed locations","id":"/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/allowed"},"policyDefinition":{"name":"Allowed locations","id":"/providers/Microsoft.Authorization/policyDefinitions/e56962a6"}}]\'.',
    source: "github.com/microsoft/vscode-apimanagement/issues/348",
  },
  {
    code: "ScopeLocked",
    status: 409,
    message: `The scope '${LOCKED}' cannot perform delete operation because following scope(s) are locked: '${GROUP}'. Please remove the lock and try again.`,
    source: "github.com/Azure/terraform-azurerm-lz-vending/issues/496",
  },
  {
    code: "ResourceGroupBeingDeleted",
    status: 409,
    message: "The resource group 'rg-shop-alice' is in deprovisioning state and cannot perform this operation.",
    source: COMMON,
  },
  {
    code: "ResourceGroupNotFound",
    status: 404,
    message: "Resource group 'rg-shop-alice' could not be found.",
    source: COMMON,
  },
  {
    code: "ResourceGroupDeletionBlocked",
    status: 409,
    message:
      "Deletion of resource group 'rg-shop-alice' failed as resources with identifiers 'Microsoft.HealthBot/healthBots/avmrhbhbmax001' could not be deleted. The provisioning state of the resource group will be rolled back. The tracking Id is '270ed8ad-68a0-476a-942c-6d22377c36a9'. Please check audit logs for more details.",
    source: "github.com/Azure/bicep-registry-modules/pull/1607",
  },
  {
    code: "ResourcesBeingMoved",
    status: 409,
    message: "The resource group 'rg-shop-alice' is being updated and cannot perform this operation.",
    source: "learn.microsoft.com/troubleshoot/azure/virtual-machines (move fails with ResourcesBeingMoved)",
  },
  {
    code: "ReservedResourceName",
    status: 400,
    message: "The resource name 'login' or a part of the name is a trademarked or reserved word.",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-reserved-resource-name",
  },
  {
    code: "TooManyRequests",
    status: 429,
    message: `Number of 'write' requests for subscription '${SUBSCRIPTION}' actor '${SUBSCRIPTION}' exceeded. Please try again after '17' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    headers: { "retry-after": "17" },
    source: "learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling",
  },
  {
    code: "TooManyRequests",
    about: "without a time",
    status: 429,
    message:
      "The request is being throttled as the limit has been reached for operation type - Write_ObservationWindow_00:05:00.",
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-throttling",
    words: "ours",
  },
  {
    code: "SubscriptionRequestsThrottled",
    status: 429,
    message: `Number of requests for subscription '${SUBSCRIPTION}' and operation 'Microsoft.App' exceeded the backend storage limit. Please try again after '6' seconds.`,
    headers: { "retry-after": "6" },
    source: COMMON,
  },
  {
    code: "ReadOnlyDisabledSubscription",
    status: 409,
    message: `The subscription '${SUBSCRIPTION}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.`,
    source: COMMON,
  },
  {
    code: "ContainerAppOperationInProgress",
    status: 409,
    message: "Cannot modify a container app 'ca-web' because there is an active provisioning operation in progress.",
    source: `${ACA}/1731`,
  },
  {
    code: "ManagedEnvironmentOperationInProgress",
    status: 409,
    message: "Cannot modify Container Apps environment cae-shop because another operation is in progress.",
    source: `${ACA}/701`,
  },
  {
    code: "AnotherOperationInProgress",
    status: 409,
    message: "Another operation on this or a dependent resource is in progress.",
    words: "ours",
    source: "learn.microsoft.com/azure/virtual-wan (operations of a hub are serialised)",
  },
  {
    code: "ManagedEnvironmentNoAvailableCapacityInRegion",
    status: 409,
    message:
      "No capacity available in this region for provisioning an environment, please try again in another region.",
    source: `${ACA}/1272`,
  },
  {
    code: "AKSCapacityHeavyUsage",
    status: 409,
    message:
      "Creating or starting a free tier cluster is unavailable at this time in region westeurope. To create a new cluster, we recommend using an alternate region, or create a paid tier cluster.",
    source: "github.com/MicrosoftDocs/SupportArticles-docs/pull/1834",
  },
  {
    code: "ManagedEnvironmentCapacityHeavyUsageError",
    status: 409,
    message: "The region is experiencing heavy usage and no new environment can be made in it at the moment.",
    words: "ours",
    source: "azure.github.io/AI-Landing-Zones/bicep/regional-considerations",
  },
];
