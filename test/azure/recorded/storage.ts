import type { Recording } from "./recording.js";

const CODES = "learn.microsoft.com/rest/api/storageservices/blob-service-error-codes";

/** Answers of the blob service: `StorageError` of storage/data-plane/Microsoft.BlobStorage, as XML. */
export const STORAGE: Recording[] = [
  {
    code: "AuthorizationPermissionMismatch",
    status: 403,
    message: "This request is not authorized to perform this operation using this permission.",
    source: "github.com/Azure/mpf/issues/41",
  },
  {
    code: "AuthorizationFailure",
    status: 403,
    message: "This request is not authorized to perform this operation.",
    source: "github.com/microsoft/azure-pipelines-terraform/issues/231",
  },
  {
    code: "PublicAccessNotPermitted",
    status: 409,
    message: "Public access is not permitted on this storage account.",
    source: CODES,
  },
  {
    code: "KeyBasedAuthenticationNotPermitted",
    status: 403,
    message: "Key based authentication is not permitted on this storage account.",
    source: "github.com/Azure/AI-Landing-Zones/issues/64",
  },
  { code: "LeaseAlreadyPresent", status: 409, message: "There is already a lease present.", source: CODES },
  {
    code: "LeaseIdMissing",
    status: 412,
    message: "There is currently a lease on the blob and no lease ID was specified in the request.",
    source: CODES,
  },
  {
    code: "LeaseIdMismatchWithLeaseOperation",
    status: 409,
    message: "The lease ID specified did not match the lease ID for the blob.",
    source: CODES,
  },
  {
    code: "LeaseIdMismatchWithBlobOperation",
    status: 412,
    message: "The lease ID specified did not match the lease ID for the blob.",
    source: CODES,
  },
  {
    code: "LeaseIdMismatchWithContainerOperation",
    status: 412,
    message: "The lease ID specified did not match the lease ID for the container.",
    source: CODES,
  },
  {
    code: "LeaseNotPresentWithBlobOperation",
    status: 412,
    message: "There is currently no lease on the blob.",
    source: CODES,
  },
  {
    code: "LeaseNotPresentWithLeaseOperation",
    status: 409,
    message: "There is currently no lease on the blob.",
    source: CODES,
  },
  {
    code: "LeaseIsBrokenAndCannotBeRenewed",
    status: 409,
    message: "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.",
    source: CODES,
  },
  {
    code: "ServerBusy",
    status: 503,
    message: "The server is currently unable to receive requests. Please retry your request.",
    source: CODES,
  },
  {
    code: "LeaseLost",
    status: 412,
    message: "A lease ID was specified, but the lease for the blob has expired.",
    source: CODES,
  },
  {
    code: "ContainerBeingDeleted",
    status: 409,
    message: "The specified container is being deleted. Try operation later.",
    source: CODES,
  },
  { code: "ContainerNotFound", status: 404, message: "The specified container does not exist.", source: CODES },
];

/** The document that the blob service answers with. */
export function storageBody({ code, message }: Recording): string {
  const ids = "RequestId:176c3808-201a-004f-5842-557d35000000\nTime:2026-11-21T08:41:01.5009594Z";
  return `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}\n${ids}</Message></Error>`;
}
