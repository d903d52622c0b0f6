/**
 * The azurerm types of resources and data sources in a state; sorted.
 * @param state the state's JSON; null and an empty blob hold nothing
 */
export function resourceTypesOfState(state: Buffer | null): string[] {
  if (state === null || state.length === 0) return [];
  const { resources = [] } = JSON.parse(state.toString("utf8")) as { resources?: { type: string }[] };
  return azurermTypes(resources.map(({ type }) => type));
}

/** Those of the types that belong to azurerm, each once; sorted. */
export function azurermTypes(types: string[]): string[] {
  return [...new Set(types)].filter((type) => type.startsWith("azurerm_")).sort();
}
