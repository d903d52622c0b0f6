import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const NETWORK =
  /^(?:https?_proxy|no_proxy|all_proxy|node_extra_ca_certs|ssl_cert_(?:file|dir)|requests_ca_bundle|curl_ca_bundle)$/i;
const PIP = /^PIP_/;
/** How npm reaches its registry, and none of the folders and switches that a surrounding `npm run` puts beside it. */
const NPM =
  /^npm_config_(?:.*registry|.*_auth.*|proxy|https[-_]proxy|noproxy|ca|cafile|cert|key|strict[-_]ssl|fetch[-_].*|prefer[-_]offline|offline)$/i;

/**
 * The environment of a build, made from nothing: where programs are, how the network is reached, and folders of its
 * own, so that neither the user's files nor the secrets of the caller's environment reach a branch's scripts.
 * @param cache folder of the local cloud's own npm and pip caches
 */
export function buildVariables(cache: string, caller: NodeJS.ProcessEnv): Record<string, string> {
  const home = path.join(cache, "home");
  fs.mkdirSync(home, { recursive: true, mode: 0o700 });
  const userNpmrc = caller.npm_config_userconfig ?? path.join(caller.HOME ?? os.homedir(), ".npmrc");
  const npmrc = fs.existsSync(userNpmrc) ? fs.readFileSync(userNpmrc, "utf8") : null;
  const named = new Set([...(npmrc ?? "").matchAll(/\$\{([^}?]+)\??\}/g)].map(([, name]) => name));
  const kept = Object.entries(caller).filter(
    ([name, value]) =>
      value !== undefined && (NETWORK.test(name) || PIP.test(name) || NPM.test(name) || named.has(name)),
  );
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    PATH: caller.PATH ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: home,
    LANG: "C.UTF-8",
    CI: "true",
    npm_config_cache: path.join(cache, "npm"),
    npm_config_update_notifier: "false",
    ...(npmrc === null ? {} : { npm_config_userconfig: userNpmrc }),
    PIP_CACHE_DIR: path.join(cache, "pip"),
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
  };
}
