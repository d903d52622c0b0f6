import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { assertPlannable, assertProviders, fullAddress, providersOf } from "../../src/terraform/providers.js";
import { synthesise } from "../../src/terraform/synth.js";
import { environment, INFRA, inFolder, NODE_MODULES, PLATFORM, run } from "../infra/synthesised.js";
import { appears } from "./work-folder.js";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CONTENT = { schemaVersion: 1, stack: "environment", environment: environment(), platform: PLATFORM };

afterEach(() => vi.unstubAllEnvs());

test("tells what Terraform and the provider need to know", async () => {
  await inFolder(async (folder) => {
    const synthesis = await run(folder, CONTENT);
    expect(synthesis).toEqual({
      file: path.join(folder, "work", "cdk.tf.json"),
      folder: expect.any(String),
      resourceTypes: ["azurerm_container_app", "azurerm_resource_group", "azurerm_user_assigned_identity"],
      providers: ["registry.terraform.io/hashicorp/azurerm"],
      unread: [],
      bindings: expect.stringMatching(/node_modules.@cdktf.provider-azurerm$/),
    });
    const [inWork, alone] = [synthesis.file, path.join(synthesis.folder, "cdk.tf.json")];
    expect(fs.readFileSync(alone, "utf8")).toBe(fs.readFileSync(inWork, "utf8"));
  });
});

test("leaves the app's folder as it was", async () => {
  await inFolder(async (folder) => {
    const infra = app(folder, {});
    const before = listing(infra);
    await run(folder, CONTENT, infra);
    expect(listing(infra)).toEqual(before);
  });
});

test("gives the app nothing of the user's environment", async () => {
  vi.stubEnv("AZURE_CLIENT_SECRET", "canary-5d1");
  vi.stubEnv("NODE_OPTIONS", "--no-such-option");
  await inFolder(async (folder) => {
    const show = `require("node:fs").writeFileSync(process.env.HOME + "/seen.json", JSON.stringify(process.env));\n`;
    const infra = app(folder, { "main.ts": `${show}${template("main.ts")}` });
    await run(folder, CONTENT, infra);
    const seen = JSON.parse(fs.readFileSync(path.join(folder, "work", "synth", "home", "seen.json"), "utf8")) as object;
    expect(Object.keys(seen).sort()).toEqual([
      "CDKTF_OUTDIR",
      "CHECKPOINT_DISABLE",
      "HOME",
      "PAAS_ENVIRONMENT_FILE",
      "PATH",
    ]);
  });
});

test("takes packages from the given folder, whatever lies beside the app", async () => {
  await inFolder(async (folder) => {
    const infra = app(folder, { "node_modules/cdktf/index.js": `throw new Error("the wrong cdktf")` });
    await expect(run(folder, CONTENT, infra)).resolves.toMatchObject({ providers: [expect.any(String)] });
  });
});

test("files that the stack refers to go into the work folder with it", async () => {
  await inFolder(async (folder) => {
    const asset = `new TerraformAsset(this, "site", { path: "site", type: AssetType.ARCHIVE, assetHash: "1" });`;
    const stack = `import { AssetType, TerraformAsset } from "cdktf";\n${template("environment-stack.ts")}`;
    const infra = app(folder, {
      "environment-stack.ts": stack.replace("    const hosts", `    ${asset}\n    const hosts`),
      "site/index.html": "<h1>hello</h1>",
    });
    await run(folder, CONTENT, infra);
    const archive = path.join(folder, "work", "assets", "site", "1", "archive.zip");
    expect(fs.readFileSync(archive).subarray(0, 2).toString()).toBe("PK");
  });
});

