import type { ResourceDrift } from "../environment/drift.js";

type DriftDocument = {
  resource_drift?: {
    address: string;
    type: string;
    mode?: string;
    change: { actions: string[]; before?: unknown; after?: unknown };
  }[];
};

/** Reads what changed outside of Terraform from the document of `terraform show -json <plan>`. */
export function parseDrift(text: string): ResourceDrift[] {
  const { resource_drift: drift = [] } = JSON.parse(text) as DriftDocument;
  return drift
    .filter(({ mode }) => mode !== "data")
    .flatMap(({ address, type, change }): ResourceDrift[] => {
      if (change.actions.includes("delete")) return [{ address, type, action: "delete", attributes: [] }];
      const attributes = differences(change.before, change.after);
      return attributes.length > 0 ? [{ address, type, action: "update", attributes }] : [];
    });
}

/** Paths at which two values differ, in their order; what is only on one side is named by its beginning. */
function differences(before: unknown, after: unknown, path = ""): string[] {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], below(path, name, Array.isArray(before))));
  }
  return before === after || (isEmpty(before) && isEmpty(after)) ? [] : [path];
}

/** Providers do not tell these apart: what was never set comes back as any of them. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (isTree(value) && Object.keys(value).length === 0);
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function below(path: string, name: string, inList: boolean): string {
  if (inList) return `${path}[${name}]`;
  return path === "" ? name : `${path}.${name}`;
}
