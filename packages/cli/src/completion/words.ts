import type { Command } from 'commander';

/** What can be typed after the name of a command. */
export interface CompletionWords {
  readonly verb: string;
  readonly description: string;
  readonly verbs: readonly CompletionWords[];
  readonly options: readonly {
    readonly flag: string;
    readonly description: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
  /** What its first argument may be, where that is known. */
  readonly choices: readonly string[];
}

/** Reads it off commander's own description, so that a completion can't promise what there is not. */
export function completionWords(command: Command): CompletionWords {
  const help = command.createHelp();
  return {
    verb: command.name(),
    description: command.summary() || command.description(),
    verbs: help
      .visibleCommands(command)
      .filter((each) => each.name() !== 'help')
      .map(completionWords),
    options: help.visibleOptions(command).map(({ long, short, description, required, optional, argChoices }) => ({
      flag: long ?? short ?? '',
      description,
      takesValue: required || optional,
      choices: argChoices ?? [],
    })),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
}
