import { EXIT, PaasError } from "../errors.js";
import type { Emit } from "../pipeline/events.js";
import { type Actions, annotate, createActions, maskSecrets, withoutCommands } from "./actions.js";
import { actionsProgress } from "./actions-progress.js";
import { type Palette, paletteFor } from "./palette.js";
import { liveProgress, plainProgress } from "./progress.js";
import { printable } from "./wording.js";

type Streams = { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream };

/** Results go to stdout, talk goes to stderr; with `--json` stdout carries exactly one document. */
export type Ui = {
  palette: Palette;
  /** Columns of the terminal that shows stdout; Infinity when it is not one. */
  width: number;
  /** Prints the result: the JSON document (schemaVersion and cloud are added) or the text. */
  result(options: { json?: boolean }, document: Record<string, unknown>, text: string): void;
  /** One line of talk on stderr. */
  note(line: string): void;
  warn(line: string): void;
  /** The runner of GitHub Actions; null elsewhere. */
  actions: Actions | null;
  /** The cloud that every document names. */
  useCloud(name: string): void;
  cloud(): string | null;
  /** One document of many, on a line of its own. */
  line(document: Record<string, unknown>): void;
  /** Shows a pipeline's events while `work` runs. */
  progress<T>(work: (emit: Emit) => Promise<T>): Promise<T>;
  /** Prints an error, as words or as the one document, and gives the exit code. */
  error(error: unknown, options: { json?: boolean; verbose?: boolean }): number;
};

export function createUi(variables: NodeJS.ProcessEnv, streams: Streams = process): Ui {
  const { stdout, stderr } = streams;
  const palette = paletteFor(variables);
  // A terminal that does not say how wide it is (a serial console) gets plain lines: nothing can be drawn over there.
  const live = stderr.isTTY === true && stderr.columns > 0 && variables.TERM !== "dumb" && !variables.CI;
  let cloud: string | null = null;
  const actions = variables.GITHUB_ACTIONS === "true" ? createActions((line) => void stderr.write(`${line}\n`)) : null;
  if (actions) maskSecrets(actions, variables);
  const plain = actions ? withoutCommands : (text: string) => text;
  const note = (line: string) => void stderr.write(`${plain(printable(line))}\n`);
  const print = (text: string) => void (text === "" || stdout.write(text.endsWith("\n") ? text : `${text}\n`));
  const document = (value: Record<string, unknown>, indent = 2) => {
    const text = JSON.stringify({ schemaVersion: 1, cloud, ...value }, null, indent);
    // The runner looks for this spelling of a command anywhere in a line; the escaped one is the same JSON.
    return `${actions ? text.replaceAll("##[", "#\\u0023[") : text}\n`;
  };

  return {
    palette,
    width: stdout.isTTY && stdout.columns > 0 ? stdout.columns : Number.POSITIVE_INFINITY,
    result: (options, value, text) => print(options.json ? document(value) : plain(text)),
    note,
    warn: (line) => (actions ? actions.warning(line) : note(`${palette.warn("!")} ${line}`)),
    actions,
    useCloud: (name) => {
      cloud = name;
    },
    cloud: () => cloud,
    line: (value) => print(document(value, 0)),
    progress: async (work) => {
      const shown = actions
        ? actionsProgress(actions, note, palette)
        : live
          ? await liveProgress(stderr, palette)
          : plainProgress(note, palette);
      try {
        return await work(shown.event);
      } finally {
        shown.close();
      }
    },
    error: (error, options) => {
      const known = error instanceof PaasError ? error : bug(error);
      const { code, message, details, next } = known;
      if (options.json) print(document({ error: { code, message, details, next: next ?? null } }));
      else for (const line of errorLines(known, palette)) note(line);
      if (actions) annotate(actions, known);
      if (options.verbose || !(error instanceof PaasError)) note(palette.faint(stackOf(error)));
      return known.exit;
    },
  };
}

function errorLines(error: PaasError, palette: Palette): string[] {
  return [
    `${palette.bad("error:")} ${error.message}  ${palette.faint(`[${error.code}]`)}`,
    ...error.details.map((line) => `  ${line}`),
    ...(error.next ? [`  ${palette.strong("next:")} ${error.next}`] : []),
  ];
}

function bug(error: unknown): PaasError {
  const message = error instanceof Error ? error.message : String(error);
  return new PaasError("bug", `this is a bug in paas: ${message}`, {
    next: "please report it with the lines below",
    exit: EXIT.failed,
    cause: error,
  });
}

/** The stack and that of every cause. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by ${stackOf(error.cause)}`;
}
