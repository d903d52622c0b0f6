import { type Command, CommanderError } from "commander";
import { EXIT, PaasError } from "./errors.js";
import { createProgram } from "./program.js";
import type { GlobalOptions, Tools } from "./tools.js";

/** Argv in, exit code out. The one place that catches, prints errors and ends the process. */
async function main(argv: string[]): Promise<number> {
  const interrupt = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupt.abort(signal));
  for (const stream of [process.stdout, process.stderr]) stream.on("error", (error) => endOfPipe(error, interrupt));

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
    if (error instanceof CommanderError) return await endOfUsage(error, argv, program, options);
    return await report(interrupt.signal.aborted ? interrupted(error) : error, options, tools);
  } finally {
    // Help and usage errors wire no tools.
    await (tools as Partial<Tools>).close?.();
  }
}

/** Help has been printed; what is wrong with a command line reads like every other error. */
async function endOfUsage(
  error: CommanderError,
  argv: string[],
  program: Command,
  options: GlobalOptions,
): Promise<number> {
  if (error.exitCode === 0) return EXIT.done;
  // With `--detailed-exitcode` 2 means changes.
  const exit = argv.includes("--detailed-exitcode") ? EXIT.failed : EXIT.usage;
  if (error.code === "commander.help") return exit;
  const [message = "", ...details] = error.message.replace(/^error: /, "").split("\n");
  const command = argv.find((word) => program.commands.some((candidate) => candidate.name() === word));
  const next = `see \`${["paas", command, "--help"].filter(Boolean).join(" ")}\``;
  return report(new PaasError("usage", message, { details, next, exit }), options, {});
}

async function report(error: unknown, options: GlobalOptions, tools: Partial<Tools>): Promise<number> {
  const ui = tools.ui ?? (await import("./ui/ui.js")).createUi(process.env);
  // Every document names its cloud, also that of a command which failed before it asked for one.
  if (options.json && ui.cloud() === null) await tools.cloudName?.().catch(() => {});
  return ui.error(error, options);
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

/** A reader that went away (`paas ls | head -1`) is no error; what goes on without end or changes something ends in order. */
function endOfPipe(error: NodeJS.ErrnoException, interrupt: AbortController): void {
  if (error.code !== "EPIPE") throw error;
  interrupt.abort("EPIPE");
}

process.exitCode = await main(process.argv.slice(2));
