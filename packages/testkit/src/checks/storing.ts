import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show, showRecord } from '../conformance/telling/show.js';
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
      const first = recordOf(revision, {
        state: 'half-open',
        generation: 1,
        openings: 1,
        since: 3,
        expiresAt: 4,
        lastFailure: 'HTTPError 503',
        counters: { n: 1, old: 2, 'told.until': 1_759_219_640_001 },
      });
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
    const until = 1_759_219_640_001;
    const counters = { n: 3, zero: 0, 'told.until': until };
    const cases: readonly (readonly [Record<string, number>, boolean])[] = [
      [{ n: 3 }, true],
      [{ n: 2 }, false],
      [{ n: 4 }, false],
      [{ n: 0 }, false],
      [{ n: 3, zero: 0, missing: 0 }, true],
      [{ missing: 1 }, false],
      [{ n: 3, missing: 1 }, false],
      [{ zero: 0, n: 2 }, false],
      [{ 'told.until': until }, true],
      [{ 'told.until': until + 1 }, false],
      [{ 'told.until': until % 2 ** 32 }, false],
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
