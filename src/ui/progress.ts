import type { Event } from "../pipeline/events.js";
import type { Palette } from "./palette.js";
import { duration, printable } from "./wording.js";

/** Shows the steps of a pipeline while they run. */
export type Progress = { event(event: Event): void; close(): void };

type Running = Map<string, { since: number; detail: string | undefined }>;

/** Columns that the names of steps take, so that what steps say stands below each other; a longer name widens it. */
type Names = { width: number };

/** One finished line per step, and a line every `heartbeat` ms that says what is waited for: for pipes and logs. */
export function plainProgress(write: (line: string) => void, palette: Palette, heartbeat = 30_000): Progress {
  const running: Running = new Map();
  const names: Names = { width: NAME_WIDTH };
  const timer = setInterval(() => {
    for (const [step, { since, detail }] of running) {
      write(palette.faint(`… ${step} still running${detail ? `: ${detail}` : ""} (${duration(Date.now() - since)})`));
    }
  }, heartbeat);
  timer.unref();
  return {
    event: (event) => {
      follow(running, names, event);
      const line = finishedLine(event, palette, names);
      if (line) write(line);
    },
    close: () => clearInterval(timer),
  };
}

/** The same lines, and below them one live line with the running steps and their seconds: for terminals. */
export async function liveProgress(stream: NodeJS.WriteStream, palette: Palette): Promise<Progress> {
  const { default: ora } = await import("ora");
  const running: Running = new Map();
  const names: Names = { width: NAME_WIDTH };
  const spinner = ora({ stream, discardStdin: false, color: "cyan" });
  const text = () => liveLine(running, (stream.columns ?? 80) - SPINNER_WIDTH);
  const timer = setInterval(() => {
    spinner.text = text();
  }, 100);
  timer.unref();
  return {
    event: (event) => {
      follow(running, names, event);
      const line = finishedLine(event, palette, names);
      if (line) {
        spinner.stop();
        stream.write(`${line}\n`);
      }
      spinner.text = text();
      if (running.size > 0) spinner.start();
      else spinner.stop();
    },
    close: () => {
      clearInterval(timer);
      spinner.stop();
    },
  };
}

/** Columns of the spinner, the space after it, and one left free so that the line never wraps. */
const SPINNER_WIDTH = 4;

/** What runs, each with as much of its detail as fits into `width` columns. */
function liveLine(running: Running, width: number): string {
  const heads = [...running].map(([step, { since }]) => `${step} ${duration(Date.now() - since)}`);
  const taken = heads.join(" · ").length;
  const room = Math.floor((width - taken) / Math.max(1, running.size)) - 2;
  const details = [...running.values()].map(({ detail = "" }) => printable(detail).slice(0, Math.max(0, room)));
  return heads.map((head, index) => [head, details[index]].filter(Boolean).join("  ")).join(" · ");
}

function follow(running: Running, names: Names, event: Event): void {
  names.width = Math.max(names.width, event.step.length);
  if (event.status === "started") running.set(event.step, { since: Date.now(), detail: undefined });
  else if (event.status === "progress") {
    const step = running.get(event.step);
    if (step) step.detail = event.detail;
  } else running.delete(event.step);
}

const NAME_WIDTH = 16;

function finishedLine(event: Event, palette: Palette, names: Names): string | undefined {
  const words = (mark: string, time: number | undefined) => {
    const tail = time === undefined ? "" : palette.faint(duration(time));
    return `${mark} ${event.step.padEnd(names.width)} ${[event.detail, tail].filter(Boolean).join("  ")}`.trimEnd();
  };
  if (event.status === "done") return words(palette.good("✓"), event.duration);
  if (event.status === "failed") return words(palette.bad("✗"), event.duration);
  if (event.status === "skipped") return words(palette.faint("-"), undefined);
  if (event.status === "line") return `  ${palette.faint(event.detail ?? "")}`;
  if (event.status === "warning") return `${palette.warn("!")} ${event.detail ?? ""}`;
  return undefined;
}
