import type { CompletionWords } from './words.js';

/** Shells that a script can be had for. */
export type Shell = 'bash' | 'zsh' | 'fish';

/** In the order in which help shows them. */
export const shells: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** A script that teaches the shell this command's words. */
export const completionScripts: Readonly<Record<Shell, (command: CompletionWords) => string>> = { bash, zsh, fish };

function bash(command: CompletionWords): string {
  const name = command.verb;
  const values = new Map<string, string>();
  for (const { options } of command.verbs)
    for (const { flag, takesValue, choices } of options) if (takesValue) values.set(flag, choices.join(' '));
  const byVerb = command.verbs.map((verb) => `    ${verb.verb}) words='${wordsOf(verb)}' ;;`);
  const byFlag = [...values].map(([flag, choices]) => `    ${flag}) ${valuesInBash(flag, choices)}; return ;;`);
  return [
    `_${name}() {`,
    '  local word="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words',
    '  case "$before" in',
    ...byFlag,
    '  esac',
    '  case "${COMP_WORDS[1]}" in',
    ...byVerb,
    `    *) words='${command.verbs.map(({ verb }) => verb).join(' ')} --help --version' ;;`,
    '  esac',
    '  COMPREPLY=($(compgen -W "$words" -- "$word"))',
    '}',
    `complete -F _${name} ${name}`,
    '',
  ].join('\n');
}

function valuesInBash(flag: string, choices: string): string {
  if (flag === '--config') return 'COMPREPLY=($(compgen -f -- "$word"))';
  return choices === '' ? 'COMPREPLY=()' : `COMPREPLY=($(compgen -W '${choices}' -- "$word"))`;
}

function wordsOf({ verbs, options, choices }: CompletionWords): string {
  return [...verbs.map(({ verb }) => verb), ...choices, ...options.map(({ flag }) => flag)].join(' ');
}

function zsh(command: CompletionWords): string {
  const name = command.verb;
  const verbs = command.verbs.map(({ verb, description }) => `    ${quoted(`${verb}:${description}`)}`);
  const byVerb = command.verbs.flatMap((verb) => {
    const options = verb.options.map(({ flag, description, takesValue, choices }) => {
      const value = choices.length > 0 ? `(${choices.join(' ')})` : flag === '--config' ? '_files' : ' ';
      return quoted(`${flag}[${description.replace(/[[\]:]/g, ' ')}]${takesValue ? `:${flag.slice(2)}:${value}` : ''}`);
    });
    const first = [...verb.verbs.map((each) => each.verb), ...verb.choices];
    const argument = first.length > 0 ? [quoted(`1: :(${first.join(' ')})`)] : [];
    return [`    ${verb.verb}) _arguments ${[...argument, ...options].join(' ')} ;;`];
  });
  return [
    `#compdef ${name}`,
    `_${name}() {`,
    '  local -a verbs=(',
    ...verbs,
    '  )',
    `  if (( CURRENT == 2 )); then _describe -t verbs verb verbs; return; fi`,
    '  shift words; (( CURRENT-- ))',
    '  case "$words[1]" in',
    ...byVerb,
    '  esac',
    '}',
    `if [ "$funcstack[1]" = "_${name}" ]; then _${name} "$@"; else compdef _${name} ${name}; fi`,
    '',
  ].join('\n');
}

function fish(command: CompletionWords): string {
  const name = command.verb;
  const lines = command.verbs.flatMap((verb) => {
    const here = `complete -c ${name} -n '__fish_seen_subcommand_from ${verb.verb}'`;
    const first = [...verb.verbs.map((each) => each.verb), ...verb.choices];
    return [
      `complete -c ${name} -f -n __fish_use_subcommand -a ${verb.verb} -d ${quoted(verb.description)}`,
      ...(first.length > 0 ? [`${here} -f -a ${quoted(first.join(' '))}`] : []),
      ...verb.options.map(({ flag, description, takesValue, choices }) => {
        const value = !takesValue
          ? ' -f'
          : flag === '--config'
            ? ' -r -F'
            : ` -x${choices.length > 0 ? ` -a ${quoted(choices.join(' '))}` : ''}`;
        return `${here} -l ${flag.slice(2)} -d ${quoted(description)}${value}`;
      }),
    ];
  });
  return [...lines, ''].join('\n');
}

/** One word of all three shells. A quote of its own can't stand in it: fish and the others escape it differently. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", '’')}'`;
}
