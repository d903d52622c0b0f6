import { text } from "node:stream/consumers";
import type { Cloud, Vault } from "../cloud.js";
import { describeEnvironment } from "../environment/describe.js";
import type { Environment } from "../environment/environment.js";
import { EXIT, PaasError } from "../errors.js";
import { policyFor } from "../manifest/environments.js";
import type { Tier } from "../manifest/manifest.js";
import { SECRET_NAME } from "../naming/secret.js";
import { openDoors } from "../pipeline/doors.js";
import { trustedManifest } from "../pipeline/source.js";
import { findTarget } from "../pipeline/target.js";
import type { GlobalOptions, Tools } from "../tools.js";
import { subjectOf } from "./subject.js";

export type SecretOptions = GlobalOptions & { env?: string; tier?: Tier };
export type NamedSecretOptions = SecretOptions & { name: string };

/** A vault, and whose it is: one of the two is null. */
type Chosen = { vault: Vault; environment: string | null; tier: Tier | null; words: string };

/** Key Vault's limit for a value, in characters. */
const LONGEST = 25_000;

export async function setSecret(options: NamedSecretOptions, tools: Tools): Promise<void> {
  const name = checkedName(options.name);
  const { vault, words, environment, tier } = await choose(options, tools);
  await vault.set(name, await readValue(name, tools));
  tools.ui.note(`${name} is in the vault of ${words}; apps read it after the next \`paas up\``);
  tools.ui.result(options, { environment, tier, name, set: true }, "");
}

export async function listSecrets(options: SecretOptions, tools: Tools): Promise<void> {
  const { vault, words, environment, tier } = await choose(options, tools);
  const names = Object.keys(await vault.versions()).sort();
  if (names.length === 0) tools.ui.note(`the vault of ${words} is empty`);
  tools.ui.result(options, { environment, tier, secrets: names.map((name) => ({ name })) }, names.join("\n"));
}

export async function removeSecret(options: NamedSecretOptions, tools: Tools): Promise<void> {
  const name = checkedName(options.name);
  const { vault, words, environment, tier } = await choose(options, tools);
  if (!(await vault.remove(name))) {
    throw new PaasError("no-such-secret", `the vault of ${words} has no ${name}`, {
      next: `\`paas secret ls ${environment === null ? `--tier ${tier}` : `--env ${environment}`}\` lists what it has`,
      exit: EXIT.notFound,
    });
  }
  tools.ui.note(`${name} is removed from the vault of ${words}`);
  tools.ui.result(options, { environment, tier, name, removed: true }, "");
}

async function choose({ env, tier }: SecretOptions, tools: Tools): Promise<Chosen> {
  if (tier) {
    const { vault } = await tools.cloud();
    return { vault: vault.defaults(tier), environment: null, tier, words: `tier ${tier}` };
  }
  const { envId, branch } = await subjectOf(env, tools);
  const cloud = await tools.cloud();
  const environment = await describe(envId, branch ?? `env-${envId}`, cloud, tools);
  return { vault: cloud.vault.of(environment), environment: envId, tier: null, words: `environment ${envId}` };
}

/** The environment in its present life, which the name of its vault tells; it need not be there yet. */
async function describe(envId: string, branch: string, cloud: Cloud, tools: Tools): Promise<Environment> {
  const manifest = await tools.manifest();
  const trusted = await trustedManifest(await tools.git(), manifest);
  const target = await findTarget(envId, trusted, await openDoors(tools)).catch(orNone);
  const tier = target?.tier ?? policyFor(trusted, envId).tier;
  const generation = target?.record?.generation ?? 0;
  const { subscriptionId } = cloud.at(tier);
  return { ...describeEnvironment({ manifest, trusted, branch, generation, subscriptionId }), envId, tier };
}

function orNone(error: unknown): null {
  if (error instanceof PaasError && error.code === "no-such-environment") return null;
  throw error;
}

function checkedName(name: string): string {
  if (SECRET_NAME.test(name) && name.length <= 100 && !name.startsWith("PAAS_")) return name;
  throw new PaasError("secret-name", `"${name}" cannot be the name of a secret`, {
    details: ["capital letters, digits and single underscores, like STRIPE_KEY; PAAS_ is taken"],
    next: "name it so here and under `secrets` in paas.yaml",
    exit: EXIT.usage,
  });
}

/** From standard input without the last line end, or asked for; never from an argument, which everybody can read. */
async function readValue(name: string, { prompt }: Tools): Promise<string> {
  const given = process.stdin.isTTY ? null : (await text(process.stdin)).replace(/\r?\n$/, "");
  const value = given ?? (prompt.interactive ? await prompt.secret({ message: `Value of ${name}` }) : "");
  if (value !== "" && value.length <= LONGEST) return value;
  throw new PaasError(
    "secret-value",
    value === "" ? `there is no value for ${name}` : `the value of ${name} is too long`,
    {
      details: [value === "" ? "nothing came on standard input" : `a vault takes ${LONGEST} characters`],
      next: `\`paas secret set ${name} … < file\`, or run it on a terminal and type the value`,
      exit: EXIT.usage,
    },
  );
}
