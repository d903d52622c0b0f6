import { PaasError } from "../errors.js";
import { PLATFORM } from "./docker-arguments.js";
import type { Registry, StoredManifest } from "./registry.js";

type Platform = { os?: string; architecture?: string };
type Descriptor = { digest: string; platform?: Platform; annotations?: Record<string, string> };

/** The images in an index; what is attested of them lies beside them, for no platform. */
function imagesIn(manifest: StoredManifest): Descriptor[] {
  const { manifests } = JSON.parse(manifest.text) as { manifests?: Descriptor[] };
  return (manifests ?? []).filter(
    ({ platform, annotations }) =>
      platform?.os !== "unknown" && annotations?.["vnd.docker.reference.type"] !== "attestation-manifest",
  );
}

/**
 * Refuses an image that Container Apps cannot start. What an index says of its images is what was asked for; only the
 * configuration of an image says what is in it.
 * @throws PaasError `image-platform`
 */
export async function refuseOtherPlatform(
  service: string,
  repository: string,
  manifest: StoredManifest,
  registry: Registry,
): Promise<void> {
  const isIndex = "manifests" in (JSON.parse(manifest.text) as object);
  const digests = isIndex ? imagesIn(manifest).map(({ digest }) => digest) : [manifest.digest];
  const platforms: Platform[] = [];
  for (const digest of digests) {
    const image = digest === manifest.digest ? manifest : await registry.manifest(repository, digest);
    const { config } = JSON.parse(image?.text ?? "{}") as { config?: { digest: string } };
    if (config) platforms.push((await registry.json(repository, config.digest)) as Platform);
  }
  if (platforms.some(({ os, architecture }) => os === PLATFORM.os && architecture === PLATFORM.architecture)) return;
  const found = platforms.map(({ os, architecture }) => `${os}/${architecture}`).join(", ") || "no platform at all";
  throw new PaasError("image-platform", `the image of ${service} is for ${found}, and Azure runs linux/amd64`, {
    details: ["its Dockerfile, or the image that it begins with, is for another kind of processor"],
    next: "take `--platform` out of the FROM lines of its Dockerfile, and begin with an image that has linux/amd64",
  });
}
