import { decode, ExtensionCodec, encode } from "@msgpack/msgpack";

/** A value of Terraform's type system as the plugin protocol carries it. Sets and lists are both arrays. */
export type Value = null | boolean | number | string | Unknown | Value[] | Attributes;
export type Attributes = { [name: string]: Value };

/** Stands for a value that Terraform learns only when it applies. */
export class Unknown {
  readonly unknown = true;
}
export const UNKNOWN = new Unknown();

const UNKNOWN_EXTENSION = 0;
const REFINED_UNKNOWN_EXTENSION = 12;

const extensions = new ExtensionCodec();
extensions.register({
  type: UNKNOWN_EXTENSION,
  encode: (value) => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => UNKNOWN,
});
extensions.register({ type: REFINED_UNKNOWN_EXTENSION, encode: () => null, decode: () => UNKNOWN });

export function encodeValue(value: Value): Uint8Array {
  return encode(value, { extensionCodec: extensions });
}

/** Reads a value; no bytes at all are null. */
export function decodeValue(bytes: Uint8Array): Value {
  return bytes.length === 0 ? null : toValue(decode(bytes, { extensionCodec: extensions }));
}

/** Takes data that came from JSON or MessagePack as a value; what Terraform's types cannot hold becomes null. */
export function toValue(data: unknown): Value {
  if (data instanceof Unknown || typeof data === "string" || typeof data === "number" || typeof data === "boolean") {
    return data;
  }
  if (Array.isArray(data)) return data.map(toValue);
  if (typeof data !== "object" || data === null || data instanceof Uint8Array) return null;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, toValue(value)]));
}

export function isAttributes(value: Value | undefined): value is Attributes {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

/** The object that a value is, or an empty one. */
export function asAttributes(value: Value | undefined): Attributes {
  return isAttributes(value) ? value : {};
}

/** The blocks in a list or set of blocks; unknown and absent ones are left out. */
export function blocksOf(value: Value | undefined): Attributes[] {
  return Array.isArray(value) ? value.filter(isAttributes) : [];
}

export function textOf(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

/** What an unset attribute reads as in Azure: empty text, zero, false, nothing in a collection. */
export function isZero(value: Value | undefined): boolean {
  if (value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isAttributes(value) && Object.keys(value).length === 0;
}

export function isSame(left: Value | undefined, right: Value | undefined): boolean {
  return canonical(left ?? null) === canonical(right ?? null);
}

/** A copy in which every unknown value is null. */
export function withoutUnknown(value: Value): Value {
  if (value instanceof Unknown) return null;
  if (Array.isArray(value)) return value.map(withoutUnknown);
  if (!isAttributes(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutUnknown(inner)]));
}

function canonical(value: Value): string {
  return JSON.stringify(value, (_name, inner: Value) =>
    isAttributes(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
