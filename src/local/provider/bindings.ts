import fs from "node:fs";
import path from "node:path";
import { type AttributeType, type Block, type NestedBlock, objectType, type TypeSchema } from "./schema.js";
import { isSensitive } from "./sensitive.js";

/**
 * Rebuilds the schemas of a Terraform provider from its generated CDKTF bindings. Each binding carries its TypeScript
 * source in an inline source map, and that source says of every attribute whether it is computed, optional or required
 * (comments), its type (getters and fields) and how it is written to HCL (metadata).
 */

type HclMetadata = { isBlock: boolean; kind: string };
type HclMembers = Map<string, HclMetadata>;
type DescribedAttribute = { name: string; computed: boolean; optional: boolean; required: boolean; text: string };

const GETTER_TYPES: Record<string, AttributeType> = {
  getStringAttribute: "string",
  getNumberAttribute: "number",
  getBooleanAttribute: "bool",
  getListAttribute: ["list", "string"],
  getNumberListAttribute: ["list", "number"],
  getStringMapAttribute: ["map", "string"],
  getNumberMapAttribute: ["map", "number"],
  getBooleanMapAttribute: ["map", "bool"],
  getAnyMapAttribute: ["map", "dynamic"],
};

const COLLECTION_CLASSES: Record<string, AttributeType> = {
  StringMap: ["map", "string"],
  NumberMap: ["map", "number"],
  BooleanMap: ["map", "bool"],
  AnyMap: ["map", "dynamic"],
  StringMapList: ["list", ["map", "string"]],
  StringListMap: ["map", ["list", "string"]],
  NumberListMap: ["map", ["list", "number"]],
};

/**
 * The TypeScript source of one binding, `container-app` or `data-azurerm-key-vault`; undefined when there is none.
 * @param bindings folder of the installed package
 */
export function readBinding(bindings: string, name: string): string | undefined {
  const file = path.join(bindings, "lib", name, "index.js");
  if (!fs.existsSync(file)) return undefined;
  const map = /sourceMappingURL=data:application\/json;(?:charset=[^;]+;)?base64,([A-Za-z0-9+/=]+)/.exec(
    fs.readFileSync(file, "utf8"),
  )?.[1];
  if (map === undefined) return undefined;
  const { sourcesContent } = JSON.parse(Buffer.from(map, "base64").toString("utf8")) as { sourcesContent?: string[] };
  return sourcesContent?.[0];
}

/** @throws Error when the source is not that of a resource, data source or provider */
export function parseBinding(source: string): TypeSchema {
  return new BindingParser(source).parse();
}

class BindingParser {
  readonly #source: string;
  /** Bodies of the classes, by name. */
  readonly #classes = new Map<string, string>();
  /** How the members of a struct are written to HCL, by the struct's name in lower case. */
  readonly #metadata = new Map<string, HclMembers>();

  constructor(source: string) {
    this.#source = source;
    for (const [, name, body] of source.matchAll(/^export class (\w+) extends cdktf\.\w+ \{\n([\s\S]*?)^\}/gm)) {
      this.#classes.set(name ?? "", body ?? "");
    }
    for (const [text, name] of source.matchAll(/^export function (\w+)ToHclTerraform\([\s\S]*?^\}/gm)) {
      this.#metadata.set((name ?? "").toLowerCase(), hclMembers(text));
    }
  }

