import fs from "node:fs/promises";
import path from "node:path";
import type { BuildRequest, Cloud, Image } from "../cloud.js";
import { EXIT, PaasError } from "../errors.js";
import type { Tier } from "../manifest/manifest.js";
import { count } from "../ui/wording.js";
import { buildAndPush } from "./docker.js";
import { azureFailure } from "./failure.js";
import { refuseOtherPlatform } from "./image-platform.js";
import { contentTag, environmentTags, gitTag, newestTag, outdatedOf, type Removal, removalOf } from "./image-tags.js";
import { isGoneMeanwhile, type Registry, type StoredManifest, type Tag } from "./registry.js";
import { missingDockerfile } from "./service-dockerfile.js";

export type ImageSources = {
  variables: NodeJS.ProcessEnv;
  /** Data plane of the registry with this host. */
  registry(server: string): Registry;
  /** Host of the registry that the images of a tier lie in. */
  serverOf(tier: Tier): string;
  /** Name of the project. */
  project: string;
};

/** Milliseconds that a build may take. */
const LIMIT = 45 * 60_000;
/** Milliseconds that docker has to end in order once it is stopped. */
const PATIENCE = 10_000;

const REFERENCE = /^([a-z0-9.]+)\/([a-z0-9/_.-]+)@(sha256:[0-9a-f]{64})$/;

/** Images of Azure: built with docker on this machine, kept in the platform's registry, found again by content. */
export function openImages(sources: ImageSources): Pick<Cloud, "build" | "forget" | "keepImages" | "hasImage"> {
  return {
    build: (request) => build(request, sources),
    forget: (envId, tier) => forget(envId, tier, sources),
    keepImages: (envId, tier, references) => keep(envId, tier, references, sources),
    hasImage: async (reference, tier) => {
      const place = placeOf(reference, tier, sources);
      if (place === null) return false;
      const { server, repository, digest } = place;
      return (await sources.registry(server).digestOf(repository, digest)) !== null;
    },
  };
}

async function build(request: BuildRequest, { registry: open, variables }: ImageSources): Promise<Image> {
  const { environment, service, registryServer: server, context, contentKey, commit, onLine, signal } = request;
  const registry = open(server);
  const repository = `${environment.project.name}/${service.name}`;
  const rendered = await missingDockerfile(service, context);
  const content = contentTag(contentKey, rendered);
  const names = (digest: string) => [gitTag(commit), ...environmentTags(environment.envId, digest)];
  const image = (digest: string, cached: boolean): Image => ({
    reference: `${server}/${repository}@${digest}`,
    digest,
    cached,
  });

  const known = await registry.digestOf(repository, content);
  if (known && (await reuse(registry, repository, known, names(known)))) return image(known, true);

  const beside = path.join(path.dirname(context), `.${service.name}`);
  await fs.mkdir(beside, { recursive: true, mode: 0o700 });
  const dockerfile = rendered === null ? path.join(context, "Dockerfile") : path.join(beside, "Dockerfile");
  if (rendered !== null) {
    await fs.writeFile(dockerfile, rendered);
    onLine("no Dockerfile in the commit: using the one that `paas init` would write");
  }
  const digest = await buildAndPush(
    {
      server,
      repository,
      cache: `${environment.project.name}/cache:${service.name}`,
      tags: [gitTag(commit), newestTag(environment.envId)],
      context,
      dockerfile,
      metadata: path.join(beside, "metadata.json"),
    },
    {
      service: service.name,
      identityToken: await registry.identityToken(),
      variables,
      onLine,
      signal,
      limit: LIMIT,
      patience: PATIENCE,
    },
  );
  const pushed = await registry.manifest(repository, digest);
  if (!pushed) throw notPushed(service.name, server);
  await refuseOtherPlatform(service.name, repository, pushed, registry);
  // By its content it is found only now, that it is known to be good.
  await named(registry, repository, pushed, [content, ...names(digest)]);
  return image(digest, false);
}

/** Gives an image that was built before the names of this run; false when it was removed meanwhile. */
async function reuse(registry: Registry, repository: string, digest: string, names: string[]): Promise<boolean> {
  const manifest = await registry.manifest(repository, digest);
  if (!manifest) return false;
  try {
    await named(registry, repository, manifest, names);
    return true;
  } catch (error) {
    if (isGoneMeanwhile((error as Error).cause)) return false;
    throw error;
  }
}

