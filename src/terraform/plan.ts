export type PlanAction = "create" | "update" | "replace" | "delete";

/** What an apply would do; resources that stay as they are do not appear. */
export type Plan = {
  changes: Record<PlanAction, number>;
  resources: { address: string; type: string; action: PlanAction }[];
};

export const NO_CHANGES: Plan = { changes: { create: 0, update: 0, replace: 0, delete: 0 }, resources: [] };

type PlanDocument = {
  resource_changes?: { address: string; type: string; mode?: string; change: { actions: string[] } }[];
};

/** Reads the document of `terraform show -json <plan>`. */
export function parsePlan(text: string): Plan {
  const document = JSON.parse(text) as PlanDocument;
  const changes = { ...NO_CHANGES.changes };
  const resources: Plan["resources"] = [];
  for (const { address, type, mode, change } of document.resource_changes ?? []) {
    const action = actionOf(change.actions);
    if (action === null || mode === "data") continue;
    changes[action] += 1;
    resources.push({ address, type, action });
  }
  return { changes, resources };
}

/** Terraform names a replacement by its two halves, in the order in which it does them. */
function actionOf(actions: string[]): PlanAction | null {
  if (actions.includes("create") && actions.includes("delete")) return "replace";
  if (actions.includes("create")) return "create";
  if (actions.includes("update")) return "update";
  return actions.includes("delete") ? "delete" : null;
}
