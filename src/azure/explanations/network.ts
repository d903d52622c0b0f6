import type { Explained } from "./explained.js";

const row = { code: "unreachable" };

/** Requests that got no answer: codes of Node's sockets, in SDK errors. */
export const NETWORK: readonly Explained[] = [
  {
    ...row,
    codes: ["ENOTFOUND", "EAI_AGAIN"],
    reads: [/(?:ENOTFOUND|EAI_AGAIN) (?<host>[\w.-]+)/],
    means: "there is no address for {host|Azure's host name}: no network, or no such account",
    next: "look at the network and at HTTPS_PROXY; a storage account or vault that was deleted loses its name, too",
  },
  {
    ...row,
    codes: ["ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH", "EPIPE", "REQUEST_SEND_ERROR"],
    reads: [/(?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) (?<address>[\w.:-]*[\w-])/],
    means: "{address|the other side} does not answer, or the connection broke",
    next: "look at the network and at HTTPS_PROXY (with the local cloud: `paas local status`), then run again",
  },
  {
    ...row,
    codes: [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    ],
    means: "somebody on the way answers with a certificate of their own: a company's proxy",
    allowed: "certificates that Node trusts, and those of NODE_EXTRA_CA_CERTS",
    next: "set NODE_EXTRA_CA_CERTS (and SSL_CERT_FILE for Terraform) to the company's root certificate",
  },
];
