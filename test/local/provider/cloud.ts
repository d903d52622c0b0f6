import { execFile } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { SchemaLibrary } from "../../../src/local/provider/schemas.js";
import { type ServedProvider, serveProvider } from "../../../src/local/provider/server.js";
import { Store } from "../../../src/local/store.js";

export const SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
export const TENANT = "00000000-0000-4000-8000-0000000000ff";
export const BINDINGS = path.dirname(createRequire(import.meta.url).resolve("@cdktf/provider-azurerm/package.json"));

/** Each of these tests runs Terraform several times, beside others. */
export const SLOW = { timeout: 60_000 };

export type Configuration = {
  provider?: Record<string, unknown>;
  resource?: Record<string, Record<string, Record<string, unknown>>>;
  data?: Record<string, Record<string, Record<string, unknown>>>;
  output?: Record<string, unknown>;
  variable?: Record<string, unknown>;
};

export type TerraformResult = { exitCode: number; output: string };

/** A served provider with its store, and folders in which the real Terraform runs against it. */
export class TestCloud {
  readonly store: Store;
  readonly schemas: SchemaLibrary;
  readonly folder: string;
  /** `<operation> <type> <name>` → message; while it is there, the operation fails. */
  readonly faults = new Map<string, string>();
  readonly vaults = new Map<string, Record<string, string>>();
  #served: ServedProvider | undefined;
  #projects = 0;

  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-provider-"));
    this.store = Store.open(this.folder);
    this.schemas = new SchemaLibrary(this.folder);
  }

  /** Serves the schemas of these types. */
  async start(types: string[]): Promise<this> {
    this.schemas.ensure(types, BINDINGS);
    this.#served = await serveProvider({
      store: this.store,
      socket: path.join(this.folder, "provider.sock"),
      schemas: this.schemas,
      subscriptionId: SUBSCRIPTION,
      tenantId: TENANT,
      fqdnOf: (app) => `${app.attributes.name}.test.localhost`,
      vaultValues: (vaultId) => this.vaults.get(vaultId) ?? {},
      fault: (operation, type, name) => this.faults.get(`${operation} ${type} ${name}`),
    });
    return this;
  }

  /** A folder with a configuration and, later, its state. */
  project(configuration: Configuration): Project {
    if (this.#served === undefined) throw new Error("the cloud is not started");
    const project = new Project(path.join(this.folder, `project-${++this.#projects}`), this.#served.reattach);
    project.write(configuration);
    return project;
  }

  async stop(): Promise<void> {
    await this.#served?.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Project {
  readonly folder: string;
  readonly #environment: Record<string, string>;

  constructor(folder: string, reattach: Record<string, unknown>) {
    this.folder = folder;
    this.#environment = {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      TF_REATTACH_PROVIDERS: JSON.stringify(reattach),
    };
    fs.mkdirSync(folder, { recursive: true });
  }

  write({ provider = { features: {} }, ...rest }: Configuration): void {
    const terraform = { required_providers: { azurerm: { source: "hashicorp/azurerm" } } };
    const blocks = Object.entries(rest).filter(([, block]) => block !== undefined && Object.keys(block).length > 0);
    const document = { terraform, provider: { azurerm: provider }, ...Object.fromEntries(blocks) };
    fs.writeFileSync(path.join(this.folder, "main.tf.json"), JSON.stringify(document));
  }

  /** Runs Terraform; its output is one line of text, without the frames around errors. */
  async terraform(...words: string[]): Promise<TerraformResult> {
    const [command = "", ...flags] = words;
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: this.#environment, maxBuffer: 32 * 1024 * 1024 };
      execFile("terraform", [command, "-no-color", ...flags], options, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : Number(error.code ?? 1);
        resolve({ exitCode, output: flatten(stdout + stderr) });
      });
    });
  }

  /** Runs Terraform and returns its output. @throws Error with the output when it fails */
  async succeed(...words: string[]): Promise<string> {
    const { exitCode, output } = await this.terraform(...words);
    if (exitCode !== 0) throw new Error(`terraform ${words.join(" ")} ended with ${exitCode}: ${output}`);
    return output;
  }

  async apply(): Promise<TerraformResult> {
    return this.terraform("apply", "-auto-approve", "-input=false");
  }

  /** The resources in the state: address → values. */
  async state(): Promise<Record<string, Record<string, unknown>>> {
    const { output } = await this.terraform("show", "-json");
    const shown = JSON.parse(output) as {
      values?: { root_module: { resources?: { address: string; values: Record<string, unknown> }[] } };
    };
    const resources = shown.values?.root_module.resources ?? [];
    return Object.fromEntries(resources.map(({ address, values }) => [address, values]));
  }
}

function flatten(text: string): string {
  return text.replace(/[╷│╵]/g, " ").replace(/\s+/g, " ").trim();
}
