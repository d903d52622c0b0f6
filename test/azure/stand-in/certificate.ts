import { constants, createHash, generateKeyPairSync, randomBytes, sign, verify, X509Certificate } from "node:crypto";
import * as der from "../../../src/local/certificate-der.js";

const SHA256_WITH_RSA = "1.2.840.113549.1.1.11";
const COMMON_NAME = "2.5.4.3";
const DAY = 24 * 60 * 60 * 1000;

/** A certificate of an application, and the file that holds it with its key, both as PEM: what Azure's SDKs read. */
export function makeApplicationCertificate(): { certificate: string; file: string } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const algorithm = der.sequence(der.objectId(SHA256_WITH_RSA));
  const name = der.sequence(der.set(der.sequence(der.objectId(COMMON_NAME), der.text("deployer of the shop"))));
  const now = Date.now();
  const content = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))), // version 3
    der.integer(randomBytes(16)),
    algorithm,
    name,
    der.sequence(der.time(new Date(now - DAY)), der.time(new Date(now + 30 * DAY))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signed = der.sequence(content, algorithm, der.bitString(sign("sha256", content, privateKey)));
  const certificate = new X509Certificate(signed).toString();
  return { certificate, file: `${privateKey.export({ type: "pkcs8", format: "pem" })}${certificate}` };
}

/** The claims of an assertion that the key of this certificate has signed; null for any other. */
export function claimsSignedBy(certificate: string, assertion: string): Record<string, unknown> | null {
  const [head = "", body = "", signature = ""] = assertion.split(".");
  const { alg, "x5t#S256": thumbprint } = parsed(head) as { alg?: string; "x5t#S256"?: string };
  const { raw, publicKey } = new X509Certificate(certificate);
  if (thumbprint !== createHash("sha256").update(raw).digest("base64url") || alg !== "PS256") return null;
  // A salt as long as the digest: RFC 7518, section 3.5.
  const key = { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const good = verify("sha256", Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"));
  return good ? parsed(body) : null;
}

function parsed(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
}
