import { ResourceManagementClient } from "@azure/arm-resources";
import type { Endpoint } from "../cloud.js";
import { azureFailure, orNull } from "./failure.js";

export type Group = { name: string; id: string; location: string; tags: Record<string, string>; state: string };
export type GroupMember = { id: string; name: string; type: string; location: string };

/** Resource groups of one subscription, found by tag and never by name alone. */
export type Groups = {
  find(name: string): Promise<Group | null>;
  /** All groups whose tag `name` has exactly this value, in pages. */
  withTag(name: string, value: string): AsyncIterable<Group>;
  members(group: string): Promise<GroupMember[]>;
  /** Adds or replaces tags; all others stay. */
  tag(group: Group, tags: Record<string, string>): Promise<void>;
  /** Deletes the group and waits until it is gone. */
  delete(name: string, signal: AbortSignal): Promise<void>;
};

export function openGroups(arm: Endpoint, subscriptionId: string): Groups {
  const client = new ResourceManagementClient(arm.credential, subscriptionId, { endpoint: arm.url, ...arm.options });
  return {
    find: async (name) => {
      const found = await orNull(`read the resource group ${name}`, client.resourceGroups.get(name));
      return found ? groupOf(found) : null;
    },
    withTag: async function* (name, value) {
      const filter = `tagName eq '${quoted(name)}' and tagValue eq '${quoted(value)}'`;
      for await (const group of client.resourceGroups.list({ filter })) yield groupOf(group);
    },
    members: async (group) => {
      const members: GroupMember[] = [];
      for await (const { id = "", name = "", type = "", location = "" } of client.resources.listByResourceGroup(
        group,
      )) {
        members.push({ id, name, type, location });
      }
      return members;
    },
    tag: async (group, tags) => {
      try {
        await client.tagsOperations.beginUpdateAtScopeAndWait(group.id, {
          operation: "Merge",
          properties: { tags },
        });
      } catch (error) {
        throw azureFailure(`tag the resource group ${group.name}`, error);
      }
    },
    delete: async (name, signal) => {
      const deletion = client.resourceGroups.beginDeleteAndWait(name, { abortSignal: signal, updateIntervalInMs: 500 });
      await orNull(`delete the resource group ${name}`, deletion);
    },
  };
}

/** Literals of ARM's OData filters double their quotes. */
function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

function groupOf(group: {
  id?: string;
  name?: string;
  location: string;
  tags?: Record<string, string>;
  properties?: { provisioningState?: string };
}): Group {
  return {
    id: group.id ?? "",
    name: group.name ?? "",
    location: group.location,
    tags: group.tags ?? {},
    state: group.properties?.provisioningState ?? "Succeeded",
  };
}
