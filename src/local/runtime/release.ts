import fs from "node:fs";
import path from "node:path";
import { PaasError } from "../../errors.js";
import { RELEASE_LIMIT } from "../../manifest/release.js";
import { readImage } from "../builder/image.js";
import { runStep } from "../builder/run-step.js";
import { appVariables } from "./instance.js";
import { recordsIn } from "./process-records.js";
import { makeWorkplace } from "./workplace.js";

export type RunReleaseRequest = {
  /** Name of the container app. */
  app: string;
  /** Folder of all images. */
  images: string;
  /** Folder of the runtime. */
  folder: string;
  /** Digest of the new image, with or without `sha256:`. */
  digest: string;
  /** Words, never a shell line. */
  command: string[];
  /** The app's own variables, secrets included. */
  env: Record<string, string>;
  onLine: (line: string) => void;
  signal: AbortSignal;
};

/**
 * Runs a command in a new image, with the environment that the app will have, before traffic moves to it.
 * @throws PaasError `release-failed` with the last lines, `image-not-found`, `aborted`
 */
export async function runRelease(request: RunReleaseRequest): Promise<void> {
  const { app, images, folder, command, env, onLine, signal } = request;
  const image = readImage(images, request.digest.replace(/^sha256:/, ""));
  if (!image) throw imageNotFound(app, request.digest);
  const homes = path.join(folder, "homes");
  fs.mkdirSync(homes, { recursive: true, mode: 0o700 });
  const home = fs.mkdtempSync(path.join(homes, "release-"));
  try {
    const place = await makeWorkplace(image, home);
    const variables = appVariables({ app, revision: "release", image, env }, place);
    const records = recordsIn(folder);
    const step = { words: command, cwd: place.app, variables, records, onLine, signal, limit: RELEASE_LIMIT };
    await runStep(step, (why, lines) => releaseFailed(app, why, lines));
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

function imageNotFound(app: string, digest: string): PaasError {
  return new PaasError("image-not-found", `the image of ${app} is not in this local cloud: ${digest}`, {
    next: "repeat: it is built again",
  });
}

function releaseFailed(app: string, why: string, lines: string[]): PaasError {
  return new PaasError("release-failed", `the release command of ${app} failed: ${why}`, {
    details: lines,
    next: "correct it, commit, and push again; what ran before goes on serving",
  });
}
