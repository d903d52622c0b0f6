import { Chalk, chalkStderr } from "chalk";

/** The few meanings that colour carries. */
export type Palette = {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
};

/** Colours when stderr shows them: `NO_COLOR`, `FORCE_COLOR`, `TERM=dumb` and pipes are honoured. */
export function paletteFor(variables: NodeJS.ProcessEnv): Palette {
  const chalk = new Chalk({ level: variables.NO_COLOR ? 0 : chalkStderr.level });
  return {
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    strong: (text) => chalk.bold(text),
    faint: (text) => chalk.dim(text),
  };
}
