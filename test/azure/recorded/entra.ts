import { CLIENT, type Recording, TENANT } from "./recording.js";

const IDS =
  "Trace ID: 8335980a-8604-4005-a5e1-f678003d5b01 Correlation ID: c3a1f4bb-2b8a-4486-ac4a-fdd45ed43116 Timestamp: 2026-11-21 14:26:23Z";
const CODES = "learn.microsoft.com/entra/identity-platform/reference-error-codes";

/** `error_description` of Entra's token endpoint, without the ids at its end. */
export const ENTRA: Recording[] = [
  {
    code: "AADSTS700213",
    status: 401,
    message:
      "No matching federated identity record found for presented assertion subject 'repo:acme@9919/shop@123456:environment:paas-branch'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    source: "github.com/Azure/login/issues/453, github.com/dotnet/maui/pull/31978",
  },
  {
    code: "AADSTS7002138",
    status: 401,
    message:
      "No matching federated identity record found for presented assertion subject 'repo:acme/shop:environment:Production'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    source: "github.com/Azure/login/issues/515",
  },
  {
    code: "AADSTS70021",
    status: 401,
    message:
      "No matching federated identity record found for presented assertion. Assertion Issuer: 'https://token.actions.githubusercontent.com'. Assertion Subject: 'repo:acme/shop:ref:refs/heads/main'. Assertion Audience: 'api://AzureADTokenExchange'.",
    source: "github.com/Azure/azure-saas/issues/239",
  },
  {
    code: "AADSTS700211",
    status: 401,
    message:
      "No matching federated identity record found for presented assertion issuer 'https://token.actions.githubusercontent.com/acme'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    source: "github.com/Azure/azure-workload-identity/issues/1200",
  },
  {
    code: "AADSTS700212",
    status: 401,
    message:
      "No matching federated identity record found for presented assertion audience 'https://gitlab.com'. Please check your federated identity credential Subject, Audience and Issuer against the presented assertion. https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    source: "docs.gitlab.com/ci/cloud_services/azure",
  },
  {
    code: "AADSTS700016",
    status: 400,
    message: `Application with identifier '${CLIENT}' was not found in the directory 'acme'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    source: CODES,
  },
  {
    code: "AADSTS7000215",
    status: 401,
    message: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${CLIENT}'.`,
    source: CODES,
  },
  {
    code: "AADSTS7000222",
    status: 401,
    message: `The provided client secret keys for app '${CLIENT}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    source: "github.com/dotnet/sign/issues/849",
  },
  {
    code: "AADSTS700024",
    status: 401,
    message:
      "Client assertion is not within its valid time range. Current time: 2026-09-03T17:59:55.3046782Z, assertion valid from 2026-09-03T17:04:47.0000000Z, expiry time of assertion 2026-09-03T17:09:47.0000000Z. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
    source: "github.com/kata-containers/kata-containers/issues/11758",
  },
  {
    code: "AADSTS50020",
    status: 400,
    message: `User account 'alice@example.com' from identity provider 'live.com' does not exist in tenant 'acme' and cannot access the application '04b07795-8ddb-461a-bbee-02f9e1bf7b46'(Microsoft Azure CLI) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.`,
    source: "learn.microsoft.com/troubleshoot/entra/entra-id/app-integration/error-code-aadsts50020",
  },
  {
    code: "AADSTS50034",
    status: 400,
    message: `The user account alice@example.com does not exist in the ${TENANT} directory. To sign into this application, the account must be added to the directory.`,
    source: 'learn.microsoft.com/ (support article "invalid_grant or unauthorized_client, 50034")',
  },
  {
    code: "AADSTS90002",
    status: 400,
    message: `Tenant '${TENANT}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    source: CODES,
  },
  {
    code: "AADSTS53003",
    status: 400,
    message: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    source: CODES,
  },
  {
    code: "AADSTS530003",
    status: 400,
    message: "Your device is required to be managed to access this resource.",
    source: "learn.microsoft.com/azure/iot-operations/troubleshoot/known-issues",
  },
  {
    code: "AADSTS53000",
    status: 400,
    message: "Your device is required to be managed to access this resource.",
    source: "learn.microsoft.com/entra/msal/dotnet/advanced/exceptions",
  },
  {
    code: "AADSTS50079",
    status: 400,
    message:
      "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.",
    source: CODES,
  },
  {
    code: "AADSTS50076",
    status: 400,
    message:
      "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.",
    source: CODES,
  },
  {
    code: "AADSTS700082",
    status: 400,
    message:
      "The refresh token has expired due to inactivity. The token was issued on 2026-05-01T08:00:00.0000000Z and was inactive for 90.00:00:00.",
    source: CODES,
  },
  {
    code: "AADSTS50173",
    status: 400,
    message:
      "The provided grant has expired due to it being revoked, and a fresh auth token is needed. Either an admin or a user revoked the tokens for this user, causing subsequent token refreshes to fail and require reauthentication. Have the user sign in again.",
    source: "github.com/microsoft/azuredatastudio/pull/22853",
  },
  {
    code: "AADSTS70043",
    status: 400,
    message:
      "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on 2020-12-07T12:15:47.8520000Z and the maximum allowed lifetime for this request is 172800.",
    source: "github.com/Azure/azure-cli/issues/16209",
  },
  {
    code: "AADSTS65001",
    status: 400,
    message: `The user or administrator has not consented to use the application with ID '${CLIENT}' named 'paas'. Send an interactive authorization request for this user and resource.`,
    source: CODES,
  },
  {
    code: "AADSTS700027",
    status: 401,
    message: `The certificate with identifier used to sign the client assertion is not registered on application. Reason - The key was not found.`,
    source: CODES,
  },
  {
    code: "AADSTS70018",
    status: 400,
    message:
      "Invalid verification code due to User typing in wrong user code for device code flow. Authorization is not approved.",
    source: CODES,
  },
  {
    code: "AADSTS70019",
    status: 400,
    message: "Verification code expired. Have the user retry the sign-in.",
    source: CODES,
  },
  {
    code: "AADSTS70020",
    status: 400,
    message: "The provided value for the input parameter 'device_code' is not valid: this device code has expired.",
    source: CODES,
  },
];

