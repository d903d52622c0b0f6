import path from "node:path";
import { deadline } from "../../src/deadline.js";
import { EXIT, PaasError } from "../../src/errors.js";
import { finishCleanUp } from "./clean-up.js";
import { readCleanUp } from "./clean-up-file.js";
import { runCommand } from "./command.js";
import type { Ground } from "./ground.js";
import type { Live } from "./live-run.js";
import type { Picture } from "./picture.js";
import { type Command, type Step, unmet } from "./step.js";

/** Lines of a failed command that are shown. */
const LAST_LINES = 25;

/**
 * Plays the steps until one fails or the run is interrupted, and removes everything then and at the end.
 * @param cli the installed command
 * @returns exit code: 0 done, 1 failed or something is left, 5 refused before anything was made, 130 interrupted
 */
export async function play(steps: Step[], live: Live, cli: string, picture: Picture): Promise<number> {
  let failed = false;
  for (const step of steps) {
    failed = !(await picture.line(step.name, () => take(step, live, cli)));
    if (failed) break;
  }
  const clean = await cleanUp(live, picture);
  if (live.signal.aborted) return EXIT.interrupted;
  // What fails before that is a refusal: nothing was made.
  if (failed && !live.registered) return EXIT.refused;
  return clean && !failed ? EXIT.done : EXIT.failed;
}

async function take(step: Step, live: Live, cli: string): Promise<string> {
  live.signal.throwIfAborted();
  const limit = deadline(step.minutes * 60_000, live.signal);
  return "does" in step ? within(limit, step, live, step.does(live)) : runCli(step, live, cli, limit);
}

/** What is asked of Azure may hang; it is not waited for longer than the step may take. */
async function within(limit: AbortSignal, { minutes, name }: Step, live: Live, work: string | Promise<string>) {
  const end = new Promise<never>((_, reject) => {
    const late = () =>
      reject(live.signal.aborted ? live.signal.reason : unmet(`${name} to end within ${minutes} minutes`));
    limit.addEventListener("abort", late, { once: true });
  });
  return Promise.race([work, end]);
}

async function runCli(step: Command, live: Live, cli: string, limit: AbortSignal): Promise<string> {
  const { paas, input, exits = 0, sees, minutes, name } = step;
  const ended = await runCommand(cli, {
    // The folder is named, so that the command can be told from others when the run is gone.
    words: ["-C", live.repository.folder, ...paas(live)],
    cwd: live.repository.folder,
    variables: live.ground.variables,
    signal: limit,
    log: live.log,
    onStart: (pid) => live.noteCleanUp({ running: pid }),
    ...(input ? { input: input(live) } : {}),
  });
  live.noteCleanUp({ running: null });
  live.signal.throwIfAborted();
  if (limit.aborted) throw unmet(`${name} to end within ${minutes} minutes`, lastLines(ended.stderr));
  if (ended.exit === exits) return within(limit, step, live, sees(live, ended));
  throw unmet(`exit code ${exits} of ${name}, it was ${ended.exit}`, lastLines(`${ended.stderr}${ended.stdout}`));
}

async function cleanUp(live: Live, picture: Picture): Promise<boolean> {
  if (!live.registered) {
    picture.note("nothing was made");
    return true;
  }
  picture.note("clean-up");
  return finishOrSay(live.cleanUpFile, live.ground, picture);
}

/** @returns whether nothing is left; what stands in the way is printed, with how to go on */
export async function finishOrSay(file: string, ground: Ground, picture: Picture): Promise<boolean> {
  const known = readCleanUp(file);
  const done = await finishCleanUp(file, known, ground, picture).catch((error: unknown) => {
    picture.note(error instanceof PaasError ? `✗ ${error.message}  [${error.code}]` : String(error));
    return false;
  });
  if (done) picture.note("✓ nothing is left");
  else picture.note(`\nnot everything could be removed; again: npm run test:live -- --clean-up ${path.resolve(file)}`);
  return done;
}

function lastLines(text: string): string[] {
  return text.trimEnd().split("\n").slice(-LAST_LINES);
}
