import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Runtime } from "../../manifest/manifest.js";

/** What `image.json` says of an image: a folder `<images>/<digest>/` whose `app/` is what runs. */
export type ImageDescription = {
  schemaVersion: 1;
  runtime: Runtime;
  /** Words that start the app in `app/`; empty for a static site, which the runtime serves itself. */
  command: string[];
  /** Folder below `app/` that a static site is served from; `.` for all of it. */
  webRoot: string;
  createdAt: string;
  contentKey: string;
};

export type LocalImage = ImageDescription & {
  /** Absolute path of `app/`. */
  app: string;
};

/**
 * The digest is known before anything is built: the same files, runtime and toolchain are the same image.
 * @returns sha256, hex
 */
export function imageDigest(contentKey: string, runtime: Runtime, toolchain: string): string {
  return createHash("sha256")
    .update(JSON.stringify([1, contentKey, runtime, toolchain]))
    .digest("hex");
}

/** Digest (hex) of an image reference `<server>/<repository>@sha256:<digest>`, or null. */
export function digestOf(reference: string): string | null {
  return /@sha256:([0-9a-f]{64})$/.exec(reference)?.[1] ?? null;
}

/** The image with this digest (hex), or null when it was never finished here. */
export function readImage(images: string, digest: string): LocalImage | null {
  if (!/^[0-9a-f]{64}$/.test(digest)) return null;
  const folder = path.join(images, digest);
  const file = path.join(folder, "image.json");
  if (!fs.existsSync(file)) return null;
  const description = JSON.parse(fs.readFileSync(file, "utf8")) as ImageDescription;
  return { ...description, app: path.join(folder, "app") };
}

/**
 * Turns a finished folder with `app/` in it into the image of a digest, all at once: a build that was killed before
 * leaves no image. Another build may have been faster; its image is the same and stays.
 */
export function publishImage(images: string, digest: string, built: string, description: ImageDescription): void {
  fs.writeFileSync(path.join(built, "image.json"), `${JSON.stringify(description)}\n`);
  fs.mkdirSync(images, { recursive: true, mode: 0o700 });
  if (readImage(images, digest)) return;
  const place = path.join(images, digest);
  fs.rmSync(place, { recursive: true, force: true });
  fs.renameSync(built, place);
}

/** Removes every image that is not in `used` (digests, hex); gives the removed digests. */
export function removeImages(images: string, used: Set<string>): string[] {
  if (!fs.existsSync(images)) return [];
  const unused = fs.readdirSync(images).filter((digest) => !used.has(digest));
  for (const digest of unused) fs.rmSync(path.join(images, digest), { recursive: true, force: true });
  return unused;
}
