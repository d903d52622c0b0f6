import { MessageReader, MessageWriter } from "./protobuf.js";
import type { Block, NestedBlock, TypeSchema } from "./schema.js";
import { type Attributes, decodeValue, encodeValue, toValue, type Value } from "./values.js";

/** The messages of Terraform's plugin protocol, version 5, as far as a provider of resources and data sources needs them. */

/** Steps from a resource's root to the attribute that a diagnostic is about. */
export type AttributePath = (string | number)[];

/** An error for the user; Terraform adds the address of the resource and the place in the configuration. */
export type Diagnostic = { summary: string; detail: string; path: AttributePath };

export type TypedRequest = { type: string; value: Value };
export type ReadRequest = TypedRequest & { private: Buffer };
export type PlanRequest = { type: string; prior: Value; proposed: Value; private: Buffer };
export type ApplyRequest = { type: string; prior: Value; planned: Value; private: Buffer };
export type ImportRequest = { type: string; id: string };

/** Validation of a resource or data source: its type and its configuration. */
export function readTyped(body: Buffer): TypedRequest {
  const message = new MessageReader(body);
  return { type: message.string(1), value: dynamic(message, 2) };
}

/** Configuration of the provider, to be prepared (field 1) or to be applied (field 2). */
export function readConfiguration(body: Buffer, field: 1 | 2): Value {
  return dynamic(new MessageReader(body), field);
}

export function readUpgrade(body: Buffer): TypedRequest {
  const message = new MessageReader(body);
  const json = message.message(3).string(1);
  return { type: message.string(1), value: json === "" ? null : toValue(JSON.parse(json)) };
}

export function readRead(body: Buffer): ReadRequest {
  const message = new MessageReader(body);
  return { type: message.string(1), value: dynamic(message, 2), private: message.bytes(3) };
}

export function readPlan(body: Buffer): PlanRequest {
  const message = new MessageReader(body);
  return {
    type: message.string(1),
    prior: dynamic(message, 2),
    proposed: dynamic(message, 3),
    private: message.bytes(5),
  };
}

export function readApply(body: Buffer): ApplyRequest {
  const message = new MessageReader(body);
  return {
    type: message.string(1),
    prior: dynamic(message, 2),
    planned: dynamic(message, 3),
    private: message.bytes(5),
  };
}

export function readImport(body: Buffer): ImportRequest {
  const message = new MessageReader(body);
  return { type: message.string(1), id: message.string(2) };
}

export const EMPTY = Buffer.alloc(0);

export function writeMetadata(): Buffer {
  return new MessageWriter().message(1, new MessageWriter()).finish();
}

export function writeSchemas(schemas: TypeSchema[]): Buffer {
  const message = new MessageWriter();
  for (const schema of schemas) {
    const body = new MessageWriter().message(2, writeBlock(schema.block));
    if (schema.kind === "provider") message.message(1, body);
    else
      message.message(schema.kind === "resource" ? 2 : 3, new MessageWriter().string(1, schema.type).message(2, body));
  }
  return message.message(6, new MessageWriter()).finish();
}

export function writePrepared(config: Value, diagnostics: Diagnostic[]): Buffer {
  return new MessageWriter().message(1, writeDynamic(config)).messages(2, diagnostics.map(writeDiagnostic)).finish();
}

/** Answer of the calls that only complain: validation and configuration. */
export function writeDiagnostics(diagnostics: Diagnostic[]): Buffer {
  return new MessageWriter().messages(1, diagnostics.map(writeDiagnostic)).finish();
}

/** Answer of UpgradeResourceState and ReadDataSource. */
export function writeState(state: Value | undefined, diagnostics: Diagnostic[] = []): Buffer {
  return new MessageWriter()
    .message(1, state === undefined ? undefined : writeDynamic(state))
    .messages(2, diagnostics.map(writeDiagnostic))
    .finish();
}

export function writeRead(state: Value, privateBytes: Buffer, diagnostics: Diagnostic[] = []): Buffer {
  return new MessageWriter()
    .message(1, writeDynamic(state))
    .messages(2, diagnostics.map(writeDiagnostic))
    .bytes(3, privateBytes)
    .finish();
}

/**
 * A plan. It announces the legacy type system, as every provider on Terraform's older SDK does: only then may
 * it fill defaults into attributes that are not computed.
 */
export function writePlan(planned: Value, replace: AttributePath[], privateBytes: Buffer): Buffer {
  return new MessageWriter()
    .message(1, writeDynamic(planned))
    .messages(2, replace.map(writePath))
    .bytes(3, privateBytes)
    .bool(5, true)
    .finish();
}

export function writeApplied(state: Value, privateBytes: Buffer, diagnostics: Diagnostic[] = []): Buffer {
  return new MessageWriter()
    .message(1, writeDynamic(state))
    .bytes(2, privateBytes)
    .messages(3, diagnostics.map(writeDiagnostic))
    .bool(4, true)
    .finish();
}

export function writeImported(type: string, state: Attributes | undefined, diagnostics: Diagnostic[] = []): Buffer {
  const imported = state && new MessageWriter().string(1, type).message(2, writeDynamic(state));
  return new MessageWriter().message(1, imported).messages(2, diagnostics.map(writeDiagnostic)).finish();
}

function dynamic(message: MessageReader, field: number): Value {
  const value = message.message(field);
  const json = value.string(2);
  return json === "" ? decodeValue(value.bytes(1)) : toValue(JSON.parse(json));
}

function writeDynamic(value: Value): MessageWriter {
  return new MessageWriter().bytes(1, encodeValue(value));
}

function writeDiagnostic(diagnostic: Diagnostic): MessageWriter {
  const error = 1;
  return new MessageWriter()
    .int(1, error)
    .string(2, diagnostic.summary)
    .string(3, diagnostic.detail)
    .message(4, diagnostic.path.length === 0 ? undefined : writePath(diagnostic.path));
}

function writePath(path: AttributePath): MessageWriter {
  const steps = path.map((step) =>
    typeof step === "number" ? new MessageWriter().choice(3, step) : new MessageWriter().string(1, step),
  );
  return new MessageWriter().messages(1, steps);
}

function writeBlock(block: Block): MessageWriter {
  const message = new MessageWriter();
  for (const [name, attribute] of Object.entries(block.attributes)) {
    const written = new MessageWriter()
      .string(1, name)
      .string(2, JSON.stringify(attribute.type))
      .bool(4, attribute.required)
      .bool(5, attribute.optional)
      .bool(6, attribute.computed)
      .bool(7, attribute.sensitive)
      .bool(10, attribute.writeOnly);
    message.message(2, written);
  }
  for (const [name, nested] of Object.entries(block.blocks)) message.message(3, writeNested(name, nested));
  return message;
}

function writeNested(name: string, nested: NestedBlock): MessageWriter {
  const nesting = { single: 1, list: 2, set: 3 }[nested.nesting];
  return new MessageWriter()
    .string(1, name)
    .message(2, writeBlock(nested.block))
    .int(3, nesting)
    .int(4, nested.min)
    .int(5, nested.max);
}
