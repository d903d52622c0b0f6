import { CLIENT, GROUP, type Recording, SUBSCRIPTION, TENANT } from "./recording.js";

const RBAC = "learn.microsoft.com/azure/role-based-access-control/troubleshooting";
const OTHER_TENANT = "11111111-2222-4333-8444-555555555555";

/** Answers of Resource Manager to those who may not, and around giving rights. */
export const RIGHTS: Recording[] = [
  {
    code: "AuthorizationFailed",
    status: 403,
    message: `The client '${CLIENT}' with object id '${CLIENT}' does not have authorization to perform action 'Microsoft.App/containerApps/write' over scope '${GROUP}/providers/Microsoft.App/containerApps/ca-web' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    source: "github.com/hashicorp/terraform/issues/36595",
  },
  {
    code: "AuthorizationFailed",
    about: "giving roles",
    status: 403,
    message: `The client 'alice@acme.example' with object id '${CLIENT}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '${GROUP}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    source: RBAC,
  },
  {
    code: "AuthorizationFailed",
    about: "purging a vault",
    status: 403,
    message: `The client '${CLIENT}' with object id '${CLIENT}' does not have authorization to perform action 'Microsoft.KeyVault/locations/deletedVaults/purge/action' over scope '/subscriptions/${SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv-shop' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    source: "learn.microsoft.com/azure/key-vault/general/key-vault-recovery",
  },
  {
    code: "LinkedAuthorizationFailed",
    status: 403,
    message: `The client '${CLIENT}' with object id '${CLIENT}' has permission to perform action 'Microsoft.App/containerApps/write' on scope '${GROUP}/providers/Microsoft.App/containerApps/ca-web'; however, it does not have permission to perform action(s) 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-shop-platform-nonprod/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-pull' (respectively) or the linked scope(s) are invalid.`,
    source: "github.com/Azure/aad-pod-identity/issues/613",
  },
  {
    code: "RoleAssignmentExists",
    status: 409,
    message: "The role assignment already exists.",
    source: RBAC,
  },
  {
    code: "RoleAssignmentLimitExceeded",
    status: 400,
    message: "No more role assignments can be created.",
    source: RBAC,
  },
  {
    code: "PrincipalNotFound",
    status: 400,
    message: `Principal 0f14a80d42e54d57afe046acf9dfae05 does not exist in the directory ${TENANT}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
    source: "github.com/Azure/avdaccelerator/issues/76",
  },
  {
    code: "InvalidAuthenticationTokenTenant",
    status: 401,
    message: `The access token is from the wrong issuer 'https://sts.windows.net/${OTHER_TENANT}/'. It must match the tenant 'https://sts.windows.net/${TENANT}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${TENANT}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
    source: "learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
  },
  {
    code: "InvalidAuthenticationToken",
    status: 401,
    message:
      "The received access token is not valid: at least one of the claims 'puid' or 'altsecid' or 'oid' should be present. If you are accessing as application please make sure service principal is properly created in the tenant.",
    source: "github.com/Azure/azure-sdk-for-java/issues/1714",
  },
  {
    code: "AuthenticationFailed",
    status: 401,
    message: "Authentication failed. The 'Authorization' header is missing.",
    source: "github.com/hashicorp/terraform-provider-azurerm/issues/3612",
  },
  {
    code: "ExpiredAuthenticationToken",
    status: 401,
    message:
      "The access token expiry UTC time '11/21/2026 1:00:00 PM' is earlier than current UTC time '11/21/2026 2:00:00 PM'.",
    source: "github.com/hashicorp/terraform-provider-azurerm/issues/20867",
  },
  {
    code: "Forbidden",
    about: "secrets of a vault",
    status: 403,
    message: `The user, group or application 'appid=${CLIENT};oid=${CLIENT};iss=https://sts.windows.net/${TENANT}/' does not have secrets get permission on key vault 'kv-shop;location=westeurope'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    source: "learn.microsoft.com/azure/key-vault/general/rest-error-codes",
  },
];
