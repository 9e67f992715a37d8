import type { CircuitRecord } from '@circuitry/core';
import { describe, expect, test } from '@jest/globals';
import { recordOf } from '../../src/checks/records.js';
import { History, type HistoryEntry, type Operation, type Outcome } from '../../src/concurrency/history.js';
import { effectOf, findOrder } from '../../src/concurrency/linearizability.js';
import { Random } from '../../src/concurrency/random.js';
import { range } from '../../src/concurrency/together.js';

const n = (value: number, revision = 1): CircuitRecord => recordOf(revision, { counters: { n: value } });
const add: Operation = { verb: 'apply', revision: 1, delta: { add: { n: 1 } } };
const read: Operation = { verb: 'retrieve' };
const entry = (began: number, ended: number, operation: Operation, outcome: Outcome | null): HistoryEntry => ({
  client: `from ${began}`,
  operation,
  began,
  ended,
  outcome,
});
const applied = (value: number): Outcome => ({ applied: true, record: n(value) });

describe('findOrder', () => {
  const good: readonly (readonly [string, readonly HistoryEntry[]])[] = [
    ['no calls at all', []],
    ['calls one after the other', [entry(0, 1, add, applied(1)), entry(2, 3, read, { record: n(1) })]],
    ['a read beside a write that sees it', [entry(0, 3, add, applied(1)), entry(1, 2, read, { record: n(1) })]],
    ['a read beside a write that does not', [entry(0, 3, add, applied(1)), entry(1, 2, read, { record: n(0) })]],
    ['two writes at once, in the order of their answers', [entry(0, 3, add, applied(2)), entry(1, 2, add, applied(1))]],
    ['a lost answer that happened', [entry(0, Infinity, add, null), entry(1, 2, read, { record: n(1) })]],
    ['a lost answer that never happened', [entry(0, Infinity, add, null), entry(1, 2, read, { record: n(0) })]],
    [
      'a lost answer that happened late',
      [entry(0, Infinity, add, null), entry(1, 2, read, { record: n(0) }), entry(3, 4, read, { record: n(1) })],
    ],
    [
      'a store that loses to a concurrent one',
      [
        entry(0, 3, { verb: 'store', revision: 1, next: n(7, 2) }, { applied: true, record: n(7, 2) }),
        entry(1, 2, { verb: 'store', revision: 1, next: n(8, 3) }, { applied: false, record: n(7, 2) }),
      ],
    ],
    [
      'a store under expect that an apply beside it defeats',
      [
        entry(0, 3, add, applied(1)),
        entry(1, 2, { verb: 'store', revision: 1, next: n(0, 2), expect: { n: 0 } }, { applied: false, record: n(1) }),
      ],
    ],
    [
      'a delete, whose answer says nothing',
      [entry(0, 1, { verb: 'delete' }, { record: null }), entry(2, 3, read, { record: null })],
    ],
  ];
  test.each(good)('explains %s', (_, history) => {
    expect(findOrder(history, n(0))).toMatchObject({ linearizable: true });
  });

  const bad: readonly (readonly [string, readonly HistoryEntry[]])[] = [
    ['a read that misses an acknowledged write', [entry(0, 1, add, applied(1)), entry(2, 3, read, { record: n(0) })]],
    [
      'two reads that go back in time',
      [entry(0, 9, add, applied(1)), entry(1, 2, read, { record: n(1) }), entry(3, 4, read, { record: n(0) })],
    ],
    ['two increments that both answer 1', [entry(0, 3, add, applied(1)), entry(1, 2, add, applied(1))]],
    ['an increment that answers too much', [entry(0, 1, add, applied(2))]],
    [
      'two winners of one revision',
      [
        entry(0, 3, { verb: 'store', revision: 1, next: n(0, 2) }, { applied: true, record: n(0, 2) }),
        entry(1, 2, { verb: 'store', revision: 1, next: n(0, 3) }, { applied: true, record: n(0, 3) }),
      ],
    ],
    [
      'a loser that is told its own record',
      [
        entry(0, 3, { verb: 'store', revision: 1, next: n(0, 2) }, { applied: true, record: n(0, 2) }),
        entry(1, 2, { verb: 'store', revision: 1, next: n(0, 3) }, { applied: false, record: n(0, 3) }),
      ],
    ],
    [
      'a store under expect that loses an acknowledged apply',
      [
        entry(0, 1, add, applied(1)),
        entry(
          2,
          3,
          { verb: 'store', revision: 1, next: n(0, 2), expect: { n: 0 } },
          { applied: true, record: n(0, 2) },
        ),
      ],
    ],
    ['a record out of nowhere', [entry(0, 1, read, { record: n(5) })]],
    [
      'a record that comes back after its delete',
      [entry(0, 1, { verb: 'delete' }, { record: null }), entry(2, 3, read, { record: n(0) })],
    ],
  ];
  test.each(bad)('finds no order for %s', (_, history) => {
    const verdict = findOrder(history, n(0));
    expect(verdict.linearizable).toBe(false);
    if (!verdict.linearizable) expect(verdict.stuck.length).toBeGreaterThan(0);
  });

  test('explains any run of an atomic store, and no run of it with one answer changed', () => {
    for (const seed of range(60)) {
      const random = new Random(seed);
      const history = randomRun(random, 40);
      expect(findOrder(history, n(0)).linearizable).toBe(true);
      const victim = random.below(history.length);
      const spoilt = history.map((each, index) =>
        index === victim ? { ...each, outcome: { ...each.outcome, record: n(-1, 77) } } : each,
      );
      expect(findOrder(spoilt, n(0)).linearizable).toBe(false);
    }
  });

  test('answers in time for 200 calls of eight clients', () => {
    expect(findOrder(randomRun(new Random(1), 200), n(0)).linearizable).toBe(true);
  }, 10_000);
});

describe('History', () => {
  test('takes a call that rejects for one whose answer nobody saw', async () => {
    const history = new History();
    await expect(history.record('A', add, () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer');
    await history.record('B', read, () => Promise.resolve({ record: null }));
    expect(history.entries).toMatchObject([
      { client: 'A', outcome: null, ended: Infinity },
      { client: 'B', outcome: { record: null } },
    ]);
  });
});

/** Calls of eight clients that each take effect at one moment between their beginning and their end. */
function randomRun(random: Random, calls: number): HistoryEntry[] {
  let record: CircuitRecord | null = n(0);
  const free = range(8).map(() => 0);
  const history: HistoryEntry[] = [];
  let now = 0;
  for (const index of range(calls)) {
    const who = index % free.length;
    now += 1 + random.next();
    const began = Math.max(free[who] as number, now - 3 * random.next());
    const ended = now + 3 * random.next();
    const drawn = random.next();
    const operation: Operation =
      drawn < 0.4
        ? add
        : drawn < 0.8
          ? read
          : { verb: 'store', revision: 1, next: n(random.below(5), 1 + random.below(2)) };
    const outcome = effectOf(operation, record);
    record = outcome.record;
    free[who] = ended + 0.001;
    history.push({ client: `${who}`, operation, began, ended, outcome });
  }
  return history;
}
