import type { Verdict } from "../environment/reap.js";
import { count } from "../ui/wording.js";
import { codeCell, words } from "./markdown.js";

/** Rows beyond this help nobody. */
const MOST_ROWS = 256;

const MOST_CHANGES = 20;

/** An environment that was compared with its state. */
type Compared = {
  envId: string;
  status: string;
  why: string | null;
  resources: readonly { address: string; action: "update" | "delete"; attributes: readonly string[] }[];
};

/** What a nightly run is about to remove, as the page of the run shows it. */
export function leftOverSummary(leftOver: readonly Verdict[]): string {
  if (leftOver.length === 0) return "## Nothing is left over\n";
  const rows = leftOver
    .slice(0, MOST_ROWS)
    .map(({ envId, branch, why }) => `| ${codeCell(envId)} | ${codeCell(branch ?? "-")} | ${words(why)} |`);
  const head = `## ${count(leftOver.length, "environment")} left over`;
  return `${[head, "", "| Environment | Branch | Why |", "|---|---|---|", ...rows].join("\n")}\n`;
}

/** How the cloud compares with the states, as the page of the run shows it. */
export function driftSummary(environments: readonly Compared[]): string {
  const rows = environments.slice(0, MOST_ROWS).map(({ envId, status, why, resources }) => {
    const changes = resources.slice(0, MOST_CHANGES).map(({ address, action, attributes }) => {
      const shown = attributes.slice(0, MOST_CHANGES).map((name) => codeCell(name));
      return `${codeCell(address)} ${action === "delete" ? "is gone" : shown.join(", ")}`;
    });
    const result = status === "none" ? "no drift" : `**${status}**`;
    return `| ${codeCell(envId)} | ${result} | ${[...(why === null ? [] : [words(why)]), ...changes].join("<br>")} |`;
  });
  return `${["## Drift", "", "| Environment | | |", "|---|---|---|", ...rows].join("\n")}\n`;
}
