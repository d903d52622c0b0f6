import type { Backend } from "./commands.js";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Block = { [key: string]: Json };

export type Standalone = { backend: Backend; subscriptionId: string; tenantId: string };

/**
 * A synthesised configuration as it is used without paas: the backend and the provider name the places that a run is
 * otherwise told from outside, and the notes of the synthesiser are gone.
 * @param text `cdk.tf.json`
 */
export function standaloneConfiguration(text: string, { backend, subscriptionId, tenantId }: Standalone): string {
  const configuration = withoutNotes(JSON.parse(text) as Json) as {
    terraform?: Block;
    provider?: Record<string, Block[]>;
  };
  const { terraform = {}, provider = {} } = configuration;
  const azurerm = (provider.azurerm ?? []).map((block) => ({
    subscription_id: subscriptionId,
    tenant_id: tenantId,
    ...block,
  }));
  const filled = {
    ...configuration,
    terraform: { ...terraform, backend: { azurerm: backend } },
    provider: { ...provider, azurerm },
  };
  return `${JSON.stringify(filled, null, 2)}\n`;
}

function withoutNotes(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNotes);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "//");
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNotes(inner)]));
}
