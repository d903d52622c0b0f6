import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readCliPackage } from "../../src/scaffold/cli-package.js";
import { pinInLock, pinInManifest } from "../../src/scaffold/cli-pin.js";
import { vendorCli } from "../../src/scaffold/vendor.js";
import { pinnedCli } from "../../src/terraform/pinned-cli.js";
import { writeCliPackage } from "../helpers/cli-package.js";
import { temporaryFolder } from "../helpers/repository.js";

const MANIFEST = JSON.stringify({ name: "infra", dependencies: {} });
const LOCK = JSON.stringify({
  name: "infra",
  lockfileVersion: 3,
  packages: { "": { name: "infra", dependencies: {} } },
});

/** A repository whose `infra/` pins a package of this version, as `init` vendors it. */
function vendored(version: string) {
  const root = temporaryFolder("vendored-");
  const {
    release,
    path: file,
    bytes,
  } = vendorCli(root, readCliPackage(writeCliPackage(temporaryFolder("cli-"), version)));
  const infra = path.join(root, "infra");
  fs.mkdirSync(path.join(infra, "vendor"), { recursive: true });
  fs.writeFileSync(path.join(root, file), bytes);
  fs.writeFileSync(path.join(infra, "package.json"), pinInManifest(MANIFEST, release) ?? "");
  fs.writeFileSync(path.join(infra, "package-lock.json"), pinInLock(LOCK, release) ?? "");
  return { infra, tarball: path.join(root, file) };
}

const own = path.resolve(import.meta.dirname, "../..");

test("a vendored one is unpacked once, finds what it needs, and says its version", async () => {
  const { infra } = vendored("7.8.9");
  const cache = path.join(temporaryFolder("cache-"), "cli");
  const found = await pinnedCli({ infra, cache, own });
  expect(found).toMatchObject({ version: "7.8.9 hello" });
  const folder = found?.folder ?? "";
  expect(fs.statSync(path.join(folder, "bin/paas.js")).mode & 0o777).toBe(0o755);
  expect(fs.existsSync(path.join(folder, "..", "esbuild", "package.json"))).toBe(true);

  fs.writeFileSync(path.join(folder, "mark"), "");
  await Promise.all([pinnedCli({ infra, cache, own }), pinnedCli({ infra, cache, own })]);
  expect(fs.existsSync(path.join(folder, "mark"))).toBe(true);
  expect(fs.readdirSync(cache)).toHaveLength(1);
});

test("one that is not what the lock file says is refused", async () => {
  const { infra, tarball } = vendored("7.8.9");
  fs.appendFileSync(tarball, "more");
  const cache = path.join(temporaryFolder("cache-"), "cli");
  await expect(pinnedCli({ infra, cache, own })).rejects.toMatchObject({ code: "cli-not-intact" });
  expect(fs.existsSync(cache)).toBe(false);
});

test.each([
  ["of this version is this program", "7.8.9", true],
  ["of another version is not at hand", "7.8.10", false],
])("one of the registry %s", async (_, version, expected) => {
  const me = writeCliPackage(temporaryFolder("own-"), "7.8.9");
  const infra = temporaryFolder("infra-");
  fs.writeFileSync(path.join(infra, "package.json"), JSON.stringify({ dependencies: { "paas-cli": version } }));
  const packages = { "node_modules/paas-cli": { version } };
  fs.writeFileSync(path.join(infra, "package-lock.json"), JSON.stringify({ lockfileVersion: 3, packages }));
  const found = await pinnedCli({ infra, cache: temporaryFolder("cache-"), own: me });
  expect(found).toEqual(expected ? { folder: me, version: "7.8.9 hello" } : null);
});

test("none is pinned", async () => {
  expect(await pinnedCli({ infra: temporaryFolder("infra-"), cache: "/nowhere", own })).toBeNull();
});
