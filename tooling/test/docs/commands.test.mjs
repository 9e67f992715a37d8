import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { root } from '../../command.mjs';
import { documents, fencesOf, read } from '../../docs/documents.mjs';

// A command of a README is tried by people with a fresh clone, in which nothing is installed: it installs what it needs
// before it asks for any of it, or the README says what to run first.

const { scripts } = JSON.parse(read('package.json'));

const commands = documents()
  .filter((file) => file.endsWith('README.md') || file === 'CONTRIBUTING.md')
  .flatMap((file) => fencesOf(file).filter(({ language, words }) => language === 'sh' && !words.includes('no-run')))
  .flatMap(({ file, code }) =>
    code.split('\n').map((line, index, lines) => ({
      where: `${file}: ${line.replace(/\s*#.*/, '')}`,
      program: programOf(line),
      isToldSetup: lines.slice(0, index + 1).some((each) => each.startsWith('npm run setup')),
    })),
  )
  .filter(({ program }) => program !== null);

/** The file that a command of this repository runs; null for one that installs, or belongs to others. */
function programOf(line) {
  const [, name] = /^npm (?:run )?([\w:-]+)/.exec(line) ?? [];
  const command = Object.hasOwn(scripts, name) ? scripts[name] : line;
  return /^node (\S+)/.exec(command)?.[1] ?? (command === line ? null : command);
}

/** The packages that a program asks for before it can have installed anything. */
function packagesOf(file, seen = new Set()) {
  if (seen.has(file)) return [];
  seen.add(file);
  const { statements } = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return statements
    .flatMap(({ moduleSpecifier }) => moduleSpecifier?.text ?? [])
    .filter((name) => !name.startsWith('node:'))
    .flatMap((name) => (name.startsWith('.') ? packagesOf(join(dirname(file), name), seen) : [name]));
}

describe('from a fresh clone', () => {
  it('there are commands to try', () => {
    expect(commands.length).toBeGreaterThan(8);
  });

  it.each(commands)('$where', ({ program, isToldSetup }) => {
    if (isToldSetup) return;
    expect(existsSync(join(root, program))).toBe(true);
    expect(packagesOf(join(root, program))).toEqual([]);
    expect(readFileSync(join(root, program), 'utf8')).toContain('await setup()');
  });

  it('CONTRIBUTING.md names the commands that need no setup before them', () => {
    const [sentence] = /`npm test`.*?install\s/s.exec(read('CONTRIBUTING.md'));
    const named = [...sentence.matchAll(/`npm (?:run )?([\w:-]+)`/g)].map(([, name]) => name);
    const setsUp = (command) => {
      const [, file] = /^node (\S+)$/.exec(command) ?? [];
      return file !== undefined && /^(?!export ).*\bawait setup\(\)/m.test(readFileSync(join(root, file), 'utf8'));
    };
    const able = Object.keys(scripts).filter((name) => setsUp(scripts[name]));
    expect(named.sort()).toEqual(able.filter((name) => name !== 'setup').sort());
  });

  it('npm run test:nodes, which CONTRIBUTING.md names', () => {
    expect(packagesOf(join(root, 'tooling/test-nodes.mjs'))).toEqual([]);
  });
});
