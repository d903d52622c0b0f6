import type { ResourceEvent } from "./run.js";

/** Something that Terraform reports about the configuration or a resource. */
export type Diagnostic = { severity: "error" | "warning"; summary: string; detail: string; address: string | null };

/** What one line of Terraform's `-json` output says. */
export type Message = {
  /** The line for people. */
  text: string;
  event: ResourceEvent | null;
  diagnostic: Diagnostic | null;
};

type Line = {
  type?: string;
  "@message"?: string;
  hook?: { resource?: { addr?: string }; action?: string; elapsed_seconds?: number };
  diagnostic?: { severity?: string; summary?: string; detail?: string; address?: string };
};

const PHASES: Record<string, ResourceEvent["phase"]> = {
  apply_start: "start",
  apply_complete: "done",
  apply_errored: "failed",
};

/** Reads a line of `-json` output; what is no such line (a plugin's words, a panic) is text as it stands. */
export function parseMessage(line: string): Message {
  const document = parseObject(line);
  if (document === null) return { text: line, event: null, diagnostic: null };
  const text = document["@message"] ?? "";
  return { text, event: eventOf(document), diagnostic: diagnosticOf(document) };
}

function eventOf({ type, hook }: Line): ResourceEvent | null {
  const phase = PHASES[type ?? ""];
  const address = hook?.resource?.addr;
  if (phase === undefined || address === undefined) return null;
  const elapsed = Math.round((hook?.elapsed_seconds ?? 0) * 1000);
  return { type: "resource", address, action: hook?.action ?? "", phase, elapsed };
}

function diagnosticOf({ type, diagnostic }: Line): Diagnostic | null {
  if (type !== "diagnostic" || diagnostic === undefined) return null;
  const { severity, summary = "", detail = "", address } = diagnostic;
  return { severity: severity === "warning" ? "warning" : "error", summary, detail, address: address ?? null };
}

/**
 * Reads errors from the text of a command without `-json` output, as Terraform prints it without colour:
 * `Error: <summary>`, a blank line, details up to the next error.
 */
export function parseErrors(text: string): Diagnostic[] {
  const plain = text.replace(/^[│╷╵] ?/gm, "");
  return plain
    .split(/^Error: /m)
    .slice(1)
    .map((part) => {
      const [summary = "", ...detail] = part.split("\n");
      return { severity: "error", summary: summary.trim(), detail: detail.join("\n").trim(), address: null };
    });
}

function parseObject(line: string): Line | null {
  if (!line.startsWith("{")) return null;
  try {
    return JSON.parse(line) as Line;
  } catch {
    return null;
  }
}