  parse(): TypeSchema {
    const root = /^export class (\w+) extends cdktf\.Terraform(Resource|DataSource|Provider) \{/m.exec(this.#source);
    const type = /tfResourceType = "(\w+)"/.exec(this.#source)?.[1];
    if (root === null || type === undefined) throw new Error("not the source of a provider binding");
    const [, className = "", base] = root;
    if (base === "Provider") return { kind: "provider", type, block: this.#providerBlock() };
    const hcl = (this.#classes.get(className) ?? "").split("synthesizeHclAttributes")[1] ?? "";
    const block = this.#blockOfClass(className, hclMembers(hcl), type);
    return { kind: base === "Resource" ? "resource" : "data", type, block };
  }

  /** @param place where the block is: the resource type and the blocks around it */
  #blockOfClass(className: string, members: HclMembers, place: string): Block {
    const block: Block = { attributes: {}, blocks: {} };
    for (const attribute of describedAttributes(this.#classes.get(className) ?? "")) {
      const { name, text, computed, optional, required } = attribute;
      const sensitive = isSensitive(`${place}.${name}`);
      const flags = { computed, optional, required, sensitive, writeOnly: name.endsWith("_wo") };
      const member = members.get(name);
      const collection = /private _?\w+ = new cdktf\.(\w+)\(/.exec(text)?.[1];
      const nested = collection === undefined ? this.#nestedBlock(attribute, member, place) : undefined;
      if (nested === undefined) {
        const type =
          collection === undefined ? simpleType(text, member) : (COLLECTION_CLASSES[collection] ?? "dynamic");
        block.attributes[name] = { type, ...flags };
      } else if (computed) {
        const nesting = nested.nesting === "set" ? "set" : "list";
        block.attributes[name] = { type: [nesting, objectType(nested.block)], ...flags, sensitive: false };
      } else block.blocks[name] = nested;
    }
    return block;
  }

  /** The block behind an attribute whose field is an object of a generated class; undefined for plain values. */
  #nestedBlock(attribute: DescribedAttribute, member: HclMetadata | undefined, place: string): NestedBlock | undefined {
    const reference = /private _?\w+ = new (\w+)\(this, "\w+"(?:, (true|false))?\)/.exec(attribute.text);
    if (reference === null) return undefined;
    const [, className = "", wrapsSet] = reference;
    const isSingle = className.endsWith("OutputReference");
    const struct = className.replace(/(OutputReference|List)$/, "");
    const block = this.#blockOfClass(`${struct}OutputReference`, this.#membersOf(struct), `${place}.${attribute.name}`);
    const kind = member?.kind ?? (wrapsSet === "true" ? "set" : "list");
    if (kind === "struct") return { nesting: "single", min: 0, max: 0, block };
    return {
      nesting: kind === "set" ? "set" : "list",
      min: attribute.required ? 1 : 0,
      max: isSingle ? 1 : 0,
      block,
    };
  }

  /** The provider's own configuration is described by interfaces only. */
  #providerBlock(): Block {
    const name = /^export interface (\w+ProviderConfig) \{/m.exec(this.#source)?.[1] ?? "";
    const block = this.#blockOfInterface(name, this.#membersOf(name));
    delete block.attributes.alias;
    return block;
  }

  #blockOfInterface(name: string, members: HclMembers): Block {
    const block: Block = { attributes: {}, blocks: {} };
    const declaration =
      new RegExp(`^export interface ${name} \\{\\n([\\s\\S]*?)^\\}`, "m").exec(this.#source)?.[1] ?? "";
    const properties = declaration.matchAll(/#(\w+) \w+#\w+\}[\s\S]*?readonly \w+(\??): ([^;]+(?:;[^;]*\})?);/g);
    for (const [, property = "", question, typescript = ""] of properties) {
      const optional = question === "?";
      const struct = (typescript.split(" | ")[0] ?? "").replace("[]", "");
      if (new RegExp(`^export interface ${struct} \\{`, "m").test(this.#source)) {
        block.blocks[property] = {
          nesting: "list",
          min: optional ? 0 : 1,
          max: typescript.includes("[]") ? 0 : 1,
          block: this.#blockOfInterface(struct, this.#membersOf(struct)),
        };
      } else {
        const type = typeOfTypescript(typescript, members.get(property)?.kind);
        const flags = { computed: false, optional, required: !optional, writeOnly: false };
        block.attributes[property] = { type, ...flags, sensitive: isSensitive(property) };
      }
    }
    return block;
  }

  #membersOf(struct: string): HclMembers {
    return this.#metadata.get(struct.toLowerCase()) ?? new Map();
  }
}

function hclMembers(text: string): HclMembers {
  const members = text.matchAll(/^ {4,6}(\w+): \{\n\s+value: .*\n\s+isBlock: (\w+),\n\s+type: "(\w+)"/gm);
  return new Map(
    [...members].map(([, name = "", isBlock, kind = ""]) => [name, { isBlock: isBlock === "true", kind }]),
  );
}

/** The attributes of a class: each begins with a comment that says what it is, and reaches to the next one. */
function* describedAttributes(body: string): Generator<DescribedAttribute> {
  const parts = body.split(/^ {2}\/\/ (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n/m);
  for (let index = 1; index < parts.length; index += 5) {
    const [name = "", computed, optional, required, text = ""] = parts.slice(index, index + 5);
    yield { name, computed: computed === "true", optional: optional === "true", required: required === "true", text };
  }
}

function simpleType(text: string, member: HclMetadata | undefined): AttributeType {
  const getter = /this\.(get\w+Attribute)\('/.exec(text)?.[1] ?? "";
  const type = GETTER_TYPES[getter];
  if (type === undefined) return typeOfTypescript(/private _\w+\?: (.+);/.exec(text)?.[1] ?? "", member?.kind);
  const isSet = text.includes("Fn.tolist(") || member?.kind === "set";
  return Array.isArray(type) && type[0] === "list" && isSet ? ["set", type[1]] : type;
}

function typeOfTypescript(typescript: string, kind: string | undefined): AttributeType {
  const type = typescript.replace(/\s+/g, " ").replace(" | cdktf.IResolvable", "").trim();
  const collection = kind === "set" ? "set" : "list";
  if (type === "string" || type === "number") return type;
  if (/^\(?boolean/.test(type)) return type.includes("[]") ? [collection, "bool"] : "bool";
  if (type === "string[]") return [collection, "string"];
  if (type === "number[]") return [collection, "number"];
  if (type.startsWith("{ [key: string]: string")) return ["map", "string"];
  return "dynamic";
}
