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
    code: "ResourcesBeingMoved",
    status: 409,
    message:
      "The resources of the resource group 'rg-shop-alice' are being moved; write and delete are locked meanwhile.",
    words: "ours",
    source: "learn.microsoft.com/azure/azure-resource-manager/management/move-resource-group-and-subscription",
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
    code: "ReadOnlyDisabledSubscription",
    status: 409,
    message: `The subscription '${SUBSCRIPTION}' is disabled and therefore marked as read only. You cannot perform any write actions on this subscription until it is re-enabled.`,
    source: COMMON,
  },
  {
    code: "ContainerAppOperationInProgress",
    status: 409,
    message: "Cannot modify the container app because there is an operation in progress on it.",
    words: "ours",
    source: "learn.microsoft.com/azure/container-apps/troubleshooting",
  },
  {
    code: "ManagedEnvironmentCapacityHeavyUsageError",
    status: 409,
    message: "The region is experiencing heavy usage and no new environment can be made in it at the moment.",
    words: "ours",
    source: "azure.github.io/AI-Landing-Zones/bicep/regional-considerations",
  },
];
