import fs from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { registerConfig } from "../../src/commands/config.js";
import { config } from "../../src/commands/config.run.js";
import { registerName } from "../../src/commands/name.js";
import { name } from "../../src/commands/name.run.js";
import { registerValidate } from "../../src/commands/validate.js";
import { validate } from "../../src/commands/validate.run.js";
import { type Workbench, workbench } from "./repository.js";

const MANIFEST = `name: shop
id: 7kq2mzt5abcdefghijklmnopqr
location: westeurope
services:
  web: { runtime: node, port: 3000, env: { LEVEL: info } }
environments:
  alice: { protected: false, ttl: 7d, services: { web: { env: { LEVEL: debug } } } }
  prod: { branch: main }
`;

const opened: Workbench[] = [];
afterEach(() => {
  for (const bench of opened.splice(0)) bench.remove();
});

function open(manifest = MANIFEST, variables: NodeJS.ProcessEnv = {}): Workbench {
  const bench = workbench({ "paas.yaml": manifest }, variables);
  opened.push(bench);
  return bench;
}

describe("argv", () => {
  type Register = (program: Command, tools: Workbench["tools"], action: () => Promise<void>) => void;
  const rows: [register: Register, argv: string, options: object][] = [
    [registerValidate, "validate", {}],
    [registerValidate, "validate --json", { json: true }],
    [registerName, "name env-Alice", { branch: "env-Alice" }],
    [registerName, "name env-a --json", { branch: "env-a", json: true }],
    [registerConfig, "config", {}],
    [registerConfig, "config alice --json", { environment: "alice", json: true }],
    [registerConfig, "config env-a --environment-file", { environment: "env-a", environmentFile: true }],
  ];

  it.each(rows)("%o %s", async (register, argv, options) => {
    const { tools } = open();
    const run = vi.fn(async () => {});
    const program = new Command().exitOverride();
    register(program, tools, run);
    await program.parseAsync(argv.split(" "), { from: "user" });
    expect(run).toHaveBeenCalledExactlyOnceWith(options, tools);
  });
});

describe("validate", () => {
  it("says that a manifest is valid", async () => {
    const { tools, printed } = open();
    await validate({}, tools);
    expect(printed.stdout).toBe("paas.yaml is valid: project shop, 1 service\n");
  });

  it("prints one JSON document", async () => {
    const { tools, printed } = open();
    await validate({ json: true }, tools);
    expect(JSON.parse(printed.stdout)).toMatchObject({
      schemaVersion: 1,
      cloud: "local",
      valid: true,
      file: "paas.yaml",
      project: "shop",
      services: ["web"],
    });
  });

  it("reports every problem of the working tree, committed or not", async () => {
    const { tools, root } = open();
    fs.writeFileSync(path.join(root, "paas.yaml"), MANIFEST.replace("port: 3000", "prot: 3000").replace("7d", "7x"));
    await expect(validate({}, tools)).rejects.toMatchObject({
      code: "manifest-invalid",
      exit: 2,
      details: [
        expect.stringMatching(/^paas\.yaml:5:25 {2}services\.web\.prot: unknown key; did you mean "port"\?/),
        expect.stringMatching(/^paas\.yaml:7:35 {2}environments\.alice\.ttl: found "7x"/),
      ],
    });
  });

  it("names the missing file", async () => {
    const bare = workbench({});
    opened.push(bare);
    await expect(validate({}, bare.tools)).rejects.toMatchObject({ code: "manifest-missing", exit: 2 });
  });
});

