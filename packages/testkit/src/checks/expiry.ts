import type { CircuitRecord } from '@circuitry/core';
import type { Time } from '../clock.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { longTtl, mustEqual, recordOf } from './records.js';

/** The ttl that checks wait for, in ms. */
const short = 250;
/** After this, in ms, a record with the short ttl is over by every honest clock. */
const over = short + 150;
/** What clocks and timers may be off, in ms. */
const slack = 25;

/** Long enough to write a few records in, in ms. */
const brief = 1_000;
const longest = 40 * 24 * 3_600_000;

export const expiry: readonly Check[] = [
  check('T1', 'a record can be read until its ttl is over', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'The ttl is cut to whole seconds, is taken from the record’s `expiresAt`, or lasts as long as the state and not longer.';
    // A machine that stalls for most of a ttl can't tell: then a longer one is tried.
    for (const ttl of [500, 2_000, 8_000]) {
      const name = `circuit ${ttl}`;
      // An open record that is due at once: what the state's end says is no business of the ttl.
      const record = recordOf(3, {
        state: 'open',
        generation: 1,
        openings: 1,
        since: 1,
        expiresAt: time.now() + 20,
        counters: { n: 1 },
      });
      const began = time.now();
      await a.store(name, null, record, { ttl });
      let latest = 0;
      while (time.now() - began < ttl - slack) {
        const reading = await b.retrieve(name);
        const age = time.now() - began;
        if (age >= ttl - slack) break;
        latest = age;
        mustEqual(record, reading.record, {
          did: `stored an open record with a ttl of ${ttl} ms, retrieved it ${age} ms later`,
          cause,
        });
        await time.pause(20);
      }
      if (latest > ttl * 0.85) return;
    }
  }),

  check('T2', 'once the ttl is over every verb and list treat the record as absent', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const names = ['read', 'applied to', 'replaced', 'created', 'expecting'] as const;
    const record = recordOf(3, { counters: { n: 1 } });
    await Promise.all(names.map((name) => a.store(name, null, record, { ttl: short })));
    await a.store('living', null, record, longTtl);
    await time.pause(over);
    const did = `stored with a ttl of ${short} ms, waited ${over} ms, then `;
    const cause =
      'The store deletes lazily and this verb does not look at the ttl itself; or the ttl is in whole seconds, or none is set.';
    const listed = (await b.list()).map(({ name }) => name);
    must(listed.length === 1 && listed[0] === 'living', {
      did: `${did}listed`,
      expected: 'only the record that lives',
      seen: listed.join(', '),
      cause,
    });
    mustEqual(null, (await b.retrieve('read')).record, { did: `${did}retrieved`, cause });
    const applied = await b.apply('applied to', 3, { add: { n: 1 } }, longTtl);
    must(!applied.applied && applied.record === null, () => ({
      did: `${did}applied with its revision`,
      expected: 'not applied, and `record: null`',
      seen: `${applied.applied ? 'applied' : 'not applied'}, ${applied.record === null ? 'null' : 'a record'}`,
      cause,
    }));
    const replaced = await b.store('replaced', 3, recordOf(4), longTtl);
    must(!replaced.applied && replaced.record === null, () => ({
      did: `${did}stored with its revision`,
      expected: 'not applied, and `record: null`',
      seen: `${replaced.applied ? 'applied' : 'not applied'}, ${replaced.record === null ? 'null' : 'a record'}`,
      cause,
    }));
    const created = await b.store('created', null, recordOf(4), longTtl);
    must(created.applied, { did: `${did}stored from null`, expected: 'applied', seen: 'not applied', cause });
    mustEqual(recordOf(4), (await a.retrieve('created')).record, {
      did: `${did}stored from null, then retrieved`,
      cause,
    });
    const expecting = await b.store('expecting', null, recordOf(4), { ...longTtl, expect: { n: 0 } });
    must(expecting.applied, {
      did: `${did}stored from null expecting its counter to be 0`,
      expected: 'applied',
      seen: 'not applied',
      cause,
    });
  }),

  check('T3', 'apply and store renew the ttl, each to the whole of its own', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause = 'Only store sets the ttl, apply keeps the old one; or a ttl is only ever made longer.';
    const alive = async (name: string): Promise<boolean> => (await a.retrieve(name)).record !== null;
    for (const name of ['applied shorter', 'stored shorter']) await a.store(name, null, recordOf(3), longTtl);
    await b.apply('applied shorter', 3, { add: { n: 1 } }, { ttl: short });
    await b.store('stored shorter', 3, recordOf(4), { ttl: short });
    const shortened = time.now();
    // Where the process stalls between the writes, the first ttl is over before the second begins: then a longer one is tried.
    for (const ttl of [600, 2_400, 9_600]) {
      const began = time.now();
      for (const name of ['applied', 'stored']) await a.store(`${name} ${ttl}`, null, recordOf(3), { ttl });
      await b.apply(`applied ${ttl}`, 3, { add: { n: 1 } }, longTtl);
      await b.store(`stored ${ttl}`, 3, recordOf(4), longTtl);
      if (time.now() - began >= ttl - slack) continue;
      await time.pause(ttl + 150);
      for (const [verb, name] of [
        ['apply', 'applied'],
        ['store', 'stored'],
      ] as const) {
        must(await alive(`${name} ${ttl}`), {
          did: `stored with a ttl of ${ttl} ms, then ${verb} with 600 s, then waited ${ttl + 150} ms`,
          expected: 'the record',
          seen: 'no record',
          cause,
        });
      }
      break;
    }
    await time.pause(Math.max(0, over - (time.now() - shortened)));
    for (const [verb, name] of [
      ['apply', 'applied shorter'],
      ['store', 'stored shorter'],
    ] as const) {
      must(!(await alive(name)), {
        did: `stored with a ttl of 600 s, then ${verb} with ${short} ms, then waited ${over} ms`,
        expected: 'no record',
        seen: 'it is still there',
        cause,
      });
    }
  }),

  check(
    'T4',
    'an infinite or very long ttl does not expire, and a later finite one takes over',
    async ({ handles, time }) => {
      const [a, b] = (await handles(2)) as [Handle, Handle];
      const record = recordOf(3, { counters: { n: 0 } });
      await a.store('for ever', null, record, { ttl: Infinity });
      await a.store('40 days', null, record, { ttl: longest });
      await a.store('made endless by apply', null, record, { ttl: brief });
      await a.store('made endless by store', null, record, { ttl: brief });
      await a.store('ended by apply', null, record, { ttl: Infinity });
      await a.store('ended by store', null, record, { ttl: Infinity });
      const endless = [
        await b.apply('made endless by apply', 3, {}, { ttl: Infinity }),
        await b.store('made endless by store', 3, recordOf(4), { ttl: Infinity }),
      ];
      await b.apply('ended by apply', 3, {}, { ttl: short });
      await b.store('ended by store', 3, recordOf(4), { ttl: short });
      await time.pause(over);
      const cause =
        'Infinity is written as 0, null or NaN; milliseconds overflow 32 bits; or a record without an end never gets one.';
      for (const name of ['for ever', '40 days']) {
        must((await a.retrieve(name)).record !== null, {
          did: `stored with a ttl ${name === 'for ever' ? 'of Infinity' : 'of 40 days'}, waited ${over} ms`,
          expected: 'the record',
          seen: 'no record',
          cause,
        });
      }
      for (const name of ['ended by apply', 'ended by store']) {
        must((await a.retrieve(name)).record === null, {
          did: `stored with a ttl of Infinity, ${name} with ${short} ms, waited ${over} ms`,
          expected: 'no record',
          seen: 'it is still there',
          cause,
        });
      }
      await time.pause(brief - over + 150);
      for (const [index, name] of ['made endless by apply', 'made endless by store'].entries()) {
        if (endless[index]?.applied !== true) continue;
        must((await a.retrieve(name)).record !== null, {
          did: `stored with a ttl of ${brief} ms, ${name} (Infinity), waited for these to be over`,
          expected: 'the record',
          seen: 'no record',
          cause,
        });
      }
    },
  ),

  check('S3', 'a lost store leaves the ttl as it is', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const lose = (name: string, ttl: number): Promise<unknown> => b.store(name, 1, recordOf(9), { ttl });
    await ttlStays(
      time,
      a,
      lose,
      'a store with the wrong revision',
      'The ttl is set before the condition is looked at, or by a second command whatever came of the first.',
    );
  }),

  check('A1', 'an apply that is not applied leaves the ttl as it is', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const lose = (name: string, ttl: number): Promise<unknown> => b.apply(name, 1, { add: { n: 1 } }, { ttl });
    await ttlStays(
      time,
      a,
      lose,
      'an apply with the wrong revision',
      'The ttl is set by a second command, whatever came of the first.',
    );
  }),
];

async function ttlStays(
  time: Time,
  a: Handle,
  lose: (name: string, ttl: number) => Promise<unknown>,
  what: string,
  cause: string,
): Promise<void> {
  const record: CircuitRecord = recordOf(3);
  await a.store('short', null, record, { ttl: short });
  await a.store('long', null, record, longTtl);
  await lose('short', 600_000);
  await lose('long', 50);
  await time.pause(over);
  must((await a.retrieve('short')).record === null, {
    did: `stored with a ttl of ${short} ms; ${what} and a ttl of 600 s was lost; waited ${over} ms`,
    expected: 'no record',
    seen: 'it is still there: the loser has renewed it',
    cause,
  });
  must((await a.retrieve('long')).record !== null, {
    did: `stored with a ttl of 600 s; ${what} and a ttl of 50 ms was lost; waited ${over} ms`,
    expected: 'the record',
    seen: 'no record: the loser has shortened its life',
    cause,
  });
}
