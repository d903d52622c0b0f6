import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import https from "node:https";
import path from "node:path";
import * as der from "./certificate-der.js";

/** Names under which the local cloud answers. */
const HOSTS = ["*.blob.core.windows.net", "login.microsoftonline.com", "management.azure.com", "localhost"];
const ADDRESSES = [[127, 0, 0, 1]];

const DAY = 24 * 60 * 60 * 1000;

const OID = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  basicConstraints: "2.5.29.19",
  keyUsage: "2.5.29.15",
  extendedKeyUsage: "2.5.29.37",
  subjectAltName: "2.5.29.17",
  serverAuth: "1.3.6.1.5.5.7.3.1",
};

/** A private key and its certificate, both as PEM text. */
export type Certificate = { key: string; cert: string };

/**
 * Makes a key and a certificate for the names of Azure that the local cloud plays. The certificate signs itself and is
 * its own trust anchor: whoever is given it trusts exactly this one server (it may sign nothing else), and no trust store
 * ever learns of it.
 * @param hosts names that it is good for
 */
export function makeCertificate(now = new Date(), hosts = HOSTS): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der.sequence(der.objectId(OID.ecdsaWithSha256));
  const name = der.sequence(
    der.set(der.sequence(der.objectId(OID.commonName), der.text("paas local cloud (simulated)"))),
  );
  const content = der.sequence(
    der.explicit(0, der.integer(Buffer.from([2]))), // version 3
    der.integer(randomBytes(16)),
    algorithm,
    name,
    der.sequence(der.time(new Date(now.getTime() - DAY)), der.time(new Date(now.getTime() + 365 * DAY))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der.explicit(3, der.sequence(...extensions(hosts))),
  );
  const signature = sign("sha256", content, privateKey);
  const certificate = der.sequence(content, algorithm, der.bitString(signature));
  return { key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert: pem(certificate) };
}

/** Writes the certificate (`tls.pem`, for `SSL_CERT_FILE`) and its key (`tls.key`) into `folder`, readable by the user alone. */
export function writeCertificate(folder: string, certificate: Certificate): { keyFile: string; certFile: string } {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keyFile = path.join(folder, "tls.key");
  const certFile = path.join(folder, "tls.pem");
  writeFileSync(keyFile, certificate.key, { mode: 0o600 });
  writeFileSync(certFile, certificate.cert, { mode: 0o600 });
  return { keyFile, certFile };
}

/**
 * Options that make any Azure SDK client trust the local cloud and go straight to it. The clients consult `HTTPS_PROXY`
 * only when no agent was given, so a company's proxy cannot hijack requests to this machine.
 * @param ca the local cloud's certificate, PEM
 */
export function localClientOptions(ca: string): { agent: https.Agent } {
  return { agent: new https.Agent({ ca, keepAlive: true }) };
}

function extensions(hosts: string[]): Buffer[] {
  const digitalSignature = der.bitString(Buffer.from([0x80]), 7);
  const names = [
    ...hosts.map((host) => der.tagged(2, Buffer.from(host))),
    ...ADDRESSES.map((bytes) => der.tagged(7, Buffer.from(bytes))),
  ];
  return [
    extension(OID.basicConstraints, der.sequence(), { critical: true }),
    extension(OID.keyUsage, digitalSignature, { critical: true }),
    extension(OID.extendedKeyUsage, der.sequence(der.objectId(OID.serverAuth))),
    extension(OID.subjectAltName, der.sequence(...names)),
  ];
}

function extension(id: string, value: Buffer, { critical = false } = {}): Buffer {
  return der.sequence(der.objectId(id), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}

function pem(certificate: Buffer): string {
  const lines = certificate.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
