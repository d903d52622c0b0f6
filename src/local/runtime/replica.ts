import { setTimeout as sleep } from "node:timers/promises";
import { deadline } from "../../deadline.js";
import type { Liveness } from "./container.js";
import { describeEarlyExit, describeUnhealthy } from "./diagnosis.js";
import { waitUntilHealthy, watchLiveness } from "./health.js";
import type { Instance } from "./instance.js";
import { listenersOf } from "./listening.js";
import { returnPort, takePort } from "./ports.js";
import { Traffic } from "./traffic.js";

/** Milliseconds before the first restart; doubles with each until the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** Milliseconds after which a restarted app counts as well again. */
const STEADY = 60_000;

export type ReplicaOptions = {
  revision: string;
  /** Starts the app on a port; throws when there is nothing to start. */
  launch(port: number): Promise<Instance>;
  /** Path to ask, and milliseconds until it has to be healthy. */
  health: { path: string | null; limit: number };
  /** How it is watched from then on; null = only for its end. */
  liveness: Liveness | null;
  /** Folder of the revision; its first port depends on it, so that checkouts side by side do not want the same. */
  home: string;
  /** Port to use if it is free. */
  port: number | null;
  /** Tells the app's owner, in its log, what happens to it. */
  tell(text: string): void;
};

/** A running revision: started, watched until it is healthy, and from then on kept alive until it is stopped. */
export class Replica {
  readonly revision: string;
  readonly traffic = new Traffic();
  readonly #options: ReplicaOptions;
  readonly #stopped = new AbortController();
  #supervision: Promise<void> = Promise.resolve();
  #instance: Instance | null = null;
  #healthy = false;
  #port: number | null;
  #restarts = 0;
  #since: string | null = null;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.revision = options.revision;
    this.#port = options.port;
  }

  /** Where it answers; null while it does not run. */
  get port(): number | null {
    return this.#healthy ? this.#port : null;
  }

  get pid(): number | null {
    return this.#instance?.pid ?? null;
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Since when it is healthy, RFC 3339. */
  get since(): string | null {
    return this.#since;
  }

  /**
   * Starts a new revision.
   * @returns null when it is healthy (and is kept alive from now on), else why it is not (and it was ended)
   */
  async activate(): Promise<string | null> {
    const problem = await this.#start();
    if (problem === null) this.#supervision = this.#keepAlive();
    return problem;
  }

  /** Brings back a revision that was healthy before: tries again and again. Settles after the first try. */
  async revive(): Promise<string | null> {
    const problem = await this.#start();
    if (!this.#stopped.signal.aborted) this.#supervision = this.#keepAlive(problem);
    return problem;
  }

  /** Ends it for good, after its requests or `drain` ms. */
  async stop(drain: number): Promise<void> {
    await this.traffic.quiet(AbortSignal.timeout(drain));
    this.#stopped.abort();
    await this.#end();
    await this.#supervision;
  }

  async #start(): Promise<string | null> {
    const { tell, health } = this.#options;
    const port = await takePort(this.#port, this.#options.home);
    this.#port = port;
    const begun = performance.now();
    try {
      if (this.#stopped.signal.aborted) throw new Error("stopped");
      this.#instance = await this.#options.launch(port);
    } catch (error) {
      returnPort(port);
      return error instanceof Error ? error.message : String(error);
    }
    const problem = await this.#problemOf(this.#instance, begun, health.limit);
    if (problem === null) {
      this.#healthy = true;
      this.#since = new Date().toISOString();
      tell(`${this.revision} is healthy after ${Math.round(performance.now() - begun)} ms`);
    } else await this.#end();
    return problem;
  }

  async #problemOf(instance: Instance, begun: number, limit: number): Promise<string | null> {
    const ended = new AbortController();
    void instance.exited.then(() => ended.abort());
    const probe = { port: instance.port, path: this.#options.health.path };
    const signal = deadline(limit, ended.signal, this.#stopped.signal);
    const last = await waitUntilHealthy(probe, signal);
    if (last === null) return null;
    if (this.#stopped.signal.aborted) return "stopped";
    if (ended.signal.aborted) return describeEarlyExit(await instance.exited, performance.now() - begun);
    return describeUnhealthy(last, probe, limit, instance.pid === null ? [] : listenersOf(instance.pid));
  }

  async #keepAlive(problem: string | null = null): Promise<void> {
    const { tell } = this.#options;
    let pause = FIRST_PAUSE;
    let failure = problem;
    while (!this.#stopped.signal.aborted) {
      if (failure === null) {
        const healthySince = performance.now();
        failure = await this.#death();
        if (performance.now() - healthySince > STEADY) pause = FIRST_PAUSE;
      }
      if (this.#stopped.signal.aborted) return;
      tell(`${this.revision} ${failure}; restarting in ${pause / 1000} s`);
      await sleep(pause, undefined, { signal: this.#stopped.signal }).catch(() => {});
      if (this.#stopped.signal.aborted) return;
      pause = Math.min(pause * 2, LONGEST_PAUSE);
      this.#restarts++;
      failure = await this.#start();
    }
  }

  /** Waits until the healthy instance ends, and says how. */
  async #death(): Promise<string> {
    const instance = this.#instance;
    const begun = Date.parse(this.#since ?? "");
    if (!instance) return "did not start";
    const hung = await this.#hang(instance);
    if (hung !== null) await this.#end();
    const exit = await instance.exited;
    this.#forget(instance);
    return hung ?? describeEarlyExit(exit, Date.now() - begun);
  }

  /** Waits until the instance no longer answers (and says so) or no longer runs (null). */
  async #hang(instance: Instance): Promise<string | null> {
    const { liveness } = this.#options;
    if (!liveness) return null;
    const ended = new AbortController();
    void instance.exited.then(() => ended.abort());
    return watchLiveness(instance.port, liveness, AbortSignal.any([ended.signal, this.#stopped.signal]));
  }

  async #end(): Promise<void> {
    const instance = this.#instance;
    if (!instance) return;
    this.#healthy = false;
    await instance.stop();
    this.#forget(instance);
  }

  #forget(instance: Instance): void {
    if (this.#instance !== instance) return;
    this.#instance = null;
    this.#healthy = false;
    this.#since = null;
    returnPort(instance.port);
  }
}
