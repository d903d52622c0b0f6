import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import tls from "node:tls";
import { expect, test } from "vitest";
import { makeCertificate, writeCertificate } from "../../../src/local/certificate.js";
import { integer, objectId } from "../../../src/local/certificate-der.js";

test("the certificate says what it may and nothing more", () => {
  const certificate = new X509Certificate(makeCertificate(new Date("2026-11-21T10:00:00Z")).cert);
  expect(certificate.subjectAltName?.split(", ")).toEqual([
    "DNS:*.blob.core.windows.net",
    "DNS:login.microsoftonline.com",
    "DNS:management.azure.com",
    "DNS:localhost",
    "IP Address:127.0.0.1",
  ]);
  expect(certificate.ca).toBe(false);
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.validFrom).toBe("Nov 20 10:00:00 2026 GMT");
  expect(certificate.validTo).toBe("Nov 21 10:00:00 2027 GMT");
});

test("every start has its own key and serial number", () => {
  const [one, other] = [makeCertificate(), makeCertificate()];
  expect(one.key).not.toBe(other.key);
  expect(new X509Certificate(one.cert).serialNumber).not.toBe(new X509Certificate(other.cert).serialNumber);
});

test("many certificates are all well-formed, whatever their random bytes", () => {
  for (let count = 0; count < 100; count++) {
    const { key, cert } = makeCertificate();
    expect(() => tls.createSecureContext({ key, cert })).not.toThrow();
  }
});

test("key and certificate are for the user alone", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "paas-tls-"));
  const certificate = makeCertificate();
  const { keyFile, certFile } = writeCertificate(path.join(folder, "new"), certificate);
  for (const file of [keyFile, certFile]) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(keyFile, "utf8")).toBe(certificate.key);
  rmSync(folder, { recursive: true });
});

test.each([
  ["2.5.29.17", "0603551d11"],
  ["1.2.840.10045.4.3.2", "06082a8648ce3d040302"],
  ["1.3.6.1.5.5.7.3.1", "06082b06010505070301"],
])("object identifier %s", (dotted, hex) => {
  expect(objectId(dotted).toString("hex")).toBe(hex);
});

test.each([
  ["00", "020100"],
  ["7f", "02017f"],
  ["80", "02020080"],
  ["0001", "020101"],
  ["00ff", "020200ff"],
])("integer %s", (bytes, hex) => {
  expect(integer(Buffer.from(bytes, "hex")).toString("hex")).toBe(hex);
});
