import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show } from '../conformance/telling/show.js';
import { counterNames, distinctNames, invalidNames } from './odd-names.js';
import { countersOf, longTtl, mustEqual, recordOf } from './records.js';
import { mustRejectWith } from './rejections.js';

const leak =
  'The prefix or table is left out of this verb, or one store’s prefix begins like the other’s and listing matches both.';

export const naming: readonly Check[] = [
  check('N1', 'any name works, unnormalised, and two different names never meet', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'Names are folded, trimmed, normalised, truncated, joined with a separator, used as a path or pattern, or kept in a plain object.';
    for (const [index, name] of distinctNames.entries()) {
      const record = recordOf(index + 1, { by: `name ${index}` });
      const change = await a.store(name, null, record, longTtl);
      must(change.applied, {
        did: `stored ${distinctNames.length} different names, each from null; now number ${index}, ${show(name, 60)}`,
        expected: 'applied: no record of that name',
        seen: `not applied: there is one, by ${show(change.record?.by)}, which is ${show(distinctNames[(change.record?.revision ?? 0) - 1], 60)}`,
        cause,
      });
    }
    for (const [index, name] of distinctNames.entries()) {
      const record = recordOf(index + 1, { by: `name ${index}` });
      mustEqual(record, (await b.retrieve(name)).record, {
        did: `stored ${distinctNames.length} different names, retrieved ${show(name, 60)}`,
        cause,
      });
    }
    const listed = new Map((await b.list()).map((entry) => [entry.name, entry.record.revision]));
    const lost = distinctNames.filter((name, index) => listed.get(name) !== index + 1);
    must(lost.length === 0 && listed.size === distinctNames.length, {
      did: `stored ${distinctNames.length} different names, then listed`,
      expected: 'exactly these names, each with its own record',
      seen: `${listed.size} names; missing or with another’s record: ${show(lost, 300)}`,
      cause,
    });
    const lease = await a.lock('a:b', { lease: 10_000 });
    for (const name of ['a', 'A:B', 'b', 'a:b ', 'a', '__proto__'])
      await (await b.lock(name, { lease: 10_000 })).release();
    await lease.release();
  }),

  check('N1', 'counter names are as opaque', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'Counter names are used as paths or fields beside the record’s own, or kept in an object with a prototype.';
    const all = counterNames.map((name, index) => [name, index + 1] as const);
    const record = recordOf(7, { counters: countersOf(all) });
    await a.store('stored', null, record, longTtl);
    mustEqual(record, (await b.retrieve('stored')).record, {
      did: `stored ${all.length} counters with odd names, retrieved them`,
      cause,
    });
    await a.store('applied', null, recordOf(7), longTtl);
    const odd = all.filter((_, index) => index % 2 === 1);
    const even = all.filter((_, index) => index % 2 === 0);
    await a.apply('applied', 7, { add: countersOf(odd), set: countersOf(even) }, longTtl);
    mustEqual(record, (await b.retrieve('applied')).record, {
      did: `added and set ${all.length} counters with odd names, retrieved them`,
      cause,
    });
    const expected = await b.store('applied', 7, recordOf(8), { ...longTtl, expect: countersOf(all) });
    must(expected.applied, {
      did: `expected ${all.length} counters with odd names, each with its value`,
      expected: 'applied',
      seen: 'not applied',
      cause,
    });
    const dropped = await b.apply('stored', 7, { drop: counterNames }, longTtl);
    mustEqual(recordOf(7), dropped.record, { did: `dropped ${all.length} counters with odd names`, cause });
    const none = await b.store('stored', 7, recordOf(8), {
      ...longTtl,
      expect: countersOf(counterNames.map((name) => [name, 0])),
    });
    must(none.applied, { did: 'expected them to be 0 after that', expected: 'applied', seen: 'not applied', cause });
  }),

  check('N2', 'two stores never see each other', async ({ open }) => {
    const [one, two] = [await open(), await open()];
    const [a, other] = [await one.connect(), await two.connect()];
    await mustBeApart(a, other, 'circuit');
    // Where one's prefix begins like the other's they meet in one direction only.
    await mustBeApart(other, a, 'another');
    for (const [handle, names] of [
      [a, ['another', 'circuit']],
      [other, ['another', 'circuit']],
    ] as const) {
      const listed = (await handle.list()).map(({ name }) => name).sort();
      must(show(listed) === show(names), {
        did: `stored two names in each of two stores; ${handle.label} listed its own`,
        expected: show(names),
        seen: show(listed, 300),
        cause: leak,
      });
    }
  }),

  check(
    'N2',
    'a watcher hears nothing of another store',
    async ({ open, time }) => {
      const [one, two] = [await open(), await open()];
      for (const [mine, theirs, name] of [
        [one, two, 'circuit'],
        [two, one, 'another'],
      ] as const) {
        const [listening, storing] = [await mine.connect(), await theirs.connect()];
        const heard: string[] = [];
        await listening.watch((event) => void (event.type === 'transition' && heard.push(event.name)));
        await storing.store(`${name} there`, null, recordOf(1), longTtl);
        await listening.store(`${name} here`, null, recordOf(1), longTtl);
        await time.eventually(() => heard.includes(`${name} here`), 5_000);
        await time.pause(50);
        must(!heard.includes(`${name} there`), {
          did: `${listening.label} watches one store; ${storing.label} stored in another`,
          expected: 'nothing is heard of it',
          seen: `heard of ${show(heard)}`,
          cause:
            'All stores share a channel, or one’s channel begins like the other’s and is subscribed to by a pattern.',
        });
      }
    },
    ['watch'],
  ),

  check('N3', 'an invalid name is refused with InvalidNameError', async ({ handles }) => {
    const [a] = (await handles(1)) as [Handle];
    for (const [what, name] of invalidNames) await mustRefuse(a, what, name);
  }),

  check(
    'N3',
    'an invalid name is refused before anything is sent',
    async ({ open }) => {
      const session = await open();
      const a = await session.connect();
      await session.beginOutage();
      for (const [what, name] of invalidNames) await mustRefuse(a, `the store is down; ${what}`, name);
      await session.endOutage();
    },
    ['outage'],
  ),
];

