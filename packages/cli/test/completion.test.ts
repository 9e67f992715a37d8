import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useProgram } from './support/program.js';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const inShell = (shell: string) => (has(shell) ? describe : describe.skip);
const title = (shell: string): string =>
  `completion in ${shell}${has(shell) ? '' : ` (skipped: there is no ${shell})`}`;

const program = useProgram();
const scripts: Record<string, string> = {};

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, out } = await program.run(['completion', shell]);
    expect(code).toBe(0);
    scripts[shell] = join(program.folder, `complete.${shell}`);
    writeFileSync(scripts[shell], out);
  }
});

inShell('bash')(title('bash'), () => {
  const complete = (...words: string[]): string[] => {
    const ask = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _circuitry; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', ask, 'bash', scripts['bash'] as string, ...words], { encoding: 'utf8' })
      .trim()
      .split('\n');
  };

  test('verbs, options, and what an option may be', () => {
    expect(complete('circuitry', 'l')).toEqual(['list']);
    expect(complete('circuitry', 're').sort()).toEqual(['release', 'reset']);
    expect(complete('circuitry', 'list', '--st')).toEqual(['--state']);
    expect(complete('circuitry', 'list', '--state', 'forced').sort()).toEqual([
      'forced',
      'forced-closed',
      'forced-open',
    ]);
    expect(complete('circuitry', 'completion', '').filter((word) => !word.startsWith('-'))).toEqual([
      'bash',
      'zsh',
      'fish',
    ]);
    expect(complete('circuitry', 'table', 'c')).toEqual(['create']);
  });
});

inShell('fish')(title('fish'), () => {
  const complete = (line: string): string[] =>
    execFileSync('fish', ['-c', `source ${scripts['fish']}; complete -C '${line}'`], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map((word) => word.split('\t')[0] as string);

  test('verbs, options, and what an option may be', () => {
    expect(complete('circuitry l')).toEqual(['list']);
    expect(complete('circuitry re').sort()).toEqual(['release', 'reset']);
    expect(complete('circuitry list --st')).toEqual(['--state']);
    expect(complete('circuitry list --state forced-').sort()).toEqual(['forced-closed', 'forced-open']);
    expect(complete('circuitry table c')).toEqual(['create']);
  });
});

inShell('zsh')(title('zsh'), () => {
  test('the script loads, and completes verbs and options', () => {
    // zsh completes only at a prompt: it is given one, on a terminal of its own, and asked for a list.
    const ask = [
      'zmodload zsh/zpty',
      'zpty -b z zsh -f -i',
      `zpty -w z 'PS1=; autoload -Uz compinit; compinit -u -D; source ${scripts['zsh']}; zstyle ":completion:*" list-prompt ""; LISTMAX=0; print ready-$((1+1))'`,
      'zpty -r -m z line "*ready-2*"',
      // Each read waits for what it looks for; a limit on the whole stands below.
      "zpty -w -n z $'circuitry rel\\t'",
      'zpty -r -m z verb "*release*"',
      "zpty -w -n z $'--dr\\t'",
      'zpty -r -m z flag "*--dry-run*"',
      'print -r -- "$verb$flag"',
    ].join('\n');
    const { stdout } = spawnSync('zsh', ['-f', '-c', ask], { encoding: 'utf8', timeout: 60_000 });
    expect(stdout).toContain('release');
    expect(stdout).toContain('--dry-run');
  });
});
