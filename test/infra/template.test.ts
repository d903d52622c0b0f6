import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { environment, INFRA, inFolder, NODE_MODULES, PLATFORM, run, service } from "./synthesised.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CONTENT = { schemaVersion: 1, stack: "environment", environment: environment(), platform: PLATFORM };

describe("the template as TypeScript", () => {
  test("is sound, and takes what paas writes", async () => {
    expect(await typeCheck({ "contract.ts": CONTRACT })).toBe("");
  });

  test("would not take anything else", async () => {
    const report = await typeCheck({ "contract.ts": `${CONTRACT}read[0] = { ...written, services: "none" };\n` });
    expect(report).toMatch(/contract\.ts.*'string' is not assignable to type 'Service\[\]'/);
  });
});

const SOURCES = fileURLToPath(new URL("../../src", import.meta.url));
const CONTRACT = `
import type { Environment as Written, Platform as WrittenPlatform } from "${SOURCES}/environment/environment.js" with { "resolution-mode": "import" };
import type { PlatformDescription as WrittenDescription } from "${SOURCES}/environment/platform.js" with { "resolution-mode": "import" };
import type { Environment, Platform, PlatformDescription } from "./environment";

declare const written: Written, platform: WrittenPlatform, description: WrittenDescription;
export const read: [Environment, Platform, PlatformDescription] = [written, platform, description];
`;

/** What the compiler says about the template with more files beside it. */
async function typeCheck(files: Record<string, string>): Promise<string> {
  return inFolder(async (folder) => {
    copyTemplate(folder, files);
    fs.symlinkSync(NODE_MODULES, path.join(folder, "node_modules"));
    const compiler = path.join(NODE_MODULES, "typescript", "bin", "tsc");
    const checked = promisify(execFile)(process.execPath, [compiler, "--noEmit", "-p", folder]);
    return checked.then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    );
  });
}

describe("what the template makes", () => {
  test("is the same text in another folder and at another time", async () => {
    const first = await inFolder((folder) => textOf(folder, CONTENT));
    const second = await inFolder((folder) => textOf(folder, CONTENT));
    expect(second).toBe(first);
    expect(first).not.toContain(INFRA);
  });

  test("does not change with the order of the file's keys", async () => {
    const reversed = Object.fromEntries(Object.entries(environment()).reverse());
    const [first, second] = await inFolder(async (folder) => [
      await textOf(folder, CONTENT),
      await textOf(folder, { ...CONTENT, environment: reversed }),
    ]);
    expect(second).toBe(first);
  });

  test("carries the environment's tags on what the user adds, over the user's own", async () => {
    const text = await inFolder(async (folder) => {
      const infra = path.join(folder, "infra");
      copyTemplate(infra, { "environment-stack.ts": withStorage(read("environment-stack.ts")) });
      return textOf(folder, CONTENT, infra);
    });
    const { resource } = JSON.parse(text) as { resource: { azurerm_storage_account: { files: { tags: unknown } } } };
    expect(resource.azurerm_storage_account.files.tags).toEqual({
      team: "blue",
      "paas-project": "shop",
      "paas-env": "alice",
    });
  });

  test.each([
    ["a name that is missing", { ...CONTENT, environment: environment({ names: {} }) }, 'no name for "identity"'],
    ["a newer schema", { ...CONTENT, schemaVersion: 2 }, "schemaVersion is 2, this app reads 1"],
    [
      "two services with one name",
      { ...CONTENT, environment: environment({ services: [service("web"), service("web")] }) },
      "already a Construct with name 'app-web'",
    ],
  ])("refuses %s", async (_, content, message) => {
    await expect(inFolder((folder) => run(folder, content))).rejects.toThrow(message);
  });
});

test("the lock file names no place on the network and pins what package.json pins", () => {
  const lock = JSON.parse(read("package-lock.json")) as { packages: Record<string, Record<string, unknown>> };
  const manifest = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  expect(Object.values(lock.packages).filter((entry) => "resolved" in entry)).toEqual([]);
  expect(manifest.dependencies).toEqual({
    "@cdktf/provider-azurerm": "14.23.1",
    cdktf: "0.21.0",
    constructs: "10.8.1",
  });
  for (const [name, version] of Object.entries(manifest.dependencies)) {
    expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
  }
});

async function textOf(folder: string, content: unknown, infra?: string): Promise<string> {
  const { file } = await run(folder, content, infra);
  return fs.readFileSync(file, "utf8");
}

function withStorage(stack: string): string {
  const account = `new StorageAccount(this, "files", {
      name: "stfiles", resourceGroupName: group.name, location: group.location,
      accountTier: "Standard", accountReplicationType: "LRS", tags: { team: "blue", "paas-env": "mine" },
    });`;
  return `import { StorageAccount } from "@cdktf/provider-azurerm/lib/storage-account";\n${stack.replace(
    "    const hosts",
    `    ${account}\n    const hosts`,
  )}`;
}

function read(name: string): string {
  return fs.readFileSync(path.join(INFRA, name), "utf8");
}

function copyTemplate(folder: string, files: Record<string, string>): void {
  fs.cpSync(INFRA, folder, { recursive: true, filter: (source) => path.basename(source) !== "node_modules" });
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
}
