import fs from "node:fs/promises";
import path from "node:path";
import type { BuildRequest, Cloud, Image } from "../cloud.js";
import { EXIT, PaasError } from "../errors.js";
import type { Tier } from "../manifest/manifest.js";
import { count } from "../ui/wording.js";
import { buildAndPush } from "./docker.js";
import { azureFailure } from "./failure.js";
import { refuseOtherPlatform } from "./image-platform.js";
import { removeImages } from "./image-removal.js";
import { contentTag, environmentTags, gitTag, newestTag, outdatedOf, removalOf } from "./image-tags.js";
import { isGoneMeanwhile, type Registry, type StoredManifest } from "./registry.js";
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
  // What keeps it comes first: another environment that has it may go at this moment.
  const names = (digest: string) => [...environmentTags(environment.envId, digest), gitTag(commit)];
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

/** Removes an environment's names, and the images that no environment has any more. */
async function forget(envId: string, tier: Tier, { registry: open, serverOf, project }: ImageSources): Promise<string> {
  const registry = open(serverOf(tier));
  let removed = 0;
  try {
    for (const repository of await registry.repositories(`${project}/`)) {
      removed += await removeImages((tags) => removalOf(envId, tags), repository, registry);
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
    await removeImages((tags) => outdatedOf(envId, tags, digests), repository, sources.registry(server));
  }
}

type Place = { server: string; repository: string; digest: string };

/** Null for an image of elsewhere: asking there would show a token to whatever host a record names. */
function placeOf(reference: string, tier: Tier, { serverOf, project }: ImageSources): Place | null {
  const [, server = "", repository = "", digest = ""] = REFERENCE.exec(reference) ?? [];
  return server === serverOf(tier) && repository.startsWith(`${project}/`) ? { server, repository, digest } : null;
}

function notPushed(service: string, server: string): PaasError {
  return new PaasError("push-failed", `the image of ${service} is not in ${server}, though docker has pushed it`, {
    next: "run again; the push is repeated",
  });
}
