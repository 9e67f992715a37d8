import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { check } from '../chaos/check.mjs';

/** @param {number} n */
const record = (n) => /** @type {any} */ ({ counters: { n } });
const when = { asked: 4_990, at: 5_000 };
const acked = { worker: 'a', type: 'apply', result: 'acked', ...when };
const maybe = { worker: 'b', type: 'apply', result: 'maybe', ...when };

/** @param {object[]} entries @param {number} [stored] @param {import('../chaos/check.mjs').Loss[]} [losses] */
const violationsOf = (entries, stored = 0, losses = []) =>
  check(/** @type {any} */ (entries), record(stored), losses).violations;
/** Just the time of the counts above. */
const failover = { from: 4_000, until: 6_000 };

describe('the check of the chaos runs', () => {
  test('finds nothing where what is stored is what the ledgers allow', () => {
    const entries = [
      acked,
      acked,
      maybe,
      { worker: 'a', type: 'lock', token: 5, asked: 0, at: 0, lease: 900, left: 900 },
    ];
    expect(violationsOf(entries, 2)).toEqual([]);
    expect(violationsOf(entries, 3)).toEqual([]);
  });

  test('finds a count that was lost, and one that came twice', () => {
    expect(violationsOf([acked, acked, maybe], 1)).toEqual(['2 counts were acknowledged, and only 1 are stored']);
    expect(violationsOf([acked, acked, maybe], 4)).toEqual(['4 counts are stored, and only 2 + 1 can have been']);
  });

  test('allows what a failover may lose, and no more', () => {
    expect(violationsOf([acked, acked], 0, [failover])).toEqual([]);
    expect(violationsOf([acked, { ...acked, asked: 6_001, at: 6_010 }], 0, [failover])).toHaveLength(1);
    expect(violationsOf([acked, { ...acked, asked: 3_990, at: 3_999 }], 0, [failover])).toHaveLength(1);
    // The server did it at some moment between: it may have been in that time.
    expect(violationsOf([acked, { ...acked, asked: 3_990, at: 4_001 }], 0, [failover])).toEqual([]);
    expect(violationsOf([acked, acked], 3, [failover])).toHaveLength(1);
    const won = { type: 'store', from: 7, to: 8, result: 'acked', worker: 'a', ...when };
    const wonLater = { ...won, asked: 8_990, at: 9_000 };
    expect(violationsOf([won, wonLater], 0, [failover])).toEqual([]);
    expect(violationsOf([{ ...wonLater, asked: 7_990, at: 8_000 }, wonLater], 0, [failover])).toHaveLength(1);
  });

  test('allows a lock with two holders where the first one was had while a failover lost it', () => {
    const first = { worker: 'a', type: 'lock', token: 1, asked: 1_000, at: 4_100, lease: 9_000, left: 8_800 };
    const second = { ...first, worker: 'b', token: 2, asked: 5_500, at: 5_501 };
    expect(violationsOf([first, second], 0, [failover])).toEqual([]);
    // It waited until then, and got it before.
    expect(violationsOf([{ ...first, at: 3_900 }, second], 0, [failover])).toHaveLength(1);
  });

  test('knows that a worker who was killed under way does not know whether it counted', () => {
    const begun = [
      { type: 'applying', id: 'x', worker: 'a' },
      { type: 'applying', id: 'y', worker: 'a' },
    ];
    expect(violationsOf([...begun, { ...acked, id: 'x' }], 2)).toEqual([]);
    expect(violationsOf([...begun, { ...acked, id: 'x' }], 3)).toHaveLength(1);
  });

  test('finds a token that is smaller than one that was had before, whatever was lost', () => {
    const first = { worker: 'a', type: 'lock', token: 9, asked: 4_000, at: 4_001, left: 10 };
    const later = { worker: 'b', type: 'lock', token: 8, asked: 5_000, at: 5_001, left: 10 };
    expect(violationsOf([first, later], 0, [failover])).toEqual([
      'b (token 8) and a (token 9): the smaller token was asked for after the greater was had',
    ]);
  });

  test('finds a revision that two replaced', () => {
    const won = { type: 'store', from: 7, to: 8, result: 'acked', ...when };
    expect(
      violationsOf([
        { ...won, worker: 'a' },
        { ...won, worker: 'b' },
      ]),
    ).toEqual(['revision 7 was replaced by a and by b']);
  });

  test('finds a lock with two holders, or with one token twice, but for one that was given back', () => {
    const first = { worker: 'a', type: 'lock', token: 1, asked: 0, at: 0, lease: 9_000, left: 9_000 };
    expect(
      violationsOf([first, { worker: 'b', type: 'lock', token: 2, asked: 4_999, at: 5_000, left: 9_000 }]),
    ).toEqual(['a (token 1) and b (token 2) hold the lock at once, for 4000 ms']);
    expect(
      violationsOf([first, { worker: 'b', type: 'lock', token: 1, asked: 19_999, at: 20_000, left: 1 }]),
    ).toHaveLength(1);
    const back = { worker: 'a', type: 'unlock', token: 1, at: 4_000 };
    expect(
      violationsOf([first, back, { worker: 'b', type: 'lock', token: 2, asked: 4_999, at: 5_000, left: 1 }]),
    ).toEqual([]);
  });

  test('finds work that ran twice or was refused, and a transition that was announced twice', () => {
    const ran = { worker: 'a', type: 'ran', id: 'x' };
    expect(violationsOf([ran, ran])).toHaveLength(1);
    expect(violationsOf([ran, { worker: 'a', type: 'settled', id: 'x', status: 'refused' }])).toHaveLength(1);
    const change = { worker: 'a', type: 'change', what: 'acme closed -> open', ...when };
    expect(violationsOf([change, { ...change, worker: 'b' }])).toHaveLength(1);
    const again = { ...change, worker: 'b', asked: 8_990, at: 9_000 };
    expect(violationsOf([change, again], 0, [failover])).toEqual([]);
    expect(violationsOf([{ ...change, asked: 7_000, at: 7_001 }, again], 0, [failover])).toHaveLength(1);
  });
});

describe('npm run chaos', () => {
  const chaos = (/** @type {string[]} */ ...args) =>
    spawnSync(process.execPath, [fileURLToPath(new URL('../chaos.mjs', import.meta.url)), ...args], {
      encoding: 'utf8',
    });

  test('tells its options, and refuses a store that it does not know', () => {
    const { stdout, status } = chaos('--help');
    expect(stdout).toMatch(/--which[^]*--seconds[^]*--seed/);
    expect(status).toBe(0);
    expect(chaos('--which', 'redis,memory')).toMatchObject({
      status: 2,
      stderr: 'There is no chaos for memory; there is for redis, sentinel, dynamodb.\n',
    });
  });
});
