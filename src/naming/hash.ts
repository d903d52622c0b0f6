import { hash } from "node:crypto";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const DIGITS = "234567";

/** Length of every hash in a name or id, in characters. */
export const HASH_LENGTH = 8;

/** sha256 over fields that cannot run into each other: each is preceded by its length. */
export function digest(fields: readonly string[]): Buffer {
  let text = "";
  for (const field of fields) text += `${field.length}:${field}`;
  return hash("sha256", text, "buffer");
}

/** The first `length` base32 characters (a–z, 2–7) of `bytes`, 5 bits each; fewer when the bytes end. */
export function base32(bytes: Uint8Array, length: number): string {
  let text = "";
  let bits = 0;
  let pending = 0;
  for (const byte of bytes) {
    pending = ((pending << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5 && text.length < length) {
      bits -= 5;
      text += BASE32[(pending >>> bits) & 31];
    }
    if (text.length === length) break;
  }
  return text;
}

/** Hash that ends a resource name: 40 bits as 8 base32 characters. */
export function nameHash(fields: readonly string[]): string {
  return base32(digest(fields), HASH_LENGTH);
}

/** Hash that ends an environment id: 8 characters of which the first is always a digit, so that no word looks like one. */
export function idHash(fields: readonly string[]): string {
  const bytes = digest(fields);
  return `${DIGITS[bytes.readUInt8(0) % DIGITS.length]}${base32(bytes.subarray(1), HASH_LENGTH - 1)}`;
}
