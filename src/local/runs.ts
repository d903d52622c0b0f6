import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import readline from "node:readline";

/** What a push asks for. */
export type RunRequest = {
  kind: "up" | "destroy";
  branch: string;
  /** The branch's commit before the push, all zeros for a new branch: git refuses the push when it is another one. */
  before: string;
  /** The pushed commit; of a deletion the last one. */
  commit: string;
};
export type RunResult = { exit: number };

type Run = RunRequest & {
  id: string;
  state: "queued" | "running" | "ended";
  lines: string[];
  exit: number;
  events: EventEmitter;
  child: ChildProcess | null;
};

/** How a run is started: the words of a `paas` command line and what it may see of the environment. */
export type RunCommand = { words: string[]; variables: NodeJS.ProcessEnv; cwd: string };

/**
 * The runs that pushes start. Runs of one branch follow each other, runs of different branches go side by side; a push
 * of what is already waiting or running joins it instead of starting it twice.
 */
export class Runs {
  readonly #queues = new Map<string, Run[]>();
  readonly #command: (request: RunRequest) => RunCommand;

  constructor(command: (request: RunRequest) => RunCommand) {
    this.#command = command;
  }

  /** Joins or starts a run and relays its lines until it has ended; ends early when `signal` is aborted. */
  async follow(request: RunRequest, onLine: (line: string) => void, signal: AbortSignal): Promise<RunResult> {
    const run = this.#join(request, onLine) ?? this.#add(request, onLine);
    for (const line of run.lines) onLine(line);
    run.events.on("line", onLine);
    if (run.state !== "ended") await once(run.events, "ended", { signal }).catch(ifAborted);
    run.events.off("line", onLine);
    return { exit: run.exit };
  }

  list(): { id: string; kind: string; branch: string; commit: string; state: string }[] {
    return [...this.#queues.values()]
      .flat()
      .map(({ id, kind, branch, commit, state }) => ({ id, kind, branch, commit, state }));
  }

  /** Interrupts what runs, forgets what waits, and waits until all have ended. */
  async close(): Promise<void> {
    const all = [...this.#queues.values()].flat();
    for (const run of all) if (run.state === "queued") this.#end(run, 130);
    const running = all.filter((run) => run.state === "running");
    const ended = running.map((run) => new Promise<void>((resolve) => run.events.once("ended", resolve)));
    for (const run of running) run.child?.kill("SIGINT");
    await Promise.all(ended);
  }

  #join(request: RunRequest, onLine: (line: string) => void): Run | undefined {
    const last = this.#queues.get(request.branch)?.at(-1);
    if (!last || last.kind !== request.kind || last.commit !== request.commit) return undefined;
    onLine(`joining the run of ${request.branch} that is already ${last.state === "queued" ? "waiting" : "running"}`);
    return last;
  }

  #add(request: RunRequest, onLine: (line: string) => void): Run {
    const run: Run = {
      ...request,
      id: randomUUID(),
      state: "queued",
      lines: [],
      exit: 0,
      events: new EventEmitter().setMaxListeners(0),
      child: null,
    };
    const queue = this.#queues.get(request.branch) ?? [];
    this.#queues.set(request.branch, [...queue, run]);
    if (queue.length === 0) this.#start(run);
    else
      onLine(
        `waiting for ${queue.length === 1 ? "the run" : `${queue.length} runs`} of ${request.branch} before this one`,
      );
    return run;
  }

  #start(run: Run): void {
    const { words, variables, cwd } = this.#command(run);
    run.state = "running";
    run.child = spawn(process.execPath, words, {
      cwd,
      env: variables,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const tell = (line: string) => this.#tell(run, line);
    for (const stream of [run.child.stdout, run.child.stderr]) {
      if (stream) readline.createInterface({ input: stream }).on("line", tell);
    }
    run.child.once("error", (error) => {
      tell(`error: the run could not start: ${error.message}`);
      this.#end(run, 1);
    });
    run.child.once("close", (code) => this.#end(run, code ?? 130));
  }

  #end(run: Run, exit: number): void {
    if (run.state === "ended") return;
    run.state = "ended";
    run.exit = exit;
    const rest = (this.#queues.get(run.branch) ?? []).filter((other) => other !== run);
    if (rest.length > 0) this.#queues.set(run.branch, rest);
    else this.#queues.delete(run.branch);
    run.events.emit("ended");
    this.#startNext(run, rest[0]);
  }

  /**
   * A push that was made before the last one moved the branch will be refused by git in the end, so nothing is deployed
   * for it.
   */
  #startNext(last: Run, next: Run | undefined): void {
    if (next?.state !== "queued") return;
    if (last.exit !== 0 || next.before === commitAfter(last)) {
      this.#start(next);
      return;
    }
    const line = `error: another push moved ${next.branch} while this one waited, so nothing was deployed for it`;
    for (const text of [line, "  next: `git fetch local`, look at what it did, and push again"]) this.#tell(next, text);
    this.#end(next, 1);
  }

  #tell(run: Run, line: string): void {
    run.lines.push(line);
    run.events.emit("line", line);
  }
}

function ifAborted(error: Error): void {
  if (error.name !== "AbortError") throw error;
}

/** What the branch is at when git has taken a push. */
function commitAfter({ kind, commit }: Run): string {
  return kind === "up" ? commit : "0".repeat(commit.length);
}
