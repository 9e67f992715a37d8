import type { CircuitRecord } from '@circuitry/core';
import { randomTurns, range, together } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show, showRecord } from '../conformance/show.js';
import { differences, longTtl, mustEqual, recordOf } from './records.js';

const revision = 1_801_439_850_948_199;

export const storing: readonly Check[] = [
  check(
    'S1',
    'store replaces the whole record if and only if the revision is the expected one',
    async ({ handles }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const cause =
        'The write is a blind overwrite, its condition is missing for null, or it merges the new record into the old one.';
      const first = recordOf(revision, { counters: { n: 1, old: 2 } });
      const early = await a.store('circuit', 3, first, longTtl);
      must(!early.applied, {
        did: 'expected revision 3 where there is no record',
        expected: 'not applied',
        seen: 'applied',
        cause,
      });
      await a.store('circuit', null, first, longTtl);
      const next = recordOf(revision + 1, {
        state: 'open',
        generation: 1,
        openings: 1,
        since: 5,
        expiresAt: 9,
        counters: { fresh: 1 },
      });
      for (const wrong of [null, revision - 1, revision + 1, 2]) {
        const did = `the record has revision ${revision}; stored with expected revision ${wrong}`;
        const change = await b.store('circuit', wrong, next, longTtl);
        must(!change.applied, { did, expected: 'not applied', seen: 'applied', cause });
        mustEqual(first, (await a.retrieve('circuit')).record, { did: `${did}, then retrieved`, cause });
      }
      const change = await b.store('circuit', revision, next, longTtl);
      must(change.applied, { did: 'stored with the right revision', expected: 'applied', seen: 'not applied', cause });
      await a.store('counted up', null, recordOf(9), longTtl);
      const tenth = await b.store('counted up', 9, recordOf(10), longTtl);
      must(tenth.applied, {
        did: 'stored revision 10 over revision 9',
        expected: 'applied',
        seen: 'not applied',
        cause,
      });
      mustEqual(next, (await a.retrieve('circuit')).record, {
        did: 'replaced a record by one with other counters',
        cause,
      });
    },
  ),

  check(
    'S2',
    'of concurrent stores with one expected revision exactly one is applied, and the losers get its record',
    async ({ handles, random }) => {
      const all = await handles(4);
      for (const expected of [null, 1, 2, 3, 4]) {
        const next = (expected ?? 0) + 1;
        const stores = range(12).map((index) => async () => {
          await randomTurns(random, 2);
          const record = recordOf(next, { by: `contender-${index}`, counters: { from: index } });
          return (all[index % all.length] as Handle).store('circuit', expected, record, longTtl);
        });
        const changes = await together(random, stores);
        const winners = changes.filter((change) => change.applied);
        const did = `12 stores from 4 handles at once, each expecting revision ${expected}`;
        must(winners.length === 1, {
          did,
          expected: 'exactly 1 applied',
          seen: `${winners.length} applied`,
          cause: 'The revision is compared in the client before the write, instead of in the store with it.',
        });
        const winner = winners[0]?.record as CircuitRecord;
        const cause =
          'The loser answers what it read before, its own record, or nothing: read again, or let the failed condition return the record.';
        for (const loser of changes.filter((change) => !change.applied))
          mustEqual(winner, loser.record, { did: `${did}: a loser’s answer`, cause });
        mustEqual(winner, (await random.pick(all).retrieve('circuit')).record, {
          did: `${did}, then retrieved`,
          cause,
        });
      }
    },
  ),

  check('S3', 'a lost store changes nothing', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const record = recordOf(4, { counters: { n: 3 } });
    await a.store('circuit', null, record, longTtl);
    const losing: readonly (readonly [number | null, Record<string, number> | undefined])[] = [
      [null, undefined],
      [3, undefined],
      [4, { n: 2 }],
    ];
    for (const [expected, expect] of losing) {
      const next = recordOf(9, { state: 'open', since: 1, expiresAt: 2, counters: { n: 0, m: 1 } });
      await b.store('circuit', expected, next, { ...longTtl, ...(expect && { expect }) });
      mustEqual(record, (await a.retrieve('circuit')).record, {
        did: `a store that expected revision ${expected}${expect ? ` and ${show(expect)}` : ''} was lost; then retrieved`,
        cause:
          'Part of the record is written before the condition is looked at, or counters are merged in spite of it.',
      });
    }
    const added = await b.apply('circuit', 4, { add: { n: 1 } }, longTtl);
    must(added.applied, {
      did: 'lost three stores, then applied with the revision that is there',
      expected: 'applied',
      seen: 'not applied',
      cause: 'A lost store moves the revision, or leaves a marker that blocks the next write.',
    });
  }),

  check('S4', 'with expect, store is applied only if each counter named has that value', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause = '`expect` is ignored, only its first counter is compared, or a missing counter is not taken for 0.';
    const counters = { n: 3, zero: 0 };
    const cases: readonly (readonly [Record<string, number>, boolean])[] = [
      [{ n: 3 }, true],
      [{ n: 2 }, false],
      [{ n: 4 }, false],
      [{ n: 0 }, false],
      [{ n: 3, zero: 0, missing: 0 }, true],
      [{ missing: 1 }, false],
      [{ n: 3, missing: 1 }, false],
      [{ zero: 0, n: 2 }, false],
      [{}, true],
    ];
    for (const [index, [expect, applies]] of cases.entries()) {
      const name = `circuit ${index}`;
      await a.store(name, null, recordOf(4, { counters }), longTtl);
      const change = await b.store(name, 4, recordOf(5), { ...longTtl, expect });
      const did = `counters ${show(counters)}; stored with the right revision, expecting ${show(expect)}`;
      must(change.applied === applies, {
        did,
        expected: applies ? 'applied' : 'not applied',
        seen: change.applied ? 'applied' : 'not applied',
        cause,
      });
    }
    for (const [value, applies] of [
      [0, true],
      [1, false],
    ] as const) {
      const change = await a.store(`none ${value}`, null, recordOf(4), { ...longTtl, expect: { n: value } });
      const did = `no record; stored from null, expecting counter n to be ${value}`;
      must(change.applied === applies, {
        did,
        expected: applies ? 'applied' : 'not applied',
        seen: change.applied ? 'applied' : 'not applied',
        cause,
      });
    }
  }),

  check(
    'S4',
    'a store that carries counters over under expect loses no concurrent apply',
    async ({ handles, random }) => {
      const all = (await handles(4)) as [Handle, Handle, Handle, Handle];
      await all[0].store('circuit', null, recordOf(1, { counters: { n: 0 } }), longTtl);
      let counted = 0;
      let counting = 3;
      const count = (handle: Handle) => async (): Promise<void> => {
        let revisionSeen = 1;
        // Bounded: answers that never tell the present revision must not keep this from ending.
        for (let left = 24, tries = 0; left > 0 && tries < 300; tries += 1) {
          const change = await handle.apply('circuit', revisionSeen, { add: { n: 1 } }, longTtl);
          revisionSeen = change.record?.revision ?? revisionSeen;
          if (change.applied) {
            counted += 1;
            left -= 1;
          }
          await randomTurns(random, 1);
        }
      };
      const move = async (): Promise<void> => {
        while (counting > 0) {
          const { record } = await all[3].retrieve('circuit');
          if (record === null) return;
          const next = recordOf(record.revision + 1, { counters: record.counters });
          await all[3].store('circuit', record.revision, next, { ...longTtl, expect: record.counters });
          await randomTurns(random, 1);
        }
      };
      const counters = [all[0], all[1], all[2]].map((handle) => () => count(handle)().finally(() => (counting -= 1)));
      await together(random, [...counters, move]);
      const n = (await all[0].retrieve('circuit')).record?.counters['n'];
      must(n === counted, {
        did: 'three handles applied +1, 24 times each, while a fourth stored the record anew with the counters that it had read, under `expect`',
        expected: `${counted}`,
        seen: `${n}: ${counted - (n ?? 0)} lost`,
        cause: '`expect` is compared in the client, or before the write and not with it.',
      });
    },
  ),

  check('S5', 'store answers what the store holds afterwards', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause = 'The answer is the caller’s record in every case, the one from before, or nothing.';
    const lost = await a.store('circuit', 3, recordOf(4), longTtl);
    mustEqual(null, lost.record, { did: 'expected revision 3 where there is no record: the answer', cause });
    const first = recordOf(4, { counters: { n: 1 } });
    const created = await a.store('circuit', null, first, longTtl);
    mustEqual(first, created.record, { did: 'stored from null: the answer', cause });
    const second = recordOf(5, { state: 'open', since: 8, expiresAt: 9 });
    const replaced = await b.store('circuit', 4, second, longTtl);
    mustEqual(second, replaced.record, { did: 'replaced it: the answer', cause });
    for (const [expected, more] of [
      [4, {}],
      [null, {}],
      [5, { expect: { n: 7 } }],
    ] as const) {
      const late = await a.store('circuit', expected, recordOf(6), { ...longTtl, ...more });
      must(!late.applied && differences(second, late.record).length === 0, {
        did: `a store that expected ${expected}${show(more) === '{}' ? '' : ` and ${show(more)}`} was lost: the answer`,
        expected: showRecord(second),
        seen: `${late.applied ? 'applied, ' : ''}${showRecord(late.record)}`,
        cause,
      });
    }
  }),
];
