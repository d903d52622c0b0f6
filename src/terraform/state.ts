/**
 * Types of the resources and, with `data.` before them, of the data sources in a state; sorted.
 * @param state the state's JSON; null and an empty blob hold nothing
 */
export function resourceTypesOfState(state: Buffer | null): string[] {
  if (state === null || state.length === 0) return [];
  const { resources = [] } = JSON.parse(state.toString("utf8")) as { resources?: { mode: string; type: string }[] };
  return [...new Set(resources.map(({ mode, type }) => (mode === "data" ? `data.${type}` : type)))].sort();
}