async function named(registry: Registry, repository: string, manifest: StoredManifest, names: string[]): Promise<void> {
  for (const name of names) {
    try {
      await registry.tag(repository, manifest, name);
    } catch (error) {
      throw azureFailure(`name the image ${registry.server}/${repository}:${name}`, error);
    }
  }
}

/** Most images that are looked into for parts that others share; in a fuller repository parts stay. */
const MOST_LOOKED_INTO = 200;

/** Removes an environment's names, and the images that no environment has any more. */
async function forget(envId: string, tier: Tier, { registry: open, serverOf, project }: ImageSources): Promise<string> {
  const registry = open(serverOf(tier));
  let removed = 0;
  try {
    for (const repository of await registry.repositories(`${project}/`)) {
      const tags = await registry.tags(repository);
      removed += await remove(removalOf(envId, tags), tags, repository, registry);
    }
  } catch (error) {
    if (!(error instanceof PaasError) || error.exit !== EXIT.signIn) throw error;
    return `left in ${registry.server}: this identity may not delete images there`;
  }
  return removed === 0 ? "none unused" : `${count(removed, "image")} removed`;
}

/** Where the images are that an environment may go back to, its older ones go. */
async function keep(envId: string, tier: Tier, references: string[], sources: ImageSources): Promise<void> {
  const needed = references.flatMap((reference) => placeOf(reference, tier, sources) ?? []);
  const digests = new Set(needed.map(({ digest }) => digest));
  const places = new Map(needed.map((place) => [`${place.server}/${place.repository}`, place]));
  for (const { server, repository } of places.values()) {
    const registry = sources.registry(server);
    const found = outdatedOf(envId, await registry.tags(repository), digests);
    if (found.untag.length + found.delete.length === 0) continue;
    // Another environment may have taken one of them over since.
    const tags = await registry.tags(repository);
    await remove(outdatedOf(envId, tags, digests), tags, repository, registry);
  }
}

type Place = { server: string; repository: string; digest: string };

/** Null for an image of elsewhere: asking there would show a token to whatever host a record names. */
function placeOf(reference: string, tier: Tier, { serverOf, project }: ImageSources): Place | null {
  const [, server = "", repository = "", digest = ""] = REFERENCE.exec(reference) ?? [];
  return server === serverOf(tier) && repository.startsWith(`${project}/`) ? { server, repository, digest } : null;
}

/**
 * An index goes last, after its parts: they have no names, so that a run which was killed in between finds them through
 * it alone (a registry of Azure lets parts go before the index that holds them: Azure/acr-cli#131). Before either goes
 * what finds it by content, so that no build takes up half an image.
 * @returns how many images were deleted
 */
async function remove(removal: Removal, tags: readonly Tag[], repository: string, registry: Registry): Promise<number> {
  const { untag, delete: going } = removal;
  for (const tag of untag) await registry.untag(repository, tag);
  if (going.length === 0) return 0;
  const found = tags.filter(({ name, digest }) => name.startsWith("content-") && going.includes(digest));
  for (const { name } of found) await registry.untag(repository, name);
  const kept = new Set(tags.map(({ digest }) => digest).filter((digest) => !going.includes(digest)));
  if (kept.size <= MOST_LOOKED_INTO) {
    const parts = new Set(await partsOf(going, repository, registry));
    const shared = parts.size === 0 ? [] : [...kept, ...(await partsOf([...kept], repository, registry))];
    for (const digest of shared) parts.delete(digest);
    for (const digest of parts) await registry.delete(repository, digest);
  }
  for (const digest of going) await registry.delete(repository, digest);
  return going.length;
}

/** Manifests that an index holds have no tag of their own and do not go with it. */
async function partsOf(digests: string[], repository: string, registry: Registry): Promise<string[]> {
  const manifests = await Promise.all(digests.map((digest) => registry.manifest(repository, digest)));
  return manifests.flatMap((manifest) => {
    const { manifests: parts = [] } = JSON.parse(manifest?.text ?? "{}") as { manifests?: { digest: string }[] };
    return parts.map(({ digest }) => digest);
  });
}

function notPushed(service: string, server: string): PaasError {
  return new PaasError("push-failed", `the image of ${service} is not in ${server}, though docker has pushed it`, {
    next: "run again; the push is repeated",
  });
}
