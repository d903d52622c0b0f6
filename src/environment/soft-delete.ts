/** A thing that Azure does not let go at once when it is deleted. */
export type SoftDeleting = { kind: "vault" | "workspace"; id: string; name: string; location: string };

const KINDS: Record<string, SoftDeleting["kind"]> = {
  "microsoft.keyvault/vaults": "vault",
  "microsoft.operationalinsights/workspaces": "workspace",
};

/** Those members of a group that soft deletion concerns. */
export function softDeletingOf(
  members: { id: string; name: string; type: string; location: string }[],
): SoftDeleting[] {
  return members.flatMap(({ id, name, type, location }) => {
    const kind = KINDS[type.toLowerCase()];
    return kind ? [{ kind, id, name, location }] : [];
  });
}

/** One line of a record's journal; `parseNote` reads it again. */
export function renderNote({ kind, id, location }: SoftDeleting): string {
  return `${kind} ${location} ${id}`;
}

/** Null for a line that says something else, or whose id or place is none. */
export function parseNote(note: string): SoftDeleting | null {
  const [, kind, location = "", id = "", type = "", name = ""] = NOTE.exec(note) ?? [];
  if ((kind !== "vault" && kind !== "workspace") || KINDS[type.toLowerCase()] !== kind) return null;
  return { kind, id, location, name };
}

const NOTE =
  /^(vault|workspace) ([a-z0-9]+) (\/subscriptions\/[\w-]+\/resourceGroups\/[\w().-]+\/providers\/([\w.]+\/\w+)\/([\w-]+))$/i;

/** Both lists, each thing once. */
export function withoutDoubles(things: SoftDeleting[]): SoftDeleting[] {
  return [...new Map(things.map((thing) => [thing.id.toLowerCase(), thing])).values()];
}

/** Whether a thing lies in a resource group; Azure compares ids without regard to case. */
export function liesIn(groupId: string, { id }: Pick<SoftDeleting, "id">): boolean {
  return id.toLowerCase().startsWith(`${groupId}/`.toLowerCase());
}
