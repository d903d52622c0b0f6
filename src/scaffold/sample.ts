import { EXIT, PaasError } from "../errors.js";
import { detectServices } from "./detect.js";
import type { Listing } from "./listing.js";
import type { Answers } from "./manifest-text.js";
import type { Template } from "./template.js";

/** The listing as it will be with the files of a sample in it. */
export function withSample(files: Listing, sample: Template): Listing {
  const paths = [...new Set([...files.paths, ...Object.keys(sample)])].sort();
  return {
    paths,
    has: (file) => Object.hasOwn(sample, file) || files.has(file),
    text: (file) => (Object.hasOwn(sample, file) ? (sample[file] ?? null) : files.text(file)),
  };
}

/** The sample reads its greeting from the environment, so that there is something to change. */
export function withSampleVariables(answers: Answers): Answers {
  const services = answers.services.map((service) =>
    service.runtime === "node" && service.path === "." ? { ...service, env: { GREETING: "Hello" } } : service,
  );
  return { ...answers, services };
}

/**
 * A sample is for a repository without an app; one that an earlier run wrote is no obstacle.
 * @throws PaasError `sample-in-the-way` (exit 2)
 */
export function requireRoomForSample(files: Listing, sample: Template): void {
  const names = Object.keys(sample);
  const different = names.filter((name) => files.has(name) && files.text(name) !== sample[name]);
  const written = names.every((name) => files.has(name));
  const apps = written ? [] : detectServices(files).map(({ path }) => path);
  if (different.length === 0 && apps.length === 0) return;
  throw new PaasError("sample-in-the-way", "this repository has an app already, so no sample is written into it", {
    details: [...different.map((name) => `${name} is there`), ...apps.map((path) => `there is an app in ${path}`)],
    next: "`paas init` without --sample takes the app that is there",
    exit: EXIT.usage,
  });
}
