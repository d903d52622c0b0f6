/**
 * Around all tests: one temporary folder for everything they write, an environment without the developer's settings,
 * and a look at the end for processes that were left behind.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { leftovers } from "./leftovers.js";

const FOREIGN = /^(GIT_|TF_|ARM_|AZURE_|PAAS_(?!TERRAFORM$)|GITHUB_|XDG_|npm_(?!config_))/;
const FOREIGN_NAMES = ["EDITOR", "VISUAL", "PAGER", "NO_COLOR", "FORCE_COLOR", "CI", "NODE_OPTIONS", "INIT_CWD"];
/** Certificates that Node is to trust on this machine. Reading them doubles the start of each of the many processes. */
const CERTIFICATES = "NODE_EXTRA_CA_CERTS";

export default function setUp(): () => Promise<void> {
  const npm = npmSettings("userconfig", "cache", "cafile");
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "paas-run-")));
  const home = path.join(folder, "home");
  fs.mkdirSync(home);
  for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];
  for (const name of FOREIGN_NAMES) delete process.env[name];
  Object.assign(process.env, {
    HOME: home,
    TMPDIR: folder,
    // How this machine reaches its package registry stays as it is.
    npm_config_userconfig: npm.userconfig,
    npm_config_cache: npm.cache,
    npm_config_cafile: npm.cafile ?? process.env[CERTIFICATES] ?? "",
    npm_config_update_notifier: "false",
    // Packages of CDKTF apps, kept from one run to the next.
    PAAS_CACHE_DIR: path.resolve("node_modules/.cache/paas"),
    CHECKPOINT_DISABLE: "1",
    PAAS_TEST_RUN: folder,
  });
  delete process.env[CERTIFICATES];
  // The runner may end without calling what is returned here, as on Ctrl-C.
  process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return async () => {
    const left = await leftovers(folder);
    if (left.length === 0) return;
    // The runner reports an error of a teardown, and ends with 0 all the same.
    process.exitCode = 1;
    throw new Error(`the tests left processes behind:\n${left.join("\n")}`);
  };
}

/** What npm is set to; without what it is set to nothing. */
function npmSettings(...names: string[]): Record<string, string | undefined> {
  const words = ["config", "get", ...names];
  const text = execFileSync("npm", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const settings = text.split("\n").map((line) => [line.split("=", 1)[0], line.slice(line.indexOf("=") + 1)]);
  return Object.fromEntries(settings.filter(([, value]) => value !== "null"));
}
