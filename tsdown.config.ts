import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { defineConfig } from "tsdown";

const { version } = JSON.parse(fs.readFileSync("package.json", "utf8")) as { version: string };

export default defineConfig({
  entry: { main: "src/main.ts", daemon: "src/local/daemon.ts", hook: "src/local/hook.ts" },
  format: "esm",
  platform: "node",
  target: "node20.19",
  // `.js`: the package is of type module.
  fixedExtension: false,
  outDir: "dist",
  clean: true,
  dts: false,
  minify: false,
  sourcemap: false,
  report: false,
  deps: {
    // esbuild alone stays outside: it brings a binary of its own.
    neverBundle: ["esbuild"],
    alwaysBundle: [/.*/],
    // What this includes is in THIRD-PARTY-NOTICES.
    onlyBundle: false,
  },
  alias: {
    // Azurite reports its use to its makers through this package, when asked to. Nobody asks here.
    applicationinsights: path.resolve("scripts/absent.cjs"),
    // Node's own module of this name warns that it will go; a library of Azurite means the package.
    punycode: path.resolve("node_modules/punycode/punycode.js"),
  },
  plugins: [
    {
      // commander starts commands that are programs of their own, which ours are not: loading what it needs for that would
      // cost every start of paas 3 of its 60 ms.
      name: "commander-starts-no-programs",
      transform(code, id) {
        if (!/commander.lib.command\.js$/.test(id)) return null;
        const needed = "require('node:child_process')";
        if (!code.includes(needed)) throw new Error(`commander no longer says ${needed}`);
        return code.replace(needed, "{}");
      },
    },
  ],
  outputOptions: {
    // What every entry needs is one small file: each one more costs start-up time.
    codeSplitting: { groups: [{ name: "base", test: /rolldown[\\/]runtime|src[\\/](errors|version)\.ts$/ }] },
  },
  define: {
    PAAS_VERSION: JSON.stringify(`${version}+${contentHash()}`),
    // Libraries in C that ws would use if they were there.
    "process.env.WS_NO_BUFFER_UTIL": JSON.stringify("1"),
    "process.env.WS_NO_UTF_8_VALIDATE": JSON.stringify("1"),
  },
});

/** An unpublished build names the sources it was made from, so that a daemon or a vendored copy of another is told apart. */
function contentHash(): string {
  const hash = createHash("sha256");
  for (const folder of ["src", "templates"]) {
    for (const file of filesIn(folder)) hash.update(`${file}\0`).update(fs.readFileSync(file));
  }
  return hash.digest("hex").slice(0, 12);
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
