/** What `paas init` assumes of an app and the local builder must assume as well. */

/** A Dockerfile whose first line begins with this is ours: the app is what lies beside it, and its CMD says how it starts. */
export const GENERATED_DOCKERFILE_HEADER = "# written by paas init";

export function isGenerated(dockerfile: string): boolean {
  return dockerfile.toLowerCase().startsWith(GENERATED_DOCKERFILE_HEADER);
}

/** Folders that a finished site lies in, in the order they are tried. */
export const SITE_FOLDERS = [".", "public", "dist", "build", "site"];

/** Generators of sites, and the folder that each writes. */
export const SITE_GENERATORS: [name: string, output: string][] = [
  ["astro", "dist"],
  ["vite", "dist"],
  ["react-scripts", "build"],
  ["@vue/cli-service", "dist"],
  ["parcel", "dist"],
  ["gatsby", "public"],
  ["@11ty/eleventy", "_site"],
];
