import { setTimeout as sleep } from "node:timers/promises";
import { ResourceManagementClient } from "@azure/arm-resources";
import type { Endpoint } from "../cloud.js";
import { PaasError } from "../errors.js";
import { openArm } from "./arm.js";
import { azureFailure, isAbsent, orNull } from "./failure.js";
import { lockedGroup, type ManagementLock, readLocks } from "./locks.js";

export type Group = { name: string; id: string; location: string; tags: Record<string, string>; state: string };
export type GroupMember = { id: string; name: string; type: string; location: string };

/** Resource groups of one subscription, found by tag and never by name alone. */
export type Groups = {
  find(name: string): Promise<Group | null>;
  /** All groups whose tag `name` has exactly this value, in pages. */
  withTag(name: string, value: string): AsyncIterable<Group>;
  members(group: string): Promise<GroupMember[]>;
  make(name: string, location: string, tags: Record<string, string>): Promise<void>;
  /** Every group of the subscription, in pages. */
  all(): AsyncIterable<Group>;
  /** Adds or replaces tags; all others stay. */
  tag(group: Group, tags: Record<string, string>): Promise<void>;
  /** Locks of Azure's on the group and on what lies in it. */
  locks(group: Group): Promise<ManagementLock[]>;
  /**
   * Deletes the group and waits until it is gone; so it does when its deletion is under way already.
   * @throws PaasError `scope-locked`, exit 5
   */
  delete(name: string, signal: AbortSignal): Promise<void>;
  /** Waits until a group is gone whose deletion is under way. */
  gone(name: string, signal: AbortSignal): Promise<void>;
};

/** Milliseconds between two looks at a group that is being deleted. */
const PACE = 1000;

export function openGroups(endpoint: Endpoint, subscriptionId: string): Groups {
  const { url, credential, options } = endpoint;
  const client = new ResourceManagementClient(credential, subscriptionId, { endpoint: url, ...options });
  const arm = openArm(endpoint);
  const find = async (name: string) => {
    const found = await orNull(`read the resource group ${name}`, client.resourceGroups.get(name));
    return found ? groupOf(found) : null;
  };
  const gone = async (name: string, signal: AbortSignal) => {
    while ((await find(name)) !== null) {
      await sleep(PACE, undefined, { signal }).catch((cause) => {
        throw new PaasError("aborted", `stopped while the resource group ${name} was being deleted`, { cause });
      });
    }
  };
  return {
    find,
    gone,
    locks: ({ id }) => readLocks(arm, id),
    withTag: async function* (name, value) {
      const filter = `tagName eq '${quoted(name)}' and tagValue eq '${quoted(value)}'`;
      yield* listed(client.resourceGroups.list({ filter }));
    },
    all: async function* () {
      yield* listed(client.resourceGroups.list());
    },
    make: async (name, location, tags) => {
      try {
        await client.resourceGroups.createOrUpdate(name, { location, tags });
      } catch (error) {
        throw azureFailure(`make the resource group ${name}`, error);
      }
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
      const options = { abortSignal: signal, updateIntervalInMs: 500 };
      try {
        await client.resourceGroups.beginDeleteAndWait(name, options);
      } catch (error) {
        const { code, message = "" } = error as { code?: string; message?: string };
        if (isAbsent(error)) return;
        if (code === "ScopeLocked") throw lockedGroup(name, [message], error);
        if (code !== "ResourceGroupBeingDeleted") throw azureFailure(`delete the resource group ${name}`, error);
        await gone(name, signal);
      }
    },
  };
}

async function* listed(groups: AsyncIterable<Listed>): AsyncGenerator<Group> {
  try {
    for await (const group of groups) yield groupOf(group);
  } catch (error) {
    throw azureFailure("list the resource groups", error);
  }
}

/** Literals of ARM's OData filters double their quotes. */
function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

type Listed = {
  id?: string;
  name?: string;
  location: string;
  tags?: Record<string, string>;
  properties?: { provisioningState?: string };
};

function groupOf(group: Listed): Group {
  return {
    id: group.id ?? "",
    name: group.name ?? "",
    location: group.location,
    tags: group.tags ?? {},
    state: group.properties?.provisioningState ?? "Succeeded",
  };
}
