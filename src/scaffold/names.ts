import { MAX_SERVICE_NAME, SLUG } from "../manifest/schema.js";

const PROJECT_LENGTH = { min: 2, max: 20 };

/** Why a text cannot be the project's name, or undefined when it can. */
export function projectNameProblem(name: string): string | undefined {
  const fits = name.length >= PROJECT_LENGTH.min && name.length <= PROJECT_LENGTH.max && SLUG.test(name);
  return fits ? undefined : "2 to 20 characters: lower-case letters, digits and single dashes, beginning with a letter";
}

/** Why a text cannot be a service's name, or undefined when it can. */
export function serviceNameProblem(name: string): string | undefined {
  if (name.length <= MAX_SERVICE_NAME && SLUG.test(name)) return undefined;
  return `at most ${MAX_SERVICE_NAME} characters: lower-case letters, digits and single dashes, beginning with a letter`;
}

/** Why a text cannot be an Azure region, or undefined when it can. */
export function locationProblem(location: string): string | undefined {
  return /^[a-z][a-z0-9]{2,39}$/.test(location) ? undefined : "an Azure region in its short form, like westeurope";
}

/** A valid project name near to `text`, `@acme/My Shop` → `my-shop`; `app` when nothing of it is left. */
export function projectNameFrom(text: string): string {
  const slug = slugOf(text.split("/").at(-1) ?? "", PROJECT_LENGTH.max);
  return slug.length >= PROJECT_LENGTH.min ? slug : "app";
}

/** A valid service name near to `text` that is not among `taken`. */
export function serviceNameFrom(text: string, taken: readonly string[]): string {
  const slug = slugOf(text, MAX_SERVICE_NAME) || "web";
  if (!taken.includes(slug)) return slug;
  for (let number = 2; ; number++) {
    const ending = `-${number}`;
    const candidate = `${slugOf(slug, MAX_SERVICE_NAME - ending.length)}${ending}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

function slugOf(text: string, length: number): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const dashed = plain.replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+/, "");
  return dashed.slice(0, length).replace(/-+$/, "");
}
