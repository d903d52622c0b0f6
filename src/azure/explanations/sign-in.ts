import { EXIT } from "../../errors.js";
import type { Explained } from "./explained.js";

/** Entra refuses. */
const row = { code: "sign-in-failed", exit: EXIT.signIn };
/** There is no sign-in, or Azure does not take it any more. */
const nobody = { code: "not-signed-in", exit: EXIT.signIn };
const expired = {
  code: "sign-in-expired",
  exit: EXIT.signIn,
  means: "the sign-in on this machine has expired or was taken back",
  next: "sign in anew with `paas login`",
};

/** Errors of Microsoft Entra, on the way to a token. */
export const SIGN_IN: readonly Explained[] = [
  {
    ...row,
    codes: ["AADSTS700213", "AADSTS70021", "AADSTS700211", "AADSTS700212"],
    reads: [/Assertion Subject: '(?<subject>[^']+)'/, /assertion (?:subject|issuer|audience) '(?<subject>[^']+)'/],
    means: "the identity has no federated credential for {subject|what the workflow presented}",
    allowed: "a federated credential whose subject, issuer and audience are exactly those of the job's token",
    next: "`paas doctor` compares the subjects that GitHub gives with those that Azure trusts, `paas bootstrap` mends them",
  },
  {
    ...row,
    codes: ["AADSTS7002138"],
    reads: [/assertion subject '(?<subject>[^']+)'/i],
    means: "the federated credential differs from {subject|the subject of the workflow} in upper and lower case only",
    allowed: "owner, repository and environment written as GitHub writes them: Entra tells case apart",
    next: "`paas bootstrap` writes the credential anew with GitHub's own spelling",
  },
  {
    ...row,
    codes: ["AADSTS700016"],
    reads: [/identifier '(?<client>[^']+)'/, /in the directory '(?<tenant>[^']+)'/],
    means: "there is no identity {client|with this client id} in the tenant {tenant|that was asked}",
    allowed: "a client id of this tenant: an identity that was deleted and made anew has another one",
    next: "compare `platform:` in paas.yaml and the GitHub variables with `paas doctor`; `paas bootstrap` writes them anew",
  },
  {
    ...row,
    codes: ["AADSTS7000215"],
    means: "the client secret is wrong",
    allowed: "the secret's value, which the portal shows once; its id is another thing",
    next: "set ARM_CLIENT_SECRET to the value, or unset it and sign in with `paas login`",
  },
  {
    ...row,
    codes: ["AADSTS7000222"],
    reads: [/app '(?<client>[^']+)'/],
    means: "the client secret has expired",
    allowed: "a secret that is still good, or better none: workflows sign in with GitHub's own tokens",
    next: "make a new one with `az ad app credential reset --id {client|<client id>}`, or unset ARM_CLIENT_SECRET and sign in with `paas login`",
  },
  {
    ...row,
    codes: ["AADSTS700024"],
    reads: [/Current time: (?<now>\S+?)(?:\.\d+)?Z,/, /expiry time of assertion (?<end>\S+?)(?:\.\d+)?Z/],
    means: "the token presented was too old at Entra's time ({now|which it does not tell}), or a clock is wrong",
    allowed: "a token that ends after that moment; this one ended at {end|an earlier time}",
    next: "set the clock of this machine (`timedatectl set-ntp true`); in a workflow run the job again, paas asks for a fresh token each time",
  },
  {
    ...row,
    codes: ["AADSTS50020", "AADSTS50034"],
    reads: [
      /[Uu]ser account '?(?<who>[^' ]+)'? (?:from|does not)/,
      /does not exist in (?:tenant '|the )(?<tenant>[^' ]+)(?:'| directory)/,
    ],
    means: "{who|this account} is no member and no guest of the tenant {tenant|that was asked}",
    allowed: "an account of that tenant, or one that was invited to it",
    next: "sign in to the right tenant: `paas login --tenant <id>`, the one under `platform:` in paas.yaml",
  },
  {
    ...row,
    codes: ["AADSTS90002"],
    reads: [/Tenant '(?<tenant>[^']+)'/],
    means: "there is no tenant {tenant|with this id}",
    allowed: "the id (a UUID) or a domain of a tenant in Azure's public cloud",
    next: "correct the tenant: `platform.tenant` in paas.yaml, ARM_TENANT_ID, or `paas login --tenant <id>`",
  },
  {
    ...row,
    codes: ["AADSTS53003", "AADSTS530003", "AADSTS53000"],
    means: "a Conditional Access policy of the tenant refuses a token here",
    allowed: "what the policy asks for: a managed device, a known network, or another way to sign in",
    next: "sign in with `az login` in a browser on a device that the policy accepts, or ask the tenant's administrators to exempt the identity",
  },
  {
    ...row,
    codes: ["AADSTS50076", "AADSTS50079"],
    means: "the tenant asks for a second factor, and nobody can be asked for one here",
    next: "sign in anew with `paas login`, or in a workflow with its own identity",
  },
  {
    ...row,
    codes: ["authorization_declined"],
    means: "the sign-in was declined",
    next: "`paas login` again",
  },
  {
    ...row,
    codes: ["AADSTS70018", "bad_verification_code"],
    means: "the code that was typed in is not the one of this sign-in",
    next: "`paas login` again, and type the code that it shows",
  },
  {
    ...row,
    codes: ["AADSTS70020", "AADSTS70019", "expired_token"],
    means: "the code was not typed in in time",
    next: "`paas login` again",
  },
  {
    ...row,
    codes: ["AADSTS65001"],
    means: "nobody has consented to this application in the tenant",
    next: "ask the tenant's administrators for their consent, or sign in with `az login`",
  },
  {
    ...row,
    codes: ["AADSTS700027"],
    means: "the certificate is not one of the application's",
    allowed: "a certificate that is registered with the application and has not expired",
    next: "register it: `az ad app credential reset --id <client id> --cert @<file> --append`",
  },
  {
    ...expired,
    codes: ["AADSTS700082", "AADSTS50173", "AADSTS70043"],
  },
  {
    // The library loses Entra's reason: all it says is that a person is needed.
    ...expired,
    codes: [],
    words: /Automatic authentication has been disabled/,
  },
  {
    code: "entra-unreachable",
    codes: [],
    words: /\b(?:network_error|endpoints_resolution_error)\b/,
    means: "login.microsoftonline.com does not answer",
    next: "check the network; a company's proxy is named in HTTPS_PROXY, its certificate in NODE_EXTRA_CA_CERTS",
  },
  {
    code: "wrong-tenant",
    exit: EXIT.signIn,
    codes: ["InvalidAuthenticationTokenTenant"],
    reads: [
      /wrong issuer '[^']*?(?<held>[0-9a-f-]{36})/,
      /match (?:one of )?the tenants? '[^']*?(?<needed>[0-9a-f-]{36})/,
    ],
    means: "the subscription belongs to the tenant {needed|of somebody else}, and the sign-in is to {held|another one}",
    allowed: "a sign-in to the tenant of the subscription; after a transfer that takes up to an hour to be known",
    next: "`paas login --tenant {needed|<tenant id>}`",
  },
  {
    ...nobody,
    codes: ["ExpiredAuthenticationToken", "InvalidAuthenticationToken", "AuthenticationFailed"],
    means: "Azure does not accept the token of this sign-in (any more)",
    next: "sign in anew with `paas login`, and look at this machine's clock",
  },
  {
    ...nobody,
    codes: ["CredentialUnavailableError"],
    // Of several ways to sign in, the one that Entra refused says more than those that are not there.
    words: /^(?![\s\S]*AADSTS)/,
    means: "nobody is signed in to Azure here",
    allowed: "a workflow's own identity, ARM_CLIENT_ID and ARM_CLIENT_SECRET, `paas login`, or `az login`",
    next: "`paas login`",
  },
];
