import { Header } from "tar/header";

export type PackedFile = {
  /** Path in the package, with `/`. */
  path: string;
  content: Buffer;
  executable: boolean;
};

/** npm unpacks what lies in this folder. */
const TOP = "package/";
/** Bytes; every part of an archive fills whole blocks, and two empty ones end it. */
const BLOCK = 512;
/** The moment that npm itself writes; an archive that tells when it was made is never the same twice. */
const MADE = new Date("1985-10-26T08:15:00.000Z");
const MODE = { plain: 0o644, executable: 0o755 };

/** A package as npm packs it, before compression: the same files in any order give the same bytes on every machine. */
export function tarOf(files: readonly PackedFile[]): Buffer {
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1));
  return Buffer.concat([...sorted.flatMap(entryOf), Buffer.alloc(2 * BLOCK)]);
}

function entryOf({ path, content, executable }: PackedFile): Buffer[] {
  const head = Buffer.alloc(BLOCK);
  const mode = executable ? MODE.executable : MODE.plain;
  const header = new Header({ path: `${TOP}${path}`, mode, size: content.length, mtime: MADE, type: "File" });
  if (header.encode(head)) throw new Error(`${path} does not fit into a plain tar header`);
  return [head, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
}
