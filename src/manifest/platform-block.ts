import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, parseDocument, Scalar, type YAMLMap } from "yaml";
import type { PlatformBlock } from "./manifest.js";

/**
 * The text of a `paas.yaml` with its `platform:` block, comments and order as they were.
 * @param block null takes it away
 */
export function withPlatformBlock(text: string, block: PlatformBlock | null): string {
  const document = parseDocument(text);
  if (block === null) {
    document.delete("platform");
    return document.toString({ lineWidth: 0 });
  }
  const { identities, tiers, ...fields } = block;
  const maps = Object.entries({ identities, tiers }).filter(([, map]) => Object.keys(map).length > 0);
  const values = { ...fields, ...Object.fromEntries(maps) };
  const known = (document.toJS() as { platform?: object }).platform;
  if (isDeepStrictEqual(known, values)) return text;
  if (known === undefined) addBlock(document, values);
  else changeMap(document, ["platform"], values);
  return document.toString({ lineWidth: 0 });
}

function addBlock(document: Document, values: object): void {
  const key = new Scalar("platform");
  key.spaceBefore = true;
  key.commentBefore = " Written by `paas bootstrap`; ids, no secrets.";
  (document.contents as YAMLMap).add(document.createPair(key, values));
}

/** Sets values one by one: what is there keeps its place and its comments. */
function changeMap(document: Document, path: string[], values: object): void {
  const node = document.getIn(path);
  if (!isMap(node)) {
    document.setIn(path, document.createNode(values));
    return;
  }
  const keys = node.items.map(({ key }) => String(key));
  for (const key of keys) if (!(key in values)) document.deleteIn([...path, key]);
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === "object") changeMap(document, [...path, key], value);
    else document.setIn([...path, key], value);
  }
}
