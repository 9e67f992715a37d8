import type { CircuitRecord } from '@circuitry/core';
import { randomTurns, range, together } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show } from '../conformance/telling/show.js';
import { longTtl, mustEqual, recordOf } from './records.js';

const revision = 1_801_439_850_948_199;

export const applying: readonly Check[] = [
  check('A1', 'apply changes nothing unless the record exists with exactly that revision', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'The update is unconditional, compares with <= or >=, or compares revisions as floating-point text or 32-bit numbers.';
    const none = await a.apply('unknown', revision, { add: { n: 1 } }, longTtl);
    must(!none.applied, { did: 'applied to a name without a record', expected: 'not applied', seen: 'applied', cause });
    mustEqual(null, (await b.retrieve('unknown')).record, {
      did: 'applied to a name without a record, then retrieved it',
      cause,
    });
    const record = recordOf(revision, { counters: { n: 5, gone: 1 } });
    await a.store('circuit', null, record, longTtl);
    for (const wrong of [revision - 1, revision + 1, 1, 2 ** 53 - 1]) {
      const did = `the record has revision ${revision}; applied with ${wrong}`;
      const change = await b.apply('circuit', wrong, { add: { n: 1 }, set: { m: 1 }, drop: ['gone'] }, longTtl);
      must(!change.applied, { did, expected: 'not applied', seen: 'applied', cause });
      mustEqual(record, (await a.retrieve('circuit')).record, { did: `${did}, then retrieved`, cause });
    }
  }),

  check('A1', 'apply drops, sets and adds exactly the counters named', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const record = recordOf(revision, { counters: { added: 5, put: 5, dropped: 5, kept: 5, also: 5 } });
    await a.store('circuit', null, record, longTtl);
    const told = { 'told.until': 1_759_219_640_001 };
    const delta = { add: { added: 2, fresh: 3 }, set: { put: 9, made: 0, ...told }, drop: ['dropped', 'never there'] };
    await b.apply('circuit', revision, delta, longTtl);
    const expected = { ...record, counters: { added: 7, fresh: 3, put: 9, made: 0, kept: 5, also: 5, ...told } };
    mustEqual(expected, (await a.retrieve('circuit')).record, {
      did: `applied ${show(delta)} to counters ${show(record.counters)}`,
      cause:
        'One of `add`, `set` and `drop` is left out when all three come together, a dropped counter is set to 0, or what is set goes through a 32-bit integer.',
    });
    await a.apply('circuit', revision, {}, longTtl);
    mustEqual(expected, (await b.retrieve('circuit')).record, {
      did: 'applied an empty delta (it renews the ttl)',
      cause: 'An update without any change is not sent, or is sent in a form that the store refuses.',
    });
  }),

  check('A2', 'apply answers the record as it is afterwards, applied or not', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'The answer is the record from before, the caller’s own idea of it, or nothing where the condition failed.';
    const none = await a.apply('unknown', 7, { add: { n: 1 } }, longTtl);
    mustEqual(null, none.record, { did: 'applied to a name without a record: its answer', cause });
    let record: CircuitRecord = recordOf(7, { counters: { n: 5 } });
    await a.store('circuit', null, record, longTtl);
    for (const handle of [a, b, a]) {
      record = { ...record, counters: { n: (record.counters['n'] as number) + 1 } };
      const change = await handle.apply('circuit', 7, { add: { n: 1 } }, longTtl);
      must(change.applied, { did: 'applied with the right revision', expected: 'applied', seen: 'not applied', cause });
      mustEqual(record, change.record, { did: `applied +1 through ${handle.label}: its answer`, cause });
    }
    const moved = recordOf(8, { state: 'open', since: 3, expiresAt: 4, counters: { n: 1 } });
    await a.store('circuit', 7, moved, longTtl);
    const lost = await b.apply('circuit', 7, { add: { n: 1 } }, longTtl);
    mustEqual(moved, lost.record, { did: 'another handle stored revision 8; applied with 7: its answer', cause });
  }),

  check('A3', 'the sum of concurrent applies from several handles is exact', async ({ handles, random }) => {
    const all = await handles(4);
    for (const round of range(4)) {
      const name = `circuit ${round}`;
      await (all[0] as Handle).store(name, null, recordOf(5, { counters: { n: 100 } }), longTtl);
      const changes = await together(
        random,
        range(32).map((index) => async () => {
          await randomTurns(random);
          const handle = all[index % all.length] as Handle;
          return handle.apply(name, 5, { add: { n: 1, [`of ${handle.label}`]: 1 } }, longTtl);
        }),
      );
      const applied = changes.filter((change) => change.applied).length;
      const did = '32 applies of +1 from 4 handles at once, on a counter at 100';
      const cause = 'Read, change, write in the client, instead of one conditional update in the store.';
      must(applied === 32, { did, expected: '32 applied', seen: `${applied} applied`, cause });
      const n = (await (all[1] as Handle).retrieve(name)).record?.counters['n'];
      must(n === 132, { did, expected: '132', seen: String(n), cause });
    }
  }),

  check('A4', 'a delta is atomic: no reader sees half of it', async ({ handles, random }) => {
    const all = (await handles(4)) as [Handle, Handle, Handle, Handle];
    const names = range(8).map((index) => `counter ${index}`);
    const add = Object.fromEntries(names.map((name) => [name, 1]));
    await all[0].store('circuit', null, recordOf(5, { counters: { old: 1 } }), longTtl);
    await all[0].apply('circuit', 5, { add, set: { last: 0 }, drop: ['old'] }, longTtl);
    const look = (record: CircuitRecord | null, who: string): void => {
      const values = names.map((name) => record?.counters[name]);
      must(new Set(values).size === 1, () => ({
        did: `two handles applied +1 to eight counters at once, again and again; two others read (${who})`,
        expected: 'eight equal counters at any moment',
        seen: `${show(values)}`,
        cause: 'The delta is sent as several updates: one per counter, or one each for add, set and drop.',
      }));
    };
    let writing = 2;
    const write = (handle: Handle) => async (): Promise<void> => {
      for (const step of range(15)) {
        await randomTurns(random, 2);
        const change = await handle.apply('circuit', 5, { add, set: { last: step } }, longTtl);
        look(change.record, `the answer of ${handle.label}`);
      }
      writing -= 1;
    };
    const read = (handle: Handle) => async (): Promise<void> => {
      while (writing > 0) {
        look((await handle.retrieve('circuit')).record, `${handle.label}.retrieve`);
        await randomTurns(random, 2);
      }
    };
    const guarded = (task: () => Promise<void>) => async (): Promise<void> => {
      try {
        await task();
      } catch (error) {
        writing = 0;
        throw error;
      }
    };
    await together(random, [write(all[0]), write(all[1]), read(all[2]), read(all[3])].map(guarded));
  }),

  check('A4', 'what a delta sets comes with what it adds', async ({ handles, random }) => {
    const [a, b, c] = (await handles(3)) as [Handle, Handle, Handle];
    const from = 1_759_219_640_000;
    await a.store('circuit', null, recordOf(5, { counters: { n: 0, 'told.until': from } }), longTtl);
    let isWriting = true;
    const look = ({ record }: { readonly record: CircuitRecord | null }): void => {
      const [n, until] = [record?.counters['n'] ?? 0, record?.counters['told.until'] ?? 0];
      must(until - from === n, () => ({
        did: 'one handle added 1 to a counter and set another to the moment that goes with it, again and again; two others read',
        expected: `the moment that goes with ${n}, which is ${from + n}`,
        seen: String(until),
        cause:
          'What is set is sent behind what is added, in a second update: a worker that dies in between leaves half.',
      }));
    };
    const write = async (): Promise<void> => {
      try {
        for (const step of range(20)) {
          await randomTurns(random, 2);
          look(await a.apply('circuit', 5, { add: { n: 1 }, set: { 'told.until': from + step + 1 } }, longTtl));
        }
      } finally {
        isWriting = false;
      }
    };
    const read = (handle: Handle) => async (): Promise<void> => {
      while (isWriting) {
        look(await handle.retrieve('circuit'));
        await randomTurns(random, 2);
      }
    };
    await together(random, [write, read(b), read(c)]);
  }),

  check('A5', 'missing counters count from 0, may be negative, and stay at 0', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'Additions to a missing counter fail, results are clamped at 0, a zero is dropped, or sums go through a float.';
    const largest = Number.MAX_SAFE_INTEGER;
    await a.store('circuit', null, recordOf(5, { counters: { down: 1, near: largest - 1 } }), longTtl);
    const steps: readonly (readonly [Record<string, number>, Record<string, number>])[] = [
      [{ fresh: 2 }, { down: 1, near: largest - 1, fresh: 2 }],
      [{ down: -1 }, { down: 0, near: largest - 1, fresh: 2 }],
      [
        { down: -3, near: 1 },
        { down: -3, near: largest, fresh: 2 },
      ],
      [
        { down: 3, made: 0 },
        { down: 0, near: largest, fresh: 2, made: 0 },
      ],
      [{ deep: -largest }, { down: 0, near: largest, fresh: 2, made: 0, deep: -largest }],
    ];
    for (const [add, counters] of steps) {
      await b.apply('circuit', 5, { add }, longTtl);
      mustEqual(recordOf(5, { counters }), (await a.retrieve('circuit')).record, { did: `added ${show(add)}`, cause });
    }
  }),

  check('A6', 'apply leaves every other field as it is', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const override = { state: 'closed' as const, reason: 'drill', by: 'ops', until: 1_900_000_000_000 };
    const record = recordOf(revision, {
      state: 'half-open',
      generation: 4,
      openings: 3,
      since: 77,
      expiresAt: 99,
      override,
      lastFailure: 'HTTPError 503',
      counters: { n: 1, other: 2 },
    });
    await a.store('circuit', null, record, longTtl);
    for (const step of range(3)) {
      const did = `applied +1 to one counter, ${step + 1} times`;
      const cause =
        'Apply counts the revision up, stamps the writer or the time, or writes the whole record from an older view of it.';
      const change = await b.apply('circuit', revision, { add: { n: 1 } }, longTtl);
      const expected = { ...record, counters: { n: 2 + step, other: 2 } };
      mustEqual(expected, change.record, { did: `${did}: its answer`, cause });
      mustEqual(expected, (await a.retrieve('circuit')).record, { did: `${did}, then retrieved`, cause });
    }
  }),
];