/** `name` is stored through `a`: `other`, on another store, sees nothing of it, and what it does changes nothing. */
async function mustBeApart(a: Handle, other: Handle, name: string): Promise<void> {
  const record = recordOf(3, { counters: { n: 1 } });
  await a.store(name, null, record, longTtl);
  const listed = (await other.list()).filter((entry) => entry.name.includes(name));
  must(listed.length === 0, {
    did: `${a.label} stored in one store, ${other.label} listed another`,
    expected: 'nothing of it',
    seen: show(listed.map((entry) => entry.name)),
    cause: leak,
  });
  const did = `${a.label} stored in one store, then in another ${other.label} `;
  mustEqual(null, (await other.retrieve(name)).record, { did: `${did}retrieved`, cause: leak });
  const applied = await other.apply(name, 3, { add: { n: 1 } }, longTtl);
  must(!applied.applied, { did: `${did}applied`, expected: 'not applied', seen: 'applied', cause: leak });
  await other.delete(name);
  mustEqual(record, (await a.retrieve(name)).record, { did: `${did}deleted; retrieved from the first`, cause: leak });
  const created = await other.store(name, null, recordOf(8), longTtl);
  must(created.applied, {
    did: `${did}stored the same name from null`,
    expected: 'applied',
    seen: 'not applied',
    cause: leak,
  });
  mustEqual(record, (await a.retrieve(name)).record, {
    did: 'stored the same name in both, retrieved the first',
    cause: leak,
  });
  const own = await a.lock(name, { lease: 10_000 });
  const lease = await other.lock(name, { lease: 10_000 }).catch(() => null);
  must(lease !== null, {
    did: 'locked one name in both stores',
    expected: 'two leases',
    seen: 'the second was refused',
    cause: leak,
  });
  await Promise.all([own.release(), lease.release()]);
}

async function mustRefuse(handle: Handle, what: string, name: string): Promise<void> {
  const cause = 'The name is not checked, or by the server. Call core’s `assertName` first in every verb.';
  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['retrieve', () => handle.retrieve(name)],
    ['apply', () => handle.apply(name, 1, { add: { n: 1 } }, longTtl)],
    ['store', () => handle.store(name, null, recordOf(1), longTtl)],
    ['lock', () => handle.lock(name, { lease: 1_000 })],
    ['delete', () => handle.delete(name)],
  ];
  for (const [verb, call] of calls) await mustRejectWith('ERR_INVALID_NAME', call, { did: `${what}: ${verb}`, cause });
}
