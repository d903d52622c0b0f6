import { Argument, type Command } from "commander";
import type { Tools } from "../tools.js";
import { lazily } from "./load.js";

const run = lazily(async () => (await import("./completion.run.js")).completion);
const complete = lazily(async () => (await import("./completion.run.js")).complete);

const EXAMPLES = `
Examples:
  $ source <(paas completion bash)
  $ paas completion zsh > "\${fpath[1]}/_paas"
  $ paas completion fish > ~/.config/fish/completions/paas.fish
  $ paas completion pwsh >> $PROFILE`;

export function registerCompletion(program: Command, tools: Tools): void {
  program
    .command("completion")
    .addArgument(new Argument("<shell>", "the shell to print it for").choices(["bash", "zsh", "fish", "pwsh"]))
    .description("print shell completion, with the names of live environments")
    .addHelpText("after", EXAMPLES)
    .action((shell: string) => run(shell, tools));
  program
    .command("__complete", { hidden: true })
    .argument("[words...]")
    .allowUnknownOption()
    .action((words: string[]) => complete(words, program, tools));
}