/** The document that the token endpoint answers with. */
export function entraBody({ code, message }: Recording): string {
  return JSON.stringify({
    error: code === "AADSTS700016" ? "unauthorized_client" : "invalid_client",
    error_description: `${code}: ${message} ${IDS}`,
    error_codes: [Number(code.slice("AADSTS".length))],
    timestamp: "2026-11-21 14:26:23Z",
    trace_id: "8335980a-8604-4005-a5e1-f678003d5b01",
    correlation_id: "c3a1f4bb-2b8a-4486-ac4a-fdd45ed43116",
    error_uri: `https://login.microsoftonline.com/error?code=${code.slice("AADSTS".length)}`,
  });
}

/** What Azure's sign-in library throws without Entra's own sentence: its class, and all of its words. */
export const LIBRARY: { about: string; name: string; message: string; source: string }[] = [
  {
    about: "expired token",
    name: "AuthenticationRequiredError",
    message: "post_request_failed: expired_token",
    source:
      "@azure/identity, as the stand-in's Entra makes it; learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code",
  },
  {
    about: "authorization declined",
    name: "AuthenticationRequiredError",
    message: "post_request_failed: authorization_declined",
    source: "the same",
  },
  {
    about: "bad verification code",
    name: "AuthenticationRequiredError",
    message: "post_request_failed: bad_verification_code",
    source: "the same",
  },
  {
    about: "revoked",
    name: "AuthenticationRequiredError",
    message: "Automatic authentication has been disabled. You may call the authentication() method.",
    source: "@azure/identity, msal/nodeFlows/msalClient.js",
  },
  {
    about: "connection lost",
    name: "AuthenticationRequiredError",
    message: "network_error: See https://aka.ms/msal.js.errors#network_error for details",
    source: "@azure/identity, as a broken connection makes it",
  },
  {
    about: "no such host",
    name: "CredentialUnavailableError",
    message: "endpoints_resolution_error: See https://aka.ms/msal.js.errors#endpoints_resolution_error for details",
    source: "@azure/identity, as a host name without an address makes it",
  },
  {
    about: "nobody is signed in",
    name: "CredentialUnavailableError",
    message: "Please run 'az login' from a command prompt to authenticate before using this credential.",
    source: "@azure/identity, credentials/azureCliCredential.js",
  },
];
