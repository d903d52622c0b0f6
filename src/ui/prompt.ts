import { EXIT, PaasError } from "../errors.js";

/** Questions on stderr, answered on stdin; asked only when `interactive`. */
export type Prompt = {
  interactive: boolean;
  text(question: {
    message: string;
    initial?: string;
    validate?: (value: string) => string | undefined;
  }): Promise<string>;
  /** Asks for what must not be shown. */
  secret(question: { message: string }): Promise<string>;
  select(question: {
    message: string;
    options: { value: string; label: string; hint?: string }[];
    initial?: string;
  }): Promise<string>;
  confirm(question: { message: string; initial?: boolean }): Promise<boolean>;
};

/** Interactive on a terminal, unless `CI` is set or the caller passed `--yes` or `--no-prompt`. */
export function createPrompt(variables: NodeJS.ProcessEnv, allowed: boolean): Prompt {
  const interactive = allowed && !variables.CI && process.stdin.isTTY === true && process.stderr.isTTY === true;
  const clack = () => import("@clack/prompts");
  return {
    interactive,
    text: async ({ message, initial, validate }) => {
      const { text } = await clack();
      return answer(
        await text({
          message,
          output: process.stderr,
          ...(initial === undefined ? {} : { initialValue: initial }),
          ...(validate === undefined ? {} : { validate: (value) => validate(value ?? "") }),
        }),
      );
    },
    secret: async ({ message }) => {
      const { password } = await clack();
      return answer(await password({ message, output: process.stderr }));
    },
    select: async ({ message, options, initial }) => {
      const { select } = await clack();
      return answer(
        await select({
          message,
          options,
          output: process.stderr,
          ...(initial === undefined ? {} : { initialValue: initial }),
        }),
      );
    },
    confirm: async ({ message, initial = false }) => {
      const { confirm } = await clack();
      return answer(await confirm({ message, initialValue: initial, output: process.stderr }));
    },
  };
}

function answer<T>(value: T): Exclude<T, symbol> {
  if (typeof value !== "symbol") return value as Exclude<T, symbol>;
  throw new PaasError("interrupted", "stopped at a question; nothing was changed", { exit: EXIT.interrupted });
}
