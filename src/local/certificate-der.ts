/** The few forms of ASN.1's distinguished encoding that a certificate is made of. */

export function sequence(...parts: Buffer[]): Buffer {
  return element(0x30, ...parts);
}

export function set(...parts: Buffer[]): Buffer {
  return element(0x31, ...parts);
}

/** An integer from its bytes, most significant first; never negative. */
export function integer(bytes: Buffer): Buffer {
  return element(0x02, minimal(bytes));
}

export function boolean(value: boolean): Buffer {
  return element(0x01, Buffer.from([value ? 0xff : 0]));
}

export function text(value: string): Buffer {
  return element(0x0c, Buffer.from(value, "utf8"));
}

/** @param unused how many bits at the end of the last byte do not count */
export function bitString(bits: Buffer, unused = 0): Buffer {
  return element(0x03, Buffer.from([unused]), bits);
}

export function octetString(bytes: Buffer): Buffer {
  return element(0x04, bytes);
}

/** A moment of this century's first half, to the second, in UTC. */
export function time(moment: Date): Buffer {
  const digits = moment.toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return element(0x17, Buffer.from(`${digits}Z`));
}

/** An object identifier in dotted form. */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A value under a context tag of its own: `[number] value`. */
export function explicit(number: number, value: Buffer): Buffer {
  return element(0xa0 | number, value);
}

/** Bytes under a context tag in place of their own: `[number] IMPLICIT`. */
export function tagged(number: number, bytes: Buffer): Buffer {
  return element(0x80 | number, bytes);
}

function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...length(content.length)]), content]);
}

function length(count: number): number[] {
  if (count < 0x80) return [count];
  if (count < 0x100) return [0x81, count];
  return [0x82, count >> 8, count & 0xff];
}

function base128(value: number): number[] {
  const low = value & 0x7f;
  const high: number[] = [];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) high.unshift((rest & 0x7f) | 0x80);
  return [...high, low];
}

/** Without leading zeros, save the one that keeps the number from reading as negative. */
function minimal(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const significant = bytes.subarray(start);
  return (significant[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), significant]) : significant;
}
