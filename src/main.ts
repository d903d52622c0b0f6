import { CommanderError } from "commander";
import { EXIT, PaasError } from "./errors.js";
import { createProgram } from "./program.js";
import type { GlobalOptions, Tools } from "./tools.js";

/** Argv in, exit code out. The one place that catches, prints errors and ends the process. */
async function main(argv: string[]): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt.abort(signal));
  for (const stream of [process.stdout, process.stderr]) stream.on("error", endOfPipe);

  // The tools are wired when the command line is known, so that `--help` and `--version` load none of them.
  const tools = {} as Tools;
  const program = createProgram(tools);
  let options: GlobalOptions = { json: argv.includes("--json"), verbose: argv.includes("--verbose") };
  program.hook("preAction", async (_, command) => {
    options = command.optsWithGlobals();
    const { wireTools } = await import("./tools.js");
    Object.assign(tools, wireTools(options, process.env, interrupt.signal));
  });

  try {
    await program.parseAsync(argv, { from: "user" });
    return Number(process.exitCode ?? EXIT.done);
  } catch (error) {
    if (error instanceof CommanderError) return endOfUsage(error, options);
    return await report(interrupt.signal.aborted ? interrupted(error) : error, options, tools);
  }
}

/** Commander has printed its help or message; with `--json` the message is the document. */
async function endOfUsage(error: CommanderError, options: GlobalOptions): Promise<number> {
  if (error.exitCode === 0) return EXIT.done;
  if (options.json) {
    const message = error.message.replace(/^error: /, "");
    const next = "see `paas --help`";
    await report(new PaasError("usage", message, { exit: EXIT.usage, next }), options, {} as Tools);
  }
  return EXIT.usage;
}

async function report(error: unknown, options: GlobalOptions, tools: Tools): Promise<number> {
  const { createUi } = await import("./ui/ui.js");
  return (tools.ui ?? createUi(process.env)).error(error, options);
}

function interrupted(cause: unknown): PaasError {
  if (cause instanceof PaasError && cause.exit === EXIT.interrupted) return cause;
  const details = cause instanceof PaasError && cause.code !== "aborted" ? [cause.message, ...cause.details] : [];
  return new PaasError("interrupted", "stopped by you; locks are released and the state is saved", {
    details,
    next: "run the same command again to go on",
    exit: EXIT.interrupted,
    cause,
  });
}

/** A reader that went away (`paas ls | head -1`) is no error. */
function endOfPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(EXIT.done);
  throw error;
}

process.exitCode = await main(process.argv.slice(2));
