import { EXIT } from "../../errors.js";
import type { Explained } from "./explained.js";

/** Errors of the blob service, where state and records lie. */
export const STATE: readonly Explained[] = [
  {
    code: "state-locked",
    exit: EXIT.locked,
    codes: ["LeaseAlreadyPresent", "LeaseIdMissing"],
    means: "another run holds the lease of this blob",
    allowed: "one run per environment at a time",
    next: "wait for that run, or `paas unlock <environment>` once it has ended",
  },
  {
    code: "lock-lost",
    exit: EXIT.locked,
    codes: [
      "LeaseIdMismatchWithLeaseOperation",
      "LeaseIdMismatchWithBlobOperation",
      "LeaseIdMismatchWithContainerOperation",
    ],
    means: "the lease of this blob belongs to another run by now: somebody broke ours",
    allowed: "one run per environment at a time",
    next: "see what the other run did (`paas status`), then run again",
  },
  {
    code: "lock-lost",
    exit: EXIT.locked,
    codes: [
      "LeaseLost",
      "LeaseNotPresentWithBlobOperation",
      "LeaseNotPresentWithLeaseOperation",
      "LeaseIsBrokenAndCannotBeRenewed",
    ],
    means: "the lease of this blob ended while the run went on",
    allowed: "one run per environment at a time; a lease is renewed every 20 seconds as long as this machine is awake",
    next: "see what happened meanwhile (`paas status`), then run again",
  },
  {
    code: "state-unreachable",
    exit: EXIT.signIn,
    codes: ["AuthorizationFailure"],
    means: "the state account refuses this machine's address: its firewall lets only chosen networks in",
    allowed: "requests from the networks that the account lists; GitHub's own runners have no fixed addresses",
    next: "add this network: `az storage account network-rule add --account-name <account> --ip-address <address>`, or run from one that is listed",
  },
  {
    code: "state-unreachable",
    exit: EXIT.signIn,
    codes: ["PublicAccessNotPermitted"],
    means: "the request carried no sign-in, and the account answers nobody without",
    allowed: "requests with a sign-in to Entra",
    next: "sign in with `paas login`; for Terraform by hand use `paas terraform <environment> -- …`, which passes it on",
  },
  {
    code: "state-unreachable",
    exit: EXIT.signIn,
    codes: ["KeyBasedAuthenticationNotPermitted"],
    means: "something asked for the state with an account key, and the account accepts Entra only",
    allowed: "`use_azuread_auth = true` in backends, `storage_use_azuread = true` in providers; never `access_key`",
    next: "unset ARM_ACCESS_KEY and AZURE_STORAGE_KEY, and correct the provider block in infra/",
  },
  {
    code: "state-container-missing",
    codes: ["ContainerNotFound"],
    means: "the tier's container of the state account is not there",
    next: "`paas bootstrap` makes it; with the local cloud `paas up` does",
  },
  {
    code: "state-container-missing",
    codes: ["ContainerBeingDeleted"],
    means: "the tier's container of the state account is being deleted",
    next: "restore it in the portal (soft delete keeps it 30 days), or wait a minute and run `paas bootstrap`",
  },
];
