/** Milliseconds from the build of an image to its deployment, at most: an apply may lie between them. */
const LIMIT = 60 * 60_000;

/** The images that runs have asked for and may be about to deploy: no app names them yet. */
export class PromisedImages {
  readonly #promises: { envId: string; digest: string; at: number }[] = [];

  /** @param digest sha256, hex */
  note(envId: string, digest: string): void {
    this.#promises.push({ envId, digest, at: Date.now() });
  }

  /** Digests that any other environment than this one may be about to use. */
  toOthers(envId: string): string[] {
    return this.#promises
      .filter((promise) => promise.envId !== envId && Date.now() - promise.at < LIMIT)
      .map(({ digest }) => digest);
  }
}
