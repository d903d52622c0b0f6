/** Writes THIRD-PARTY-NOTICES from the packages that are in `dist/`; run after each change of a dependency. */
import fs from "node:fs";
import path from "node:path";
import { type BundledPackage, bundledPackages } from "./bundled-packages.js";

const LICENSE_FILE = /^(licen[cs]e|copying|notice)/i;
const RULE = "-".repeat(80);

const packages = bundledPackages("dist");
const head = [
  "This file lists the software of others that is bundled into the files of this package, and its licences.",
  `It is generated from the bundle: ${packages.length} packages.`,
].join("\n");
fs.writeFileSync("THIRD-PARTY-NOTICES", `${[head, ...packages.map(noticeOf)].join(`\n\n${RULE}\n`)}\n`);

function noticeOf({ name, version, license, author, folder }: BundledPackage): string {
  const texts = licenceTexts(folder);
  const by = texts.length === 0 && author ? [`By ${author}. The package carries no text of its licence.`] : [];
  return [`${name}@${version} (${license})`, ...by, ...texts].join("\n\n");
}

/** Licence and notice files as the package carries them. */
function licenceTexts(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file) && fs.statSync(path.join(folder, file)).isFile())
    .sort()
    .map((file) => fs.readFileSync(path.join(folder, file), "utf8").replace(/\r\n/g, "\n").trim());
}