describe("an app that fails", () => {
  let stack: string[];
  beforeEach(() => {
    stack = template("environment-stack.ts").split("\n");
  });

  test("is told with file and line of the user's TypeScript", async () => {
    const line = stack.findIndex((text) => text.includes("useAzure(this")) + 1;
    stack.splice(line - 1, 0, `    if (!environment.tags.owner) throw new Error("every environment needs an owner");`);
    await expectFailure(
      { "environment-stack.ts": stack.join("\n") },
      {
        message: `infra/environment-stack.ts:${line}: every environment needs an owner`,
        details: [],
        next: "mend infra/ and run again",
      },
    );
  });

  test("is told with the user's line when a library throws", async () => {
    const line = stack.findIndex((text) => text.includes("const hosts")) + 1;
    stack.splice(line - 1, 0, `    new TerraformOutput(this, "group", { value: 1 });`);
    await expectFailure(
      { "environment-stack.ts": stack.join("\n") },
      {
        message: expect.stringMatching(
          new RegExp(`^infra/environment-stack.ts:${line}: .*already a Construct with name 'group'`),
        ),
      },
    );
  });

  test.each([
    ["a syntax error", "const = 1;", /^infra\/main\.ts:1: Expected identifier/],
    ["an import that is not there", `import "./gone";`, /^infra\/main\.ts:1: Could not resolve "\.\/gone"/],
    ["a package that is not installed", `import "left-pad";`, /^infra\/main\.ts:1: Could not resolve "left-pad"/],
  ])("%s is told with file and line", async (_, line, detail) => {
    await expectFailure({ "main.ts": `${line}\n${template("main.ts")}` }, { details: [expect.stringMatching(detail)] });
  });

  test.each([
    ["no stack", "", "made 0 stacks"],
    ["two stacks", 'new PlatformStack(app, "b", file.platform as never);\napp.synth();', "made 2 stacks"],
  ])("making %s is told", async (_, end, message) => {
    const main = template("main.ts").replace("app.synth();", end);
    const content = { ...CONTENT, platform: { ...PLATFORM, names: NAMES, tags: {}, location: "westeurope" } };
    await expectFailure({ "main.ts": main }, { message: expect.stringContaining(message) }, content);
  });

  test("ends with the run when the user stops it", async () => {
    await inFolder(async (folder) => {
      const started = path.join(folder, "work", "synth", "home", "started");
      const wait = `require("node:fs").writeFileSync(process.env.HOME + "/started", String(process.pid)); for (;;);\n`;
      const infra = app(folder, { "main.ts": wait });
      const abort = new AbortController();
      const ended = synthesise({
        infra,
        work: path.join(folder, "work"),
        environmentFile: "unread.json",
        nodeModules: NODE_MODULES,
        signal: abort.signal,
      });
      await appears(started);
      abort.abort();
      await expect(ended).rejects.toMatchObject({ code: "interrupted", exit: 130 });
    });
  });

  test("leaves no result of an earlier run behind", async () => {
    await inFolder(async (folder) => {
      const { file } = await run(folder, CONTENT);
      await expect(run(folder, { ...CONTENT, schemaVersion: 9 })).rejects.toThrow("schemaVersion");
      expect(fs.existsSync(file)).toBe(false);
    });
  });
});

test.each([
  ["azurerm", "registry.terraform.io/hashicorp/azurerm"],
  ["hashicorp/azurerm", "registry.terraform.io/hashicorp/azurerm"],
  ["Azure/azapi", "registry.terraform.io/azure/azapi"],
  ["example.com/team/thing", "example.com/team/thing"],
])("provider %s is %s in full", (source, full) => {
  expect(fullAddress(source)).toBe(full);
});

describe("providers that a cloud does not serve", () => {
  const azurerm = "registry.terraform.io/hashicorp/azurerm";

  test("are refused by name before Terraform runs", async () => {
    await inFolder(async (folder) => {
      const other = `this.addOverride("terraform.required_providers.random", { source: "hashicorp/random" });`;
      const text = template("environment-stack.ts").replace("    const hosts", `    ${other}\n    const hosts`);
      const synthesis = await run(folder, CONTENT, app(folder, { "environment-stack.ts": text }));
      expect(() => assertProviders(synthesis, [azurerm])).toThrow(
        expect.objectContaining({
          code: "provider-not-served",
          message: "infra/ uses a provider that this cloud does not serve: registry.terraform.io/hashicorp/random",
        }),
      );
      expect(() => assertProviders(synthesis, null)).not.toThrow();
    });
  });

  test("are none when all are served", () => {
    expect(() => assertProviders({ providers: [azurerm] }, [azurerm])).not.toThrow();
  });
});

