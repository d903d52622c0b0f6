import { planWords } from "../terraform/plan.js";
import { count } from "../ui/wording.js";
import { code, codeCell } from "./markdown.js";
import type { Change, ChangeAction } from "./run.js";

/** What cannot be taken back comes first, so that a cut never hides it. */
const ORDER: ChangeAction[] = ["delete", "replace", "update", "create"];
const SHOWN: Record<ChangeAction, string> = {
  delete: "**− delete**",
  replace: "**± replace**",
  update: "~ update",
  create: "+ create",
};
const HEAD = "| Change | Resource | Type |\n|---|---|---|";

/**
 * The changes of a plan as Markdown: what is destroyed or replaced as a warning of its own, then everything as a table.
 * @param room characters that it may take; rows that do not fit are counted instead
 */
export function planTable(changes: Change[], room: number): string {
  if (changes.length === 0) return "No change.";
  const head = [warningOf(changes, room / 4), HEAD].filter((part) => part !== null).join("\n\n");
  const rows = sorted(changes).map(rowOf);
  const rest = (left: number) => `\n\n${count(left, "more change")} not shown here.`;
  const reserved = head.length + rest(rows.length).length;
  let table = "";
  for (const [index, row] of rows.entries()) {
    const isLast = index === rows.length - 1;
    if (reserved + table.length + row.length + 1 > room) return `${head}${table}${rest(rows.length - index)}`;
    table += `\n${row}`;
    if (isLast) break;
  }
  return `${head}${table}`;
}

/** `2 to create, 1 to delete`. */
export function changeWords(changes: Change[]): string {
  const counts: Record<ChangeAction, number> = { create: 0, update: 0, replace: 0, delete: 0 };
  for (const { action } of changes) counts[action] += 1;
  return planWords({ changes: counts });
}

function warningOf(changes: Change[], room: number): string | null {
  const lost = sorted(changes).filter(({ action }) => action === "delete" || action === "replace");
  if (lost.length === 0) return null;
  const counts = [lossWords(lost, "delete", "destroyed"), lossWords(lost, "replace", "replaced")].filter(Boolean);
  const title = `> [!CAUTION]\n> **${counts.join(", ")}**: what they hold is lost.`;
  const names = lost.map(({ address }) => code(address));
  const fitting = names.filter((_, index) => title.length + names.slice(0, index + 1).join(", ").length + 40 < room);
  const more = names.length - fitting.length;
  return `${title}\n> ${[...fitting, ...(more > 0 ? [`and ${more} more`] : [])].join(", ")}`;
}

function lossWords(lost: Change[], action: ChangeAction, done: string): string {
  const number = lost.filter((change) => change.action === action).length;
  return number === 0 ? "" : `${count(number, "resource")} ${number === 1 ? "is" : "are"} ${done}`;
}

function sorted(changes: Change[]): Change[] {
  return ORDER.flatMap((action) => changes.filter((change) => change.action === action));
}

function rowOf({ address, type, action }: Change): string {
  return `| ${SHOWN[action]} | ${codeCell(address)} | ${codeCell(type)} |`;
}
