import { EXIT, PaasError } from "../errors.js";

/** What a configuration brings along to run. */
export type Providers = {
  /** Full source addresses, `registry.terraform.io/hashicorp/azurerm`; sorted. */
  providers: string[];
  /** What may bring more and is not looked into: modules, files beside the stack's own. */
  unread: string[];
};

const AZURERM = "registry.terraform.io/hashicorp/azurerm";

/** Blocks that are made of types, whose first word Terraform takes for the provider where nothing else is said. */
const TYPED = ["resource", "data", "ephemeral"];

/**
 * Reads them out of Terraform JSON, in which a block may be an object or a list of such.
 * @param files other configuration files of the same folder
 */
export function providersOf(configuration: unknown, files: string[]): Providers {
  const blocks = (name: string) => inside(configuration, name);
  const declared = inside(blocks("terraform"), "required_providers");
  const checked = entries(blocks("check")).map(([, check]) => check);
  const types = [...TYPED.flatMap((name) => entries(blocks(name))), ...entries(inside(checked, "data"))];
  const named = [
    ...types.map(([type]) => type.split("_")[0] ?? type),
    ...entries(blocks("provider")).map(([name]) => name),
  ];
  const known = new Set(entries(declared).map(([name]) => name));
  const implied = named.filter((name) => name !== "terraform" && !known.has(name));
  const sources = [...entries(declared).map(([name, value]) => sourceOf(name, value)), ...implied];
  return {
    providers: [...new Set(sources.map(fullAddress))].sort(),
    unread: [...entries(blocks("module")).map(([name]) => `module ${name}`), ...files],
  };
}

/** Types of the resources and data sources, as they stand. */
export function typesOf(configuration: unknown): string[] {
  return ["resource", "data"].flatMap((name) => entries(inside(configuration, name))).map(([type]) => type);
}

/** `azurerm` and `hashicorp/azurerm` as Terraform reads them. */
export function fullAddress(source: string): string {
  const parts = source.split("/");
  const defaults = ["registry.terraform.io", "hashicorp"];
  return [...defaults.slice(0, Math.max(0, 3 - parts.length)), ...parts].join("/").toLowerCase();
}

/**
 * @param allowed full source addresses that the cloud can serve; null = any
 * @throws PaasError `provider-not-served`
 */
export function assertProviders({ providers }: Pick<Providers, "providers">, allowed: string[] | null): void {
  if (allowed === null) return;
  const others = providers.filter((provider) => !allowed.includes(provider));
  if (others.length === 0) return;
  throw new PaasError("provider-not-served", `infra/ uses a provider that this cloud does not serve: ${others[0]}`, {
    details: [...others.slice(1).map((other) => `also ${other}`), `served: ${allowed.join(", ")}`],
    next: "take its resources out of infra/, or use `--cloud azure`",
  });
}

/**
 * For the plan of a pull request, which runs with code that nobody has approved: a provider is a program, and data
 * sources such as `external` and `http` run programs and send what they were given.
 * @throws PaasError `provider-not-planned`, exit 5
 */
export function assertPlannable({ providers, unread }: Providers): void {
  const others = [...providers.filter((provider) => provider !== AZURERM), ...unread];
  if (others.length === 0) return;
  throw new PaasError("provider-not-planned", `infra/ of this pull request uses more than azurerm: ${others[0]}`, {
    details: [
      ...others.slice(1).map((other) => `also ${other}`),
      `a provider is a program that runs beside the job's identity; plans of pull requests run ${AZURERM} alone`,
    ],
    next: "review it, and look at its plan on an env-* branch",
    exit: EXIT.refused,
  });
}

function sourceOf(name: string, value: unknown): string {
  const source = entries(value).find(([key]) => key === "source")?.[1];
  return typeof source === "string" ? source : name;
}

/** The values of all blocks of a name, one list. */
function inside(value: unknown, name: string): unknown[] {
  return entries(value).flatMap(([key, block]) => (key === name ? [block] : []));
}

function entries(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap(entries);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
