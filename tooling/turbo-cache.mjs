import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './command.mjs';

/**
 * turbo's arguments for remembering tests that passed. In turbo.json they are never taken from the cache: a turbo started
 * by hand isn't told on which servers they would run. So this writes a second configuration, and is for those who tell it,
 * in CIRCUITRY_TEST_SERVERS and CIRCUITRY_TEST_NODE.
 */
export function rememberingTests() {
  const text = readFileSync(join(root, 'turbo.json'), 'utf8').replaceAll(/^\s*\/\/.*$/gm, '');
  const { tasks, ...rest } = JSON.parse(text);
  const folder = join(root, 'node_modules', '.cache', 'circuitry');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'turbo.json');
  // Whole or not at all: another turbo may be reading it.
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify({ ...rest, tasks: { ...tasks, test: { ...tasks.test, cache: true } } }));
  renameSync(mine, file);
  return ['--root-turbo-json', file];
}

/** The Node that the tests will run on, and what it is told from outside: turbo looks at neither. */
export function nodeOfTests() {
  const question = '[process.version, process.platform, process.arch].join(" ")';
  const node = execFileSync('node', ['-p', question], { encoding: 'utf8' }).trim();
  return JSON.stringify([node, process.env.NODE_OPTIONS ?? '', process.env.TZ ?? '']);
}
