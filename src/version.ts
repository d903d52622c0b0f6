import { PaasError } from "./errors.js";

declare const PAAS_VERSION: string | undefined;

/** Version of this CLI; the build writes it in, an unbuilt checkout says so. */
export const version: string = typeof PAAS_VERSION === "string" ? PAAS_VERSION : "0.0.0-source";

/** A local cloud of one version and commands of another, where neither may take the other's place. */
export function otherVersion(running: string, pinned: string): PaasError {
  const message = `infra/ pins paas ${pinned}, and the local cloud is paas ${running}`;
  return new PaasError("local-cloud-version", message, {
    details: ["what workflows run and the local cloud must be the same version"],
    next: `\`paas init\` with paas ${running} pins that one; commit infra/ and push again`,
  });
}
