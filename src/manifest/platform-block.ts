import { isDeepStrictEqual } from "node:util";
import { isMap, parseDocument, type YAMLMap } from "yaml";
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
  const { tenant, subscription, stateAccount, identities } = block;
  const values: Record<string, unknown> = { tenant, subscription, stateAccount };
  if (Object.keys(identities).length > 0) values.identities = identities;
  if (isDeepStrictEqual((document.toJS() as { platform?: unknown }).platform, values)) return text;
  const known = document.get("platform");
  if (isMap(known)) {
    // What is there keeps its place and its comments.
    for (const [key, value] of Object.entries(values)) document.setIn(["platform", key], document.createNode(value));
    if (!("identities" in values)) document.deleteIn(["platform", "identities"]);
  } else {
    const node = document.createNode(values) as YAMLMap;
    document.set("platform", node);
    const pair = (document.contents as YAMLMap).items.at(-1);
    const key = pair?.key as { spaceBefore?: boolean; commentBefore?: string } | undefined;
    if (key && typeof key === "object") {
      key.spaceBefore = true;
      key.commentBefore = " Written by `paas bootstrap`; ids, no secrets.";
    }
  }
  return document.toString({ lineWidth: 0 });
}
