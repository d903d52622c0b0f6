import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/** A folder that docker takes for its configuration: the user's own, and how to sign in to one registry. */
export type DockerConfiguration = { variables: Record<string, string>; remove(): Promise<void> };

type Configuration = { credHelpers?: Record<string, string>; auths?: Record<string, unknown> } & Record<
  string,
  unknown
>;

/** Name that says that an identity token stands in place of a password. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/**
 * Makes the configuration of one run. The token is in a file that its owner alone can read and that goes with the run;
 * it is in no argument, where every process of the machine could read it, and never in the user's own configuration.
 * @param variables of the user
 */
export async function makeDockerConfiguration(
  server: string,
  identityToken: string,
  variables: NodeJS.ProcessEnv,
): Promise<DockerConfiguration> {
  const users = variables.DOCKER_CONFIG || path.join(variables.HOME || os.homedir(), ".docker");
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), "paas-docker-"));
  await fs.chmod(folder, 0o700);
  const theirs = await readConfiguration(path.join(users, "config.json"));
  const plugins = [theirs.cliPluginsExtraDirs].flat().filter((place) => typeof place === "string");
  const auth = Buffer.from(`${NOBODY}:`).toString("base64");
  const configuration = {
    ...theirs,
    auths: { ...theirs.auths, [server]: { auth, identitytoken: identityToken } },
    // An empty helper means this very file, also where the user keeps passwords in a keychain.
    credHelpers: { ...theirs.credHelpers, [server]: "" },
    cliPluginsExtraDirs: [path.join(users, "cli-plugins"), ...plugins],
  };
  await fs.writeFile(path.join(folder, "config.json"), JSON.stringify(configuration), { mode: 0o600 });
  // Docker looks for its contexts beside its configuration.
  await fs.symlink(path.join(users, "contexts"), path.join(folder, "contexts"), "junction").catch(() => {});
  return {
    variables: { DOCKER_CONFIG: folder, BUILDX_CONFIG: variables.BUILDX_CONFIG || path.join(users, "buildx") },
    remove: () => fs.rm(folder, { recursive: true, force: true }),
  };
}

async function readConfiguration(file: string): Promise<Configuration> {
  try {
    return JSON.parse(await fs.readFile(file, "utf8")) as Configuration;
  } catch {
    return {};
  }
}
