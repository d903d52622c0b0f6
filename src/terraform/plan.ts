export type PlanAction = "create" | "update" | "replace" | "delete";

/** What an apply would do; resources that stay as they are do not appear. */
export type Plan = {
  changes: Record<PlanAction, number>;
  resources: { address: string; type: string; action: PlanAction }[];
  /** Addresses of resources that exist and are taken into the state; they may be changed as well. */
  adopted: string[];
  /** Names of outputs whose values change; they are saved by an apply even when no resource changes. */
  outputs: string[];
};

type PlanDocument = {
  resource_changes?: {
    address: string;
    type: string;
    mode?: string;
    change: { actions: string[]; importing?: object };
  }[];
  output_changes?: Record<string, { actions: string[] }>;
};

/** Reads the document of `terraform show -json <plan>`. */
export function parsePlan(text: string): Plan {
  const document = JSON.parse(text) as PlanDocument;
  const changes = { create: 0, update: 0, replace: 0, delete: 0 };
  const resources: Plan["resources"] = [];
  const adopted: string[] = [];
  for (const { address, type, mode, change } of document.resource_changes ?? []) {
    if (change.importing) adopted.push(address);
    const action = actionOf(change.actions);
    if (action === null || mode === "data") continue;
    changes[action] += 1;
    resources.push({ address, type, action });
  }
  const outputs = Object.entries(document.output_changes ?? {})
    .filter(([, { actions }]) => actionOf(actions) !== null)
    .map(([name]) => name);
  return { changes, resources, adopted, outputs };
}

/** Whether an apply would do anything. */
export function hasChanges({ resources, adopted, outputs }: Plan): boolean {
  return resources.length > 0 || adopted.length > 0 || outputs.length > 0;
}

/** Terraform names a replacement by its two halves, in the order in which it does them. */
function actionOf(actions: string[]): PlanAction | null {
  if (actions.includes("create") && actions.includes("delete")) return "replace";
  if (actions.includes("create")) return "create";
  if (actions.includes("update")) return "update";
  return actions.includes("delete") ? "delete" : null;
}

/** `2 to create, 1 to update`, or `no change`. */
export function planWords({ changes, adopted = [] }: Pick<Plan, "changes"> & Partial<Plan>): string {
  const words = Object.entries({ adopt: adopted.length, ...changes })
    .filter(([, number]) => number > 0)
    .map(([action, number]) => `${number} to ${action}`);
  return words.length === 0 ? "no change" : words.join(", ");
}
