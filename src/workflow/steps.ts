import { PINS, type Pin, usesText } from "./pins.js";
import { entry, expression, indent } from "./text.js";

/** The steps that several jobs share, as YAML of one item each. */

export const NODE_VERSION = 22;
export const TERRAFORM_VERSION = "1.11.4";
/** Where `npm ci --prefix infra` puts the command. */
export const PAAS = "infra/node_modules/.bin/paas";

const PLATFORM_KEY = `${expression("runner.os")}-${expression("runner.arch")}`;

export type CheckoutOptions = {
  /** Expression of what to check out; without it, what GitHub chose for the event. */
  ref?: string;
  /** Also fetches the default branch, whose `paas.yaml` decides tier and protection. */
  withDefaultBranch?: boolean;
};

export function checkout({ ref, withDefaultBranch = false }: CheckoutOptions = {}): string {
  return step(PINS.checkout, [
    ...(ref === undefined ? [] : [entry("ref", expression(ref))]),
    ...(withDefaultBranch ? ["fetch-depth: 0 # paas.yaml of the default branch decides tier and protection"] : []),
    "persist-credentials: false # what is built here finds no token in .git",
  ]);
}

/** What every job that works with environments begins with. */
export function workplace(from?: CheckoutOptions): string[] {
  return [checkout(from), ...cli(), ...terraform()];
}

/** Node, the CLI that `infra/package.json` pins, and the packages of `infra/`. */
export function cli(): string[] {
  return [
    step(PINS.node, [`node-version: ${NODE_VERSION}`, "cache: npm", "cache-dependency-path: infra/package-lock.json"]),
    step(
      PINS.cache,
      [
        "path: infra/node_modules",
        `key: paas-infra-${PLATFORM_KEY}-node${NODE_VERSION}-${expression("hashFiles('infra/package-lock.json')")}`,
      ],
      { name: "Restore the packages of infra/", id: "packages" },
    ),
    `- name: Install the packages of infra/, paas among them
  if: steps.packages.outputs.cache-hit != 'true'
  # Scripts of packages would run beside the job's credentials.
  run: npm ci --ignore-scripts --prefix infra`,
  ];
}

/** Terraform and a cache of its providers; the job's `env` has TF_PLUGIN_CACHE_DIR. */
function terraform(): string[] {
  return [
    step(PINS.terraform, [
      `terraform_version: ${TERRAFORM_VERSION}`,
      "terraform_wrapper: false # the wrapper mixes lines of its own into what Terraform prints",
    ]),
    step(
      PINS.cache,
      [
        "path: .paas/plugins",
        `key: paas-plugins-${PLATFORM_KEY}-${expression("hashFiles('infra/package-lock.json', 'infra/.terraform.lock.hcl')")}`,
      ],
      { name: "Restore the providers of Terraform" },
    ),
    `- name: Make the folder of providers
  # Terraform refuses a plugin cache that is not there.
  run: mkdir -p "$TF_PLUGIN_CACHE_DIR"`,
  ];
}

export function buildx(): string {
  return step(PINS.buildx, []);
}

function step(pin: Pin, inputs: string[], { name, id }: { name?: string; id?: string } = {}): string {
  const lines = [
    ...(name === undefined ? [] : [`name: ${name}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    `uses: ${usesText(pin)}`,
    ...(inputs.length > 0 ? [`with:\n${indent(inputs.join("\n"), 2)}`] : []),
  ];
  return item(lines.join("\n"));
}

/** A mapping as an item of a list. */
export function item(mapping: string): string {
  return `- ${indent(mapping, 2).trimStart()}`;
}
