import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Sample, Template, Templates } from "./template.js";

const UNWANTED = new Set(["node_modules", "dist", "cdktf.out"]);
/** npm leaves these out of a package under their real names. */
const DOTFILES: Record<string, string> = {
  _gitignore: ".gitignore",
  _gitattributes: ".gitattributes",
  _npmrc: ".npmrc",
  _dockerignore: ".dockerignore",
};

/** Reads the templates of this package. */
export function readTemplates(): Templates {
  const home = packageFolder();
  return {
    infra: readTemplate(path.join(home, "templates", "infra")),
    dockerfiles: readTemplate(path.join(home, "templates", "dockerfiles")),
    ignore: readTemplate(path.join(home, "templates", "ignore")),
    schema: fs.readFileSync(path.join(home, "schema", "paas.schema.json"), "utf8"),
  };
}

export function readSample(sample: Sample): Template {
  return readTemplate(path.join(packageFolder(), "templates", "samples", sample));
}

function readTemplate(folder: string): Template {
  const entries = fs.readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !UNWANTED.has(name));
  const files = entries.flatMap((entry): [string, string][] => {
    const place = path.join(folder, entry.name);
    if (!entry.isDirectory()) return [[DOTFILES[entry.name] ?? entry.name, fs.readFileSync(place, "utf8")]];
    return Object.entries(readTemplate(place)).map(([name, text]) => [`${entry.name}/${name}`, text]);
  });
  return Object.fromEntries(files.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** Folder of this package. The bundle lies one folder below the top of the package, the sources lie two. */
export function packageFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!fs.existsSync(path.join(folder, "templates", "infra"))) {
    const above = path.dirname(folder);
    if (above === folder) throw new Error("the templates of this package are missing");
    folder = above;
  }
  return folder;
}