describe("a plan of a pull request", () => {
  const proposed = async (override: string) => {
    let refused: unknown = null;
    await inFolder(async (folder) => {
      const text = template("environment-stack.ts").replace("    const hosts", `    ${override}\n    const hosts`);
      const synthesis = await run(folder, CONTENT, app(folder, { "environment-stack.ts": text }));
      try {
        assertPlannable(synthesis);
      } catch (error) {
        refused = error;
      }
    });
    return refused;
  };

  test("runs what azurerm and Terraform itself make", async () => {
    expect(await proposed(`this.addOverride("resource.terraform_data.own", { input: "1" });`)).toBeNull();
  });

  test.each([
    ["a provider that is named", `this.addOverride("terraform.required_providers.random", { source: "x/random" });`],
    ["the data source external", `this.addOverride("data.external.run", { program: ["sh"] });`],
    ["the data source http", `this.addOverride("data.http.tell", { url: "https://example.com" });`],
    ["a module", `this.addOverride("module.more", { source: "./more" });`],
    [
      "a file of its own",
      `const place = process.env.CDKTF_OUTDIR + "/stacks/" + id;
    require("node:fs").mkdirSync(place, { recursive: true });
    require("node:fs").writeFileSync(place + "/more.tf.json", "{}");`,
    ],
  ])("is refused for %s", async (_, override) => {
    expect(await proposed(override)).toMatchObject({ code: "provider-not-planned", exit: 5 });
  });
});

test.each<[string, unknown, string[]]>([
  ["nothing", {}, []],
  ["types without a word on their provider", { resource: { random_id: {} }, data: { http: {} } }, ["http", "random"]],
  ["what is built in", { resource: { terraform_data: {} } }, []],
  ["ephemeral resources", { ephemeral: { vault_token: {} } }, ["vault"]],
  ["data sources of checks", { check: { up: { data: { http: {} } } } }, ["http"]],
  ["a provider's own block", { provider: { external: [{}] } }, ["external"]],
  ["lists of blocks", { data: [{ external: {} }, { http: {} }] }, ["external", "http"]],
])("providers are read from %s", (_, configuration, names) => {
  const { providers } = providersOf(configuration, []);
  expect(providers).toEqual(names.map((name) => `registry.terraform.io/hashicorp/${name}`));
});

test.each([
  [{ required_providers: { azurerm: { source: "evil/azurerm" } } }],
  [[{ required_providers: [{ azurerm: { source: "evil/azurerm" } }] }]],
])("a provider of another house is not taken for azurerm, however it is written", (terraform) => {
  const { providers } = providersOf({ terraform, resource: { azurerm_resource_group: {} } }, []);
  expect(providers).toEqual(["registry.terraform.io/evil/azurerm"]);
});

const NAMES = { logAnalytics: "l", containerAppEnvironment: "c", containerRegistry: "r", pullIdentity: "p" };

/** A copy of the template with some files changed. */
function app(folder: string, files: Record<string, string>): string {
  const infra = path.join(folder, "infra");
  fs.cpSync(INFRA, infra, { recursive: true, filter: (source) => path.basename(source) !== "node_modules" });
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(infra, name)), { recursive: true });
    fs.writeFileSync(path.join(infra, name), text);
  }
  return infra;
}

async function expectFailure(
  files: Record<string, string>,
  expected: object,
  content: object = CONTENT,
): Promise<void> {
  await inFolder(async (folder) => {
    const error: unknown = await run(folder, content, app(folder, files)).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: "synth-failed", ...expected });
  });
}

function template(name: string): string {
  return fs.readFileSync(path.join(INFRA, name), "utf8");
}

function listing(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return entries.map((entry) => `${entry} ${fs.statSync(path.join(folder, entry)).mtimeMs}`);
}
