import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readCliPackage } from "../../src/scaffold/cli-package.js";
import { type VendoredCli, vendorCli } from "../../src/scaffold/vendor.js";
import { writeCliPackage } from "../helpers/cli-package.js";
import { temporaryFolder, writeFiles } from "../helpers/repository.js";

function vendored(root: string, cli: string): VendoredCli {
  return vendorCli(root, readCliPackage(cli));
}

function put(root: string, file: string, bytes: Buffer): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), bytes);
}

test("the same content gives the same name and the same bytes, wherever and whenever", () => {
  const root = temporaryFolder("root-");
  const one = writeCliPackage(temporaryFolder("cli-"));
  const other = writeCliPackage(temporaryFolder("elsewhere-"));
  fs.utimesSync(path.join(other, "LICENSE"), 1, 1);
  fs.chmodSync(path.join(other, "LICENSE"), 0o600);
  const [first, second] = [vendored(root, one), vendored(root, other)];
  expect(second.path).toBe(first.path);
  expect(first.path).toMatch(/^infra\/vendor\/paas-cli-0\.1\.0-[0-9a-f]{8}\.tgz$/);
  expect(second.bytes.equals(first.bytes)).toBe(true);
});

test("other content has another name", () => {
  const root = temporaryFolder("root-");
  const one = writeCliPackage(temporaryFolder("cli-"));
  const other = writeCliPackage(temporaryFolder("cli-"), "0.1.0", "another");
  expect(vendored(root, other).path).not.toBe(vendored(root, one).path);
});

test("holds what is published, as npm unpacks it, with the command executable", () => {
  const cli = writeCliPackage(temporaryFolder("cli-"));
  const { bytes } = vendored(temporaryFolder("root-"), cli);
  const folder = temporaryFolder("unpacked-");
  execFileSync("tar", ["-xz", "-C", folder], { input: bytes });
  const files = fs.readdirSync(path.join(folder, "package"), { recursive: true }).sort();
  expect(files).toEqual(
    [
      "LICENSE",
      "bin",
      "bin/paas.js",
      "package.json",
      "templates",
      "templates/cli",
      "templates/cli/packages.json",
    ].sort(),
  );
  const read = (top: string) => fs.readFileSync(path.join(top, "bin/paas.js"), "utf8");
  expect(read(path.join(folder, "package"))).toBe(read(cli));
  expect(fs.statSync(path.join(folder, "package", "bin/paas.js")).mode & 0o111).not.toBe(0);
});

test("a package that is there is used as it is, however it was compressed, and its own hash is pinned", () => {
  const root = temporaryFolder("root-");
  const cli = writeCliPackage(temporaryFolder("cli-"));
  const { path: file, bytes, present } = vendored(root, cli);
  expect(present).toBe(false);
  const otherwise = gzipSync(gunzipSync(bytes), { level: 1 });
  expect(otherwise.equals(bytes)).toBe(false);
  put(root, file, otherwise);
  const again = vendored(root, cli);
  expect(again.present).toBe(true);
  expect(again.release.entry).toMatchObject({
    version: "0.1.0",
    resolved: file.replace("infra/", "file:"),
    integrity: `sha512-${createHash("sha512").update(otherwise).digest("base64")}`,
    bin: { paas: "bin/paas.js" },
  });
});

test.each([
  ["half a package", (bytes: Buffer) => bytes.subarray(0, 100)],
  ["another one", () => gzipSync("other")],
  ["an empty file", () => Buffer.alloc(0)],
])("%s under its name is not taken for it", (_, broken) => {
  const root = temporaryFolder("root-");
  const cli = writeCliPackage(temporaryFolder("cli-"));
  const { path: file, bytes } = vendored(root, cli);
  put(root, file, broken(bytes));
  expect(vendored(root, cli).present).toBe(false);
});

test("other versions are stale, other files are not ours", () => {
  const root = temporaryFolder("root-");
  const mine = { "paas-cli-0.0.9-0a1b2c3d.tgz": "", "other-1.0.0.tgz": "", "paas-cli-notes.md": "" };
  writeFiles(path.join(root, "infra/vendor"), mine);
  const { stale } = vendored(root, writeCliPackage(temporaryFolder("cli-")));
  expect(stale).toEqual(["infra/vendor/paas-cli-0.0.9-0a1b2c3d.tgz"]);
});

test("sources without a build have nothing to vendor, and say what to do", () => {
  const cli = writeCliPackage(temporaryFolder("cli-"));
  fs.rmSync(path.join(cli, "bin"), { recursive: true });
  expect(() => readCliPackage(cli)).toThrow(
    expect.objectContaining({ code: "not-built", next: expect.stringContaining("npm run build") }),
  );
});
