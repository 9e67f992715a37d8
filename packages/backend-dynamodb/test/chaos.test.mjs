import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { check } from '../chaos/check.mjs';

/** @param {number} n */
const record = (n) => /** @type {any} */ ({ counters: { n } });
const acked = { worker: 'a', type: 'apply', result: 'acked' };
const maybe = { worker: 'b', type: 'apply', result: 'maybe' };

/** @param {object[]} entries @param {number} [stored] */
const violationsOf = (entries, stored = 0) => check(/** @type {any} */ (entries), record(stored)).violations;

describe('the check of the chaos runs', () => {
  test('finds nothing where what is stored is what the ledgers allow', () => {
    const entries = [acked, acked, maybe, { worker: 'a', type: 'lock', token: 5, at: 0, left: 900 }];
    expect(violationsOf(entries, 2)).toEqual([]);
    expect(violationsOf(entries, 3)).toEqual([]);
  });

  test('finds a count that was lost, and one that came twice', () => {
    expect(violationsOf([acked, acked, maybe], 1)).toEqual(['2 counts were acknowledged, and only 1 are stored']);
    expect(violationsOf([acked, acked, maybe], 4)).toEqual(['4 counts are stored, and only 2 + 1 can have been']);
  });

  test('finds a revision that two replaced', () => {
    const won = { type: 'store', from: 7, to: 8, result: 'acked' };
    expect(
      violationsOf([
        { ...won, worker: 'a' },
        { ...won, worker: 'b' },
      ]),
    ).toEqual(['revision 7 was replaced by a and by b']);
  });

  test('finds a lock with two holders, or with one token twice, but for one that was given back', () => {
    const first = { worker: 'a', type: 'lock', token: 1, at: 0, left: 9_000 };
    expect(violationsOf([first, { worker: 'b', type: 'lock', token: 2, at: 5_000, left: 9_000 }])).toEqual([
      'a (token 1) and b (token 2) hold the lock at once, for 4000 ms',
    ]);
    expect(violationsOf([first, { worker: 'b', type: 'lock', token: 1, at: 20_000, left: 1 }])).toHaveLength(1);
    const back = { worker: 'a', type: 'unlock', token: 1, at: 4_000 };
    expect(violationsOf([first, back, { worker: 'b', type: 'lock', token: 2, at: 5_000, left: 1 }])).toEqual([]);
  });

  test('finds work that ran twice or was refused, and a transition that was announced twice', () => {
    const ran = { worker: 'a', type: 'ran', id: 'x' };
    expect(violationsOf([ran, ran])).toHaveLength(1);
    expect(violationsOf([ran, { worker: 'a', type: 'settled', id: 'x', status: 'refused' }])).toHaveLength(1);
    const change = { worker: 'a', type: 'change', what: 'acme closed -> open' };
    expect(violationsOf([change, { ...change, worker: 'b' }])).toHaveLength(1);
  });
});

const isBuilt = existsSync(new URL('../dist/index.js', import.meta.url));
const shortRun = isBuilt ? test : test.skip;

shortRun(
  `a short chaos run violates nothing${isBuilt ? '' : ' (skipped: the package is not built)'}`,
  async () => {
    const program = fileURLToPath(new URL('../chaos/run.mjs', import.meta.url));
    const run = promisify(execFile)(process.execPath, [program, '--seconds', '3', '--workers', '2']);
    expect((await run).stdout).toContain('nothing was violated');
  },
  120_000,
);
