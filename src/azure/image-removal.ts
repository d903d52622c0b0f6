import { sideBySide } from "../side-by-side.js";
import type { Removal } from "./image-tags.js";
import type { Registry, Tag } from "./registry.js";

type Place = Pick<Registry, "tags" | "untag" | "manifest" | "delete">;

/** Most images that are looked into for parts that others share; in a fuller repository parts stay. */
const MOST_LOOKED_INTO = 200;
const LOOKS_AT_ONCE = 8;

/**
 * Removes names and images from a repository. Before an image goes what finds it by content, so that no build takes it
 * up from then on; one that a build had found before keeps it, and so it is judged once more before it goes.
 *
 * An index goes last, after its parts: they have no names, so that a run which was killed in between finds them through
 * it alone (a registry of Azure lets parts go before the index that holds them: Azure/acr-cli#131).
 * @param judge says of a repository's tags what is to go
 * @returns how many images were deleted
 */
export async function removeImages(
  judge: (tags: readonly Tag[]) => Removal,
  repository: string,
  registry: Place,
): Promise<number> {
  const before = await registry.tags(repository);
  const first = judge(before);
  for (const tag of first.untag) await registry.untag(repository, tag);
  if (first.delete.length === 0) return 0;
  const content = before.filter(({ name, digest }) => name.startsWith("content-") && first.delete.includes(digest));
  for (const { name } of content) await registry.untag(repository, name);
  const parts = new Map<string, string[]>();
  await lookInto(before, parts, repository, registry);

  const after = await registry.tags(repository);
  const second = judge(after);
  const going = second.delete.filter((digest) => first.delete.includes(digest));
  for (const tag of second.untag) await registry.untag(repository, tag);
  if (await lookInto(after, parts, repository, registry)) {
    for (const digest of ownParts(going, after, parts)) await registry.delete(repository, digest);
  }
  for (const digest of going) await registry.delete(repository, digest);
  return going.length;
}

/** Parts of images that go which no image has that stays. */
function ownParts(going: string[], tags: readonly Tag[], parts: Map<string, string[]>): Set<string> {
  const own = new Set(going.flatMap((digest) => parts.get(digest) ?? []));
  const kept = tags.map(({ digest }) => digest).filter((digest) => !going.includes(digest));
  for (const digest of kept) for (const shared of [digest, ...(parts.get(digest) ?? [])]) own.delete(shared);
  return own;
}

/**
 * Reads which parts images have that are not known yet. Manifests that an index holds have no tag of their own and do
 * not go with it.
 * @returns whether all are known; not where there are too many
 */
async function lookInto(
  tags: readonly Tag[],
  parts: Map<string, string[]>,
  repository: string,
  registry: Place,
): Promise<boolean> {
  const digests = new Set(tags.map(({ digest }) => digest));
  if (digests.size > MOST_LOOKED_INTO) return false;
  const unknown = [...digests].filter((digest) => !parts.has(digest));
  await sideBySide(unknown, LOOKS_AT_ONCE, async (digest) => {
    const manifest = await registry.manifest(repository, digest);
    const { manifests = [] } = JSON.parse(manifest?.text ?? "{}") as { manifests?: { digest: string }[] };
    parts.set(
      digest,
      manifests.map((part) => part.digest),
    );
  });
  return true;
}
