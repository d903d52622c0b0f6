import fs from "node:fs";
import path from "node:path";
import { PaasError } from "../../errors.js";
import { parseBinding, readBinding } from "./bindings.js";
import type { TypeSchema } from "./schema.js";

/** Counts the changes of what is parsed out of the bindings: schemas kept by another version are parsed again. */
const PARSER_VERSION = 2;

type Kept = { parser: number; bindingsVersion: string; schemas: TypeSchema[] };

/**
 * The schemas that the simulated provider serves: those of the types that were asked for so far, because Terraform
 * reads all of them at every start and the whole provider has 1,500. They are kept in a folder, so that an environment
 * can be destroyed when the bindings it was made with are gone.
 */
export class SchemaLibrary {
  readonly #folder: string;
  /** By file name: `resource-group`, `data-azurerm-resource-group`, `provider`. */
  readonly #schemas = new Map<string, TypeSchema>();
  /** Version of the bindings that all schemas came from. */
  #bindingsVersion = "";

  /** Opens the library kept in `folder`, which is made when something is first kept there. */
  constructor(folder: string) {
    this.#folder = folder;
    const kept = readKept(this.#file);
    if (kept?.parser !== PARSER_VERSION) return;
    this.#bindingsVersion = kept.bindingsVersion;
    for (const schema of kept.schemas) this.#schemas.set(bindingName(schema), schema);
  }

  /**
   * Makes sure that the resources and data sources of these types are served. A type that the bindings do not know is
   * left for Terraform to refuse.
   * @param types Terraform types, `azurerm_container_app`
   * @param bindings folder of `@cdktf/provider-azurerm`; null = only what is kept
   * @throws PaasError `provider-schema-missing` when a type is not kept and there are no bindings
   */
  ensure(types: string[], bindings: string | null): void {
    if (bindings === null) {
      this.#requireKept(types);
      return;
    }
    const version = versionOf(bindings);
    const known = version === this.#bindingsVersion ? new Set(this.#schemas.keys()) : new Set<string>();
    // After an upgrade of the bindings everything kept is parsed again: schemas of two versions do not mix.
    const wanted = new Set(["provider", ...types.flatMap(bindingNames), ...this.#schemas.keys()]);
    const missing = [...wanted].filter((name) => !known.has(name));
    const found = missing.flatMap((name) => parseNamed(bindings, name));
    if (found.length === 0) return;
    for (const schema of found) this.#schemas.set(bindingName(schema), schema);
    this.#bindingsVersion = version;
    this.#keep();
  }

  /** What is served now: the provider's own schema, resources and data sources. */
  current(): TypeSchema[] {
    return [...this.#schemas.values()];
  }

  get #file(): string {
    return path.join(this.#folder, "schemas.json");
  }

  #requireKept(types: string[]): void {
    const missing = types.filter((type) => !bindingNames(type).some((name) => this.#schemas.has(name)));
    if (missing.length === 0 && this.#schemas.has("provider")) return;
    throw new PaasError("provider-schema-missing", "the local cloud does not know the resource types of this stack", {
      details: missing,
      next: "install the packages of infra/ (npm ci --prefix infra) and run the command again",
    });
  }

  #keep(): void {
    const kept: Kept = { parser: PARSER_VERSION, bindingsVersion: this.#bindingsVersion, schemas: this.current() };
    fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const next = `${this.#file}.${process.pid}.next`;
    fs.writeFileSync(next, JSON.stringify(kept), { mode: 0o600 });
    fs.renameSync(next, this.#file);
  }
}

function readKept(file: string): Kept | undefined {
  if (!fs.existsSync(file)) return undefined;
  return JSON.parse(fs.readFileSync(file, "utf8")) as Kept;
}

function versionOf(bindings: string): string {
  const manifest = JSON.parse(fs.readFileSync(path.join(bindings, "package.json"), "utf8")) as { version: string };
  return manifest.version;
}

function parseNamed(bindings: string, name: string): TypeSchema[] {
  const source = readBinding(bindings, name);
  return source === undefined ? [] : [parseBinding(source)];
}

/** A Terraform type is a resource, a data source or both; what is no type of this provider has no binding. */
function bindingNames(type: string): string[] {
  if (!/^azurerm_[a-z0-9_]+$/.test(type)) return [];
  const name = type.replace(/^azurerm_/, "").replaceAll("_", "-");
  return [name, `data-azurerm-${name}`];
}

function bindingName(schema: TypeSchema): string {
  if (schema.kind === "provider") return "provider";
  const [resource = "", data = ""] = bindingNames(schema.type);
  return schema.kind === "resource" ? resource : data;
}
