/** What a pipeline says while it works; the ui decides how that looks. */
export type Event = {
  /** `plan`, `build web`. */
  step: string;
  status: "started" | "progress" | "done" | "failed" | "skipped" | "line" | "warning";
  detail?: string;
  /** Milliseconds, with done and failed. */
  duration?: number;
};

export type Emit = (event: Event) => void;

/** One listener that tells two. */
export function both(first: Emit, second: Emit): Emit {
  return (event) => {
    first(event);
    second(event);
  };
}

/** Runs the steps of a pipeline one by one or side by side, timing each. */
export type Steps = {
  /**
   * Runs `work` as a step. `work` gets a way to tell how it comes along and returns its result with a few words for
   * people; a step that throws is told as failed and the error goes on.
   */
  run<T>(step: string, work: (tell: (detail: string) => void) => Promise<Done<T>>): Promise<T>;
  skip(step: string, why: string): void;
  line(step: string, text: string): void;
  warn(text: string): void;
  /** Milliseconds per finished step. */
  durations: Record<string, number>;
};

export type Done<T> = { value: T; detail?: string };

export function stepsOf(emit: Emit, now: () => number): Steps {
  const durations: Record<string, number> = {};
  return {
    durations,
    run: async (step, work) => {
      const started = now();
      emit({ step, status: "started" });
      try {
        const { value, detail } = await work((text) => emit({ step, status: "progress", detail: text }));
        durations[step] = Math.round(now() - started);
        emit({ step, status: "done", duration: durations[step], ...(detail === undefined ? {} : { detail }) });
        return value;
      } catch (error) {
        emit({ step, status: "failed", duration: Math.round(now() - started) });
        throw error;
      }
    },
    skip: (step, why) => emit({ step, status: "skipped", detail: why }),
    line: (step, text) => emit({ step, status: "line", detail: text }),
    warn: (text) => emit({ step: "warning", status: "warning", detail: text }),
  };
}

/** The same steps under a longer name, `platform plan`. */
export function under(prefix: string, steps: Steps): Steps {
  return {
    durations: steps.durations,
    warn: steps.warn,
    run: (step, work) => steps.run(`${prefix} ${step}`, work),
    skip: (step, why) => steps.skip(`${prefix} ${step}`, why),
    line: (step, text) => steps.line(`${prefix} ${step}`, text),
  };
}
