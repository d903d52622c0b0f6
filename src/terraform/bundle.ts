import path from "node:path";
import { type BuildFailure, build, type Plugin } from "esbuild";
import { PaasError } from "../errors.js";

export type BundleRequest = {
  /** Folder of the CDKTF app. */
  infra: string;
  /** Folder that every package comes from, whatever lies beside or above `infra`. */
  nodeModules: string;
  outfile: string;
  /** Write an inline source map: 40 ms that only a failing app needs. */
  sourceMap: boolean;
};

/**
 * Bundles `infra/main.ts` into one CommonJS file.
 * @throws PaasError `synth-failed` with file and line of every syntax error and unknown import
 */
export async function bundle({ infra, nodeModules, outfile, sourceMap }: BundleRequest): Promise<void> {
  try {
    await build({
      entryPoints: [path.join(infra, "main.ts")],
      outfile,
      bundle: true,
      platform: "node",
      format: "cjs",
      target: "node20",
      sourcemap: sourceMap ? "inline" : false,
      sourcesContent: false,
      logLevel: "silent",
      absWorkingDir: infra,
      plugins: [packagesFrom(nodeModules), unbundledAssets(nodeModules)],
    });
  } catch (error) {
    throw bundleError(error, infra);
  }
}

/** Resolves packages in one folder only, so that a run depends on the lock file and not on what is installed nearby. */
function packagesFrom(nodeModules: string): Plugin {
  return {
    name: "packages",
    setup(builder) {
      builder.onResolve({ filter: /^[^./]/ }, (request) => {
        const own = !request.importer.includes(`${path.sep}node_modules${path.sep}`);
        if (!own || request.pluginData === resolving || request.kind === "entry-point") return undefined;
        return builder.resolve(request.path, {
          kind: request.kind,
          importer: request.importer,
          resolveDir: path.dirname(nodeModules),
          pluginData: resolving,
        });
      });
    },
  };
}

const resolving = Symbol("resolving");

/**
 * cdktf's asset code starts its own file as a process to make archives, which a bundle cannot be, and loads an archiver
 * that stacks without assets never use. It is left out and loaded from its package when it is called.
 */
function unbundledAssets(nodeModules: string): Plugin {
  const file = path.join(nodeModules, "cdktf", "lib", "private", "fs.js");
  const contents = [
    `const load = require("node:module").createRequire(${JSON.stringify(file)});`,
    `module.exports = new Proxy({}, { get: (_, name) => load(${JSON.stringify(file)})[name] });`,
  ].join("\n");
  return {
    name: "assets",
    setup(builder) {
      builder.onLoad({ filter: /cdktf[\\/]lib[\\/]private[\\/]fs\.js$/ }, () => ({ contents, loader: "js" }));
    },
  };
}

function bundleError(error: unknown, infra: string): PaasError {
  const messages = (error as Partial<BuildFailure>).errors ?? [];
  const details = messages.map(({ location, text }) =>
    location ? `infra/${location.file}:${location.line}: ${text}` : text,
  );
  return new PaasError("synth-failed", `${path.join(infra, "main.ts")} cannot be bundled`, {
    details: details.length > 0 ? details : [String(error)],
    next: "mend infra/ and run again",
    cause: error,
  });
}
