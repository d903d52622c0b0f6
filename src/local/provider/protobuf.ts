/**
 * The part of the protobuf wire format that Terraform's plugin protocol uses: varints and length-delimited fields.
 * Fields of other wire types are skipped, absent fields read as their zero value, as proto3 says.
 */

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** Builds one message; fields at their zero value are left out. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];

  int(field: number, value: number): this {
    return value === 0 ? this : this.choice(field, value);
  }

  /** A number that is a member of a `oneof`: written even when it is 0, because its presence is the choice. */
  choice(field: number, value: number): this {
    this.#parts.push(varint((field << 3) | VARINT), varint(value));
    return this;
  }

  bool(field: number, value: boolean): this {
    return this.int(field, value ? 1 : 0);
  }

  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.#delimited(field, value);
  }

  /** An embedded message; undefined leaves it out, an empty one is written. */
  message(field: number, value: MessageWriter | undefined): this {
    return value === undefined ? this : this.#delimited(field, value.finish());
  }

  messages(field: number, values: MessageWriter[]): this {
    for (const value of values) this.message(field, value);
    return this;
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #delimited(field: number, value: Uint8Array): this {
    this.#parts.push(varint((field << 3) | DELIMITED), varint(value.length), value);
    return this;
  }
}

/** Reads one message by field number; of a field that occurs more than once, the last one counts. */
export class MessageReader {
  readonly #fields = new Map<number, number | Buffer>();

  /** @throws RangeError when the bytes end inside a field */
  constructor(bytes: Buffer) {
    let offset = 0;
    const next = (): number => {
      const [value, length] = readVarint(bytes, offset);
      offset += length;
      return value;
    };
    while (offset < bytes.length) {
      const tag = next();
      const [field, wireType] = [tag >>> 3, tag & 7];
      if (wireType === VARINT) this.#fields.set(field, next());
      else if (wireType === DELIMITED) {
        const length = next();
        if (offset + length > bytes.length) throw new RangeError(`protobuf: field ${field} ends after the message`);
        this.#fields.set(field, bytes.subarray(offset, offset + length));
        offset += length;
      } else if (wireType === FIXED32) offset += 4;
      else if (wireType === FIXED64) offset += 8;
      else throw new RangeError(`protobuf: wire type ${wireType} of field ${field} is unknown`);
    }
  }

  int(field: number): number {
    const value = this.#fields.get(field);
    return typeof value === "number" ? value : 0;
  }

  bytes(field: number): Buffer {
    const value = this.#fields.get(field);
    return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
  }

  string(field: number): string {
    return this.bytes(field).toString("utf8");
  }

  /** An embedded message, empty when absent. */
  message(field: number): MessageReader {
    return new MessageReader(this.bytes(field));
  }
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** The number and how many bytes it took; 64-bit numbers above 2^53 lose precision, the protocol sends none. */
function readVarint(bytes: Buffer, start: number): [value: number, length: number] {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) break;
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return [value, index + 1];
  }
  throw new RangeError("protobuf: a number does not end");
}
