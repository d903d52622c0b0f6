import type { Command } from "commander";
import { readEnvironmentNames } from "../pipeline/names.js";
import type { Tools } from "../tools.js";

/** Each script asks the installed `paas` for the words that fit; the rules live in one place, here. */
const SCRIPTS: Record<string, string> = {
  bash: `_paas() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(paas __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _paas paas
`,
  zsh: `#compdef paas
_paas() {
  local -a words_found
  words_found=(\${(f)"$(paas __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -a words_found
}
compdef _paas paas
`,
  fish: `complete -c paas -f -a '(paas __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
  pwsh: `Register-ArgumentCompleter -Native -CommandName paas -ScriptBlock {
  param($word, $ast, $cursor)
  $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($word -eq '') { $words += '' }
  paas __complete -- @words 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_)
  }
}
`,
};

export async function completion(shell: string, tools: Pick<Tools, "ui">): Promise<void> {
  tools.ui.result({}, {}, SCRIPTS[shell] ?? "");
}

/** Prints what may stand at the last of these words, one a line. */
export async function complete(words: string[], program: Command, tools: Tools): Promise<void> {
  const command = commandAt(words.slice(0, -1), program);
  const last = words.at(-1) ?? "";
  const candidates = last.startsWith("-") ? optionsOf(command, program) : await wordsFor(command, program, tools);
  const fitting = candidates.filter((candidate) => candidate.startsWith(last));
  tools.ui.result({}, {}, fitting.join("\n"));
}

function commandAt(words: string[], program: Command): Command {
  let command = program;
  for (const word of words) {
    const next = command.commands.find((candidate) => candidate.name() === word || candidate.aliases().includes(word));
    if (next) command = next;
  }
  return command;
}

function optionsOf(command: Command, program: Command): string[] {
  return [...command.options, ...program.options, program.createOption("--help")]
    .filter((option) => !option.hidden)
    .flatMap((option) => option.long ?? []);
}

async function wordsFor(command: Command, _program: Command, tools: Tools): Promise<string[]> {
  if (command.commands.length > 0) {
    return command
      .createHelp()
      .visibleCommands(command)
      .map((visible) => visible.name());
  }
  const [argument] = command.registeredArguments;
  if (argument?.argChoices) return argument.argChoices;
  return argument?.name() === "environment" ? readEnvironmentNames(tools) : [];
}
