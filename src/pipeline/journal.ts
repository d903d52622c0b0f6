import { PaasError } from "../errors.js";
import type { EnvironmentRecord, JournalStep } from "../state/record.js";
import type { HeldRecord } from "../state/records.js";
import type { Doors } from "./doors.js";
import type { Done, Steps } from "./events.js";
import { recordWith } from "./recording.js";

/** Writes each step into the record before and after it. */
export class Journal {
  readonly outcome: { name: string; status: string; duration: number }[] = [];
  #record: EnvironmentRecord;
  readonly #held: HeldRecord;
  readonly #doors: Doors;
  readonly #steps: Steps;

  constructor(record: EnvironmentRecord, held: HeldRecord, doors: Doors, steps: Steps) {
    this.#record = record;
    this.#held = held;
    this.#doors = doors;
    this.#steps = steps;
  }

  /** @param notes facts that a run which goes on after a kill needs; written before the work begins */
  async step(name: string, work: () => Promise<Done<undefined>>, notes: string[] = []): Promise<void> {
    if (this.#doors.signal.aborted) throw new PaasError("aborted", `stopped before ${name}`);
    const startedAt = this.#doors.now().toISOString();
    await this.#note({ name, status: "running", startedAt, finishedAt: null, notes });
    try {
      await this.#steps.run(name, work);
    } catch (error) {
      await this.#note({ name, status: "failed", startedAt, finishedAt: this.#doors.now().toISOString(), notes });
      throw error;
    }
    await this.#note({ name, status: "done", startedAt, finishedAt: this.#doors.now().toISOString(), notes });
    this.outcome.push({ name, status: "done", duration: this.#steps.durations[name] ?? 0 });
  }

  async end(): Promise<void> {
    const now = this.#doors.now();
    const last = { url: null, expires: null, services: {}, destroyedAt: now.toISOString() };
    await this.#write(recordWith(this.#record, { ...last, state: "destroyed" }, now));
  }

  #note(step: JournalStep): Promise<void> {
    const others = this.#record.journal.filter(({ name }) => name !== step.name);
    return this.#write(recordWith(this.#record, { journal: [...others, step] }, this.#doors.now()));
  }

  async #write(record: EnvironmentRecord): Promise<void> {
    await this.#held.write(record);
    this.#record = record;
  }
}
