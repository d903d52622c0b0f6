/** Writes THIRD-PARTY-NOTICES from the packages that are in `dist/`; run after each change of a dependency. */
import fs from "node:fs";
import path from "node:path";
import { type BundledPackage, bundledPackages } from "./bundled-packages.js";

const LICENSE_FILE = /^(licen[cs]e|copying)/i;
/** The Apache licence asks to pass these on; elsewhere they list what this file lists from the bundle itself. */
const NOTICE_FILE = /^notice/i;
const RULE = "-".repeat(80);

const packages = bundledPackages("dist");
const head = [
  "This file lists the software of others that is bundled into the files of this package, and its licences.",
  `It is generated from the bundle: ${packages.length} packages.`,
].join("\n");
fs.writeFileSync("THIRD-PARTY-NOTICES", `${[head, ...packages.map(noticeOf)].join(`\n\n${RULE}\n`)}\n`);

function noticeOf({ name, version, license, author, folder }: BundledPackage): string {
  const texts = textsOf(folder, LICENSE_FILE);
  const notices = license === "Apache-2.0" ? textsOf(folder, NOTICE_FILE) : [];
  const by = texts.length === 0 && author ? [`By ${author}. The package carries no text of its licence.`] : [];
  return [`${name}@${version} (${license})`, ...by, ...texts, ...notices].join("\n\n");
}

/** Files as the package carries them. */
function textsOf(folder: string, name: RegExp): string[] {
  return fs
    .readdirSync(folder)
    .filter((file) => name.test(file) && fs.statSync(path.join(folder, file)).isFile())
    .sort()
    .map((file) => fs.readFileSync(path.join(folder, file), "utf8").replace(/\r\n/g, "\n").trim());
}
