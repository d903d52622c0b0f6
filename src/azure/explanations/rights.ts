import { EXIT } from "../../errors.js";
import { type Explained, SCOPE } from "./explained.js";

const row = { code: "not-allowed", exit: EXIT.signIn };

/** Rights that are missing, and what goes wrong when rights are given. */
export const RIGHTS: readonly Explained[] = [
  {
    ...row,
    codes: ["AuthorizationFailed"],
    words: /Microsoft\.Authorization\/roleAssignments\/(write|delete)/,
    reads: [SCOPE],
    means: "who is signed in may not give roles on {scope|this resource}",
    allowed: "Owner, User Access Administrator or Role Based Access Control Administrator on it",
    next: "let an owner run `paas bootstrap`; it does what is left and prints each command",
  },
  {
    ...row,
    codes: ["AuthorizationFailed"],
    words: /deletedVaults\/purge\/action/,
    means: "who is signed in may not purge deleted vaults of this subscription",
    allowed: "Key Vault Purge Operator on the subscription; without it Azure keeps the vault until its days are over",
    next: "nothing has to be done: the next life of the environment uses another name. An owner purges with `az keyvault purge`",
  },
  {
    ...row,
    codes: ["AuthorizationFailed"],
    reads: [/perform action '(?<action>[^']+)'/, SCOPE],
    means: "who is signed in has no role that allows {action|this} on {scope|this resource}",
    allowed: "a role with that action on the resource, its group or its subscription; a new one takes up to 10 minutes",
    next: "`paas doctor` names the roles that are missing; an owner gives them with `paas bootstrap`",
  },
  {
    ...row,
    codes: ["LinkedAuthorizationFailed"],
    reads: [
      /permission to perform action\(?s?\)? '(?<action>[^']+)' on the linked/,
      /linked scope\(s\) '(?<scope>[^']+)'/,
    ],
    means:
      "who is signed in may change the resource, but not use {scope|another one} for it ({action|a missing action})",
    allowed: "for an identity that an app runs with: Managed Identity Operator on that identity",
    next: "`paas doctor` names the roles that are missing; an owner gives them with `paas bootstrap`",
  },
  {
    ...row,
    codes: ["AuthorizationPermissionMismatch"],
    means: "who is signed in may not read or write these blobs: Owner and Contributor do not include data",
    allowed: "Storage Blob Data Contributor on the tier's container; to plan, Storage Blob Data Reader",
    next: "an owner gives the role with `paas bootstrap`; a new one takes up to 10 minutes",
  },
  {
    ...row,
    codes: ["Forbidden"],
    words: /Microsoft\.KeyVault|vault\.azure\.net|secrets (get|set|list) permission|access policy/i,
    means: "who is signed in may not use the secrets of this vault",
    allowed: "an access policy with get, list, set and delete of secrets, which `paas up` writes for the deployer",
    next: "`paas up` with the identity that made the environment, or ask its owner for the access policy",
  },
  {
    code: "role-exists",
    codes: ["RoleAssignmentExists"],
    means: "the role has been given already, under another name",
    next: "run the same command again: it goes on with what there is",
  },
  {
    code: "limit-reached",
    codes: ["RoleAssignmentLimitExceeded"],
    means: "the subscription has as many role assignments as it can have",
    allowed: "4,000 of them in a subscription; those of deleted identities count until they are removed",
    next: "list those whose principal is gone with `az role assignment list --all --query \"[?principalName=='']\"` and remove them",
  },
  {
    code: "identity-unknown",
    codes: ["PrincipalNotFound"],
    reads: [/Principal (?<principal>[0-9a-f-]{32,36}) does not exist/i],
    means: "Entra does not know the identity {principal|that a role was to be given to} (yet)",
    allowed: "an identity that is there; a new one takes a few minutes until every part of Entra knows it",
    next: "run the same command again in two minutes",
  },
];
