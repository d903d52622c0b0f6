import fs from "node:fs";
import path from "node:path";
import { writeFiles } from "./repository.js";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Writes a package like ours into a folder, small and without a build: its command prints its version and a word. */
export function writeCliPackage(folder: string, version = "0.1.0", word = "hello"): string {
  const { name, license, type, bin, dependencies, engines } = JSON.parse(
    fs.readFileSync(path.join(ROOT, "package.json"), "utf8"),
  );
  const manifest = { name, version, license, type, bin, files: ["bin", "templates"], dependencies, engines };
  writeFiles(folder, {
    "package.json": `${JSON.stringify(manifest, null, 2)}\n`,
    LICENSE: "free\n",
    "bin/paas.js": `#!/usr/bin/env node\nconsole.log("${version} ${word}");\n`,
    "templates/cli/packages.json": fs.readFileSync(path.join(ROOT, "templates/cli/packages.json"), "utf8"),
    "secret.txt": "not for others\n",
  });
  return folder;
}
