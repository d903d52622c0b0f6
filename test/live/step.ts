import { PaasError } from "../../src/errors.js";
import type { Ended } from "./command.js";
import type { Live } from "./live-run.js";

type Named = {
  /** What the line says. */
  name: string;
  /** Longest that it may take, in minutes. */
  minutes: number;
};

/** A command of the CLI, and what must be seen of it. */
export type Command = Named & {
  /** Words after `paas`. */
  paas(live: Live): string[];
  /** Text on standard input. */
  input?(live: Live): string;
  /** Exit code that it must end with; 0 unless told. */
  exits?: number;
  /** @returns what was seen, in a few words; throws where it is not what it must be */
  sees(live: Live, ended: Ended): string | Promise<string>;
};

/** Something done or looked at without the CLI. */
export type Deed = Named & {
  /** @returns what was done or seen, in a few words */
  does(live: Live): string | Promise<string>;
};

/** One line of the run. The first step that fails ends it; then everything that was made is removed. */
export type Step = Command | Deed;

/** What a step must see and does not. */
export function unmet(what: string, details: string[] = []): PaasError {
  return new PaasError("unmet", `expected: ${what}`, { details });
}

export function expect(holds: boolean, what: string, ...details: string[]): asserts holds {
  if (!holds) throw unmet(what, details);
}
