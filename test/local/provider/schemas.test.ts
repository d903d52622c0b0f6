import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseBinding } from "../../../src/local/provider/bindings.js";
import { SchemaLibrary } from "../../../src/local/provider/schemas.js";
import { BINDINGS } from "./cloud.js";

let folder = "";
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "paas-schemas-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** `kind type`, of everything that is served. */
function served(library: SchemaLibrary): string[] {
  return library
    .current()
    .map(({ kind, type }) => `${kind} ${type}`)
    .sort();
}

function schemaOf(library: SchemaLibrary, type: string) {
  return library.current().find((schema) => schema.kind === "resource" && schema.type === type)?.block;
}

test("only what was asked for is served, as resource and as data source", () => {
  const library = new SchemaLibrary(folder);
  library.ensure(["azurerm_resource_group", "azurerm_client_config"], BINDINGS);
  expect(served(library)).toEqual([
    "data azurerm_client_config",
    "data azurerm_resource_group",
    "provider azurerm",
    "resource azurerm_resource_group",
  ]);
  library.ensure(["azurerm_role_assignment"], BINDINGS);
  expect(served(library)).toContain("resource azurerm_role_assignment");
});

test("a binding's source becomes a schema", () => {
  const library = new SchemaLibrary(folder);
  library.ensure(["azurerm_container_app", "azurerm_key_vault", "azurerm_key_vault_secret"], BINDINGS);
  const app = schemaOf(library, "azurerm_container_app");
  const flags = { computed: false, optional: false, required: false, sensitive: false, writeOnly: false };
  expect(app?.attributes.name).toEqual({ ...flags, type: "string", required: true });
  expect(app?.attributes.latest_revision_name).toEqual({ ...flags, type: "string", computed: true });
  expect(app?.attributes.tags).toEqual({ ...flags, type: ["map", "string"], optional: true });
  expect(app?.blocks.template).toMatchObject({ nesting: "list", min: 1, max: 1 });
  expect(app?.blocks.secret).toMatchObject({ nesting: "set", min: 0, max: 0 });
  expect(app?.blocks.timeouts?.nesting).toBe("single");
  expect(app?.blocks.secret?.block.attributes.value?.sensitive).toBe(true);
  const container = app?.blocks.template?.block.blocks.container?.block;
  expect(container?.attributes.cpu?.type).toBe("number");
  expect(container?.blocks.env?.block.attributes.value?.sensitive).toBe(false);
  const policies = schemaOf(library, "azurerm_key_vault")?.attributes.access_policy;
  expect(policies).toMatchObject({ type: ["list", ["object", expect.anything()]], optional: true, computed: true });
  const secret = schemaOf(library, "azurerm_key_vault_secret")?.attributes;
  expect([secret?.value?.sensitive, secret?.value?.writeOnly, secret?.value_wo?.writeOnly]).toEqual([
    true,
    false,
    true,
  ]);
});

test("what was served once is served again without bindings, so that it can be destroyed", () => {
  new SchemaLibrary(folder).ensure(["azurerm_resource_group"], BINDINGS);
  const library = new SchemaLibrary(folder);
  library.ensure(["azurerm_resource_group"], null);
  expect(served(library)).toContain("resource azurerm_resource_group");
});

test("a type that was never served needs bindings", () => {
  const library = new SchemaLibrary(folder);
  const missing = expect.objectContaining({ code: "provider-schema-missing", details: ["azurerm_key_vault"] });
  expect(() => library.ensure(["azurerm_key_vault"], null)).toThrow(missing);
});

test("what is no type of the provider is left to Terraform, and leads nowhere else", () => {
  const library = new SchemaLibrary(folder);
  library.ensure(["azurerm_bogus", "aws_instance", "azurerm_/../../../../../etc/passwd"], BINDINGS);
  expect(served(library)).toEqual(["provider azurerm"]);
});

test("other bindings replace everything that is kept", () => {
  const library = new SchemaLibrary(folder);
  library.ensure(["azurerm_resource_group"], BINDINGS);
  const other = path.join(folder, "bindings");
  for (const name of ["provider", "resource-group", "data-azurerm-resource-group"]) {
    fs.cpSync(path.join(BINDINGS, "lib", name, "index.js"), path.join(other, "lib", name, "index.js"));
  }
  const file = path.join(other, "lib", "resource-group", "index.js");
  const renamed = (text: string) => text.replaceAll("managed_by", "managed_for");
  fs.writeFileSync(
    file,
    fs.readFileSync(file, "utf8").replace(/base64,([A-Za-z0-9+/=]+)/, (_match, map: string) => {
      return `base64,${Buffer.from(renamed(Buffer.from(map, "base64").toString())).toString("base64")}`;
    }),
  );
  fs.writeFileSync(path.join(other, "package.json"), JSON.stringify({ version: "99.0.0" }));
  library.ensure(["azurerm_client_config"], other);
  expect(Object.keys(schemaOf(library, "azurerm_resource_group")?.attributes ?? {})).toContain("managed_for");
});

test("a source that is no binding is an error", () => {
  expect(() => parseBinding("export class Foo {}")).toThrow("not the source of a provider binding");
});
