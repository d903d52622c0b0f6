/**
 * The azurerm types of resources and data sources in a state; sorted.
 * @param state the state's JSON; null and an empty blob hold nothing
 */
export function resourceTypesOfState(state: Buffer | null): string[] {
  if (state === null || state.length === 0) return [];
  const { resources = [] } = JSON.parse(state.toString("utf8")) as { resources?: { type: string }[] };
  return azurermTypes(resources.map(({ type }) => type));
}

/** The resources of one type that a state holds; null and an empty blob hold nothing. */
export function resourcesOfState(state: Buffer | null, type: string): { id: string; name: string; location: string }[] {
  if (state === null || state.length === 0) return [];
  type Instance = { attributes?: { id?: string; name?: string; location?: string } };
  type Held = { mode?: string; type: string; instances?: Instance[] };
  const { resources = [] } = JSON.parse(state.toString("utf8")) as { resources?: Held[] };
  return resources
    .filter((held) => held.mode === "managed" && held.type === type)
    .flatMap(({ instances = [] }) => instances)
    .map(({ attributes: { id = "", name = "", location = "" } = {} }) => ({ id, name, location }));
}

/** Values of the outputs in a state, by name; null and an empty blob have none. */
export function outputsOfState(state: Buffer | null): Record<string, unknown> {
  if (state === null || state.length === 0) return {};
  const { outputs = {} } = JSON.parse(state.toString("utf8")) as { outputs?: Record<string, { value: unknown }> };
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

/** Those of the types that belong to azurerm, each once; sorted. */
export function azurermTypes(types: string[]): string[] {
  return [...new Set(types)].filter((type) => type.startsWith("azurerm_")).sort();
}

/** Tells whether a state is a later version of the other one. */
export function continues(later: Buffer, earlier: Buffer | null): boolean {
  if (later.length === 0 || !earlier?.length) return false;
  const [after, before] = [later, earlier].map((text) => JSON.parse(text.toString("utf8")) as Version);
  return after !== undefined && after.lineage === before?.lineage && after.serial > before.serial;
}

type Version = { lineage: string; serial: number };
