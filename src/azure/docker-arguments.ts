/** One image to build; everything that docker is told. */
export type DockerBuild = {
  /** Host of the registry. */
  server: string;
  /** `shop/web` */
  repository: string;
  /** `shop/cache:web` */
  cache: string;
  tags: string[];
  /** Folder with the files. */
  context: string;
  dockerfile: string;
  /** File that docker writes the digest into. */
  metadata: string;
};

/** Container Apps runs nothing else. */
export const PLATFORM = { os: "linux", architecture: "amd64" };

/** The builder of ours: docker's own neither writes a cache into a registry nor attests what it built. */
export const BUILDER = "paas";

/** Words after `docker`. The cache is read by all; who may not write it builds all the same. */
export function buildArguments(build: DockerBuild): string[] {
  const { server, repository, cache, tags, context, dockerfile, metadata } = build;
  const place = `type=registry,ref=${server}/${cache}`;
  return [
    ...["buildx", "build", "--builder", BUILDER],
    ...["--platform", `${PLATFORM.os}/${PLATFORM.architecture}`],
    ...["--provenance=mode=max", "--sbom=true"],
    ...["--cache-from", place],
    ...["--cache-to", `${place},mode=max,image-manifest=true,oci-mediatypes=true,ignore-error=true`],
    ...["--metadata-file", metadata],
    ...tags.flatMap((tag) => ["--tag", `${server}/${repository}:${tag}`]),
    ...["--progress", "plain", "--push"],
    ...["--file", dockerfile, context],
  ];
}

export function findBuilderArguments(): string[] {
  return ["buildx", "inspect", BUILDER];
}

export function makeBuilderArguments(): string[] {
  return ["buildx", "create", "--name", BUILDER, "--driver", "docker-container"];
}
