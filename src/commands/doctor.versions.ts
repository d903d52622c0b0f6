import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PaasError } from "../errors.js";

/** One answer of a program, in milliseconds. */
const LIMIT = 20_000;

/** @throws PaasError `git-missing` */
export async function gitVersion(variables: NodeJS.ProcessEnv): Promise<string> {
  const text = await answerOf("git", ["--version"], variables);
  const found = /\d+\.\d+(?:\.\d+)*/.exec(text ?? "");
  if (found) return found[0];
  throw new PaasError("git-missing", "git is not on PATH", { next: "install git 2.30 or newer" });
}

/** @throws PaasError `buildx-missing` */
export async function buildxVersion(variables: NodeJS.ProcessEnv): Promise<string> {
  const text = await answerOf("docker", ["buildx", "version"], variables);
  const found = /v?(\d+\.\d+\.\d+\S*)/.exec(text ?? "");
  if (found?.[1]) return found[1];
  throw new PaasError("buildx-missing", "docker buildx is not here: images can be built in workflows only", {
    next: "install Docker with its buildx plugin (https://docs.docker.com/engine/install) to run `paas up` from this machine",
  });
}

async function answerOf(program: string, words: string[], { PATH, HOME }: NodeJS.ProcessEnv): Promise<string | null> {
  try {
    const { stdout } = await promisify(execFile)(program, words, { env: { PATH, HOME }, timeout: LIMIT });
    return stdout;
  } catch {
    return null;
  }
}