describe("name", () => {
  const rows: [branch: string, id: RegExp][] = [
    ["env-alice", /^alice\n$/],
    ["env-Alice", /^alice-[2-7][a-z2-7]{7}\n$/],
    ["main", /^prod\n$/],
    ["pr-12", /^pr-12\n$/],
    ["env-$(touch x)", /^touch-x-[2-7][a-z2-7]{7}\n$/],
  ];
  it.each(rows)("%s", async (branch, id) => {
    const { tools, printed } = open();
    await name({ branch }, tools);
    expect(printed.stdout).toMatch(id);
    expect(printed.stderr).toBe("");
  });

  it("prints names of the environment under the empty key, of services under theirs", async () => {
    const { tools, printed } = open();
    await name({ branch: "env-alice", json: true }, tools);
    const document = JSON.parse(printed.stdout);
    expect(document).toMatchObject({
      schemaVersion: 1,
      cloud: "local",
      branch: "env-alice",
      envId: "alice",
      resourceGroup: "rg-shop-alice",
      stateKey: "state/alice.tfstate",
      names: { "": { resourceGroup: "rg-shop-alice", identity: "id-shop-alice" } },
    });
    expect(Object.keys(document.names)).toEqual(["", "web"]);
    expect(document.names.web.containerApp).toMatch(/^ca-shop-alice-web-[a-z2-7]{8}$/);
    expect(document.names[""]).not.toHaveProperty("containerApp");
  });

  it("refuses what is no environment's branch", async () => {
    const { tools } = open();
    await expect(name({ branch: "env-" }, tools)).rejects.toMatchObject({ code: "branch-name-empty", exit: 2 });
    await expect(name({ branch: "feature" }, tools)).rejects.toMatchObject({
      code: "branch-not-an-environment",
      exit: 2,
    });
  });
});

describe("config", () => {
  it("prints the merged manifest", async () => {
    const { tools, printed } = open();
    await config({ environment: "alice" }, tools);
    expect(printed.stdout).toBe(`name: shop
id: 7kq2mzt5abcdefghijklmnopqr
location: westeurope
isolation: shared
tier: nonprod
protected: false
ttl: 7d
services:
  web:
    path: .
    runtime: node
    compute: container-app
    port: 3000
    internal: false
    cpu: 0.5
    memory: 1Gi
    scale:
      min: 0
      max: 3
    health: /
    startup: 60
    env:
      LEVEL: debug
    secrets: []
`);
  });

  it("takes the environment from PAAS_ENV, then from the current branch", async () => {
    const named = open(MANIFEST, { PAAS_ENV: "alice" });
    await config({}, named.tools);
    expect(parse(named.printed.stdout).services.web.env).toEqual({ LEVEL: "debug" });

    const current = open();
    await config({}, current.tools);
    expect(parse(current.printed.stdout)).toMatchObject({ tier: "prod", protected: true, ttl: "never" });
  });

  it("prints one JSON document", async () => {
    const { tools, printed } = open();
    await config({ environment: "env-alice", json: true }, tools);
    expect(JSON.parse(printed.stdout)).toMatchObject({
      schemaVersion: 1,
      cloud: "local",
      envId: "alice",
      branch: "env-alice",
      settings: { tier: "nonprod", ttl: 604_800_000, services: [{ name: "web", env: { LEVEL: "debug" } }] },
    });
  });

  it("believes the default branch about protection, the working tree about the rest", async () => {
    const { tools, printed, root, git } = open();
    git("switch", "--quiet", "--create", "env-alice");
    const pushed = MANIFEST.replace("protected: false, ttl: 7d,", "protected: true, tier: prod,").replace(
      "3000",
      "4000",
    );
    fs.writeFileSync(path.join(root, "paas.yaml"), pushed);
    await config({}, tools);
    const shown = parse(printed.stdout);
    expect(shown).toMatchObject({ protected: false, tier: "nonprod", services: { web: { port: 4000 } } });
  });

  it("prints the file that infra/ reads", async () => {
    const { tools, printed } = open();
    await config({ environment: "env-Alice", environmentFile: true }, tools);
    const file = JSON.parse(printed.stdout);
    expect(file).toMatchObject({
      schemaVersion: 1,
      stack: "environment",
      environment: { branch: "env-Alice", generation: 0, services: [{ name: "web" }] },
      platform: { resourceGroup: "rg-shop-platform-nonprod", tenantId: "00000000-0000-4000-8000-0000000000ff" },
    });
    expect(Object.keys(file)).toEqual(["schemaVersion", "stack", "environment", "platform"]);
  });

  it("cannot print that file from a hashed id, which does not tell its branch", async () => {
    const { tools } = open();
    const refusal = expect.objectContaining({ code: "branch-needed", exit: 2 });
    await expect(config({ environment: "alice-2abcdefg", environmentFile: true }, tools)).rejects.toEqual(refusal);
  });
});
