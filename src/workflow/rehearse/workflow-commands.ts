import type { Annotation } from "./transcript.js";

/** What a line of output asks of the runner. */
export type WorkflowCommand =
  | { kind: "annotation"; annotation: Annotation }
  | { kind: "mask"; value: string }
  | { kind: "group"; name: string }
  | { kind: "group-end" }
  | { kind: "output"; name: string; value: string }
  | { kind: "stop"; token: string }
  | { kind: "debug" };

const COMMAND = /^\s*::([a-z-]+)(?: (.*?))?::(.*)$/;

/** `::name key=value,key=value::message`, or null for a line that is only output. */
export function parseWorkflowCommand(line: string): WorkflowCommand | null {
  const found = COMMAND.exec(line);
  if (!found) return null;
  const [, name = "", properties = "", message = ""] = found;
  const value = unescaped(message);
  switch (name) {
    case "error":
    case "warning":
    case "notice":
      return { kind: "annotation", annotation: annotationOf(name, value, propertiesOf(properties)) };
    case "add-mask":
      return { kind: "mask", value };
    case "group":
      return { kind: "group", name: value };
    case "endgroup":
      return { kind: "group-end" };
    case "set-output":
      return { kind: "output", name: propertiesOf(properties).name ?? "", value };
    case "stop-commands":
      return { kind: "stop", token: value };
    case "debug":
      return { kind: "debug" };
    default:
      return null;
  }
}

function annotationOf(level: Annotation["level"], message: string, properties: Record<string, string>): Annotation {
  const line = Number(properties.line);
  return {
    level,
    message,
    file: properties.file ?? null,
    line: Number.isInteger(line) && line > 0 ? line : null,
    title: properties.title ?? null,
  };
}

function propertiesOf(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair) => pair.trim().split("="));
  return Object.fromEntries(
    pairs.map(([name = "", ...value]) => [
      name,
      unescaped(value.join("=").replaceAll("%3A", ":").replaceAll("%2C", ",")),
    ]),
  );
}

function unescaped(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
