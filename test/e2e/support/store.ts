import fs from "node:fs";
import path from "node:path";

/** A resource of the simulated Azure, as the local cloud keeps it. */
export type StoredResource = { id: string; type: string; attributes: Record<string, unknown> };

/** The simulated Azure's resources whose ids lie in a resource group, the group among them. */
export function resourcesIn(folder: string, group: string): StoredResource[] {
  const end = `/resourcegroups/${group}`.toLowerCase();
  const isIn = ({ id }: StoredResource) => id.toLowerCase().endsWith(end) || id.toLowerCase().includes(`${end}/`);
  return Object.values(read(folder).resources).filter(isIn);
}

/** Changes a resource group's tags behind everybody's back, or makes the group; the local cloud must not run. */
export function tagGroup(folder: string, group: string, tags: Record<string, string>): void {
  const contents = read(folder);
  const subscription = "/subscriptions/00000000-0000-4000-8000-000000000001";
  const id = `${subscription}/resourceGroups/${group}`;
  const attributes = { id, name: group, location: "westeurope", managed_by: "", tags, timeouts: null };
  contents.resources[id.toLowerCase()] = { id, type: "azurerm_resource_group", attributes };
  fs.writeFileSync(fileIn(folder), JSON.stringify(contents));
}

function read(folder: string): { resources: Record<string, StoredResource> } {
  return JSON.parse(fs.readFileSync(fileIn(folder), "utf8")) as { resources: Record<string, StoredResource> };
}

function fileIn(folder: string): string {
  return path.join(folder, ".paas", "local", "store.json");
}
