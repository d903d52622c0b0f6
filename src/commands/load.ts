/**
 * Puts off loading what a command does until it is called, so that `--help` loads no command.
 * @param load imports the module and picks its function
 */
export function lazily<A extends unknown[]>(load: () => Promise<(...args: A) => Promise<void>>) {
  return async (...args: A): Promise<void> => (await load())(...args);
}
