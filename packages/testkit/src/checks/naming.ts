import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show } from '../conformance/show.js';
import { counterNames, distinctNames, invalidNames } from './odd-names.js';
import { countersOf, longTtl, mustEqual, recordOf } from './records.js';
import { mustRejectWith } from './rejections.js';

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
    const cause =
      'The prefix or table is left out of this verb, or one store’s prefix begins like the other’s and listing matches both.';
    const record = recordOf(3, { counters: { n: 1 } });
    await a.store('circuit', null, record, longTtl);
    const listed = await other.list();
    must(listed.length === 0, {
      did: 'stored in one store, listed another',
      expected: 'nothing',
      seen: show(listed.map(({ name }) => name)),
      cause,
    });
    mustEqual(null, (await other.retrieve('circuit')).record, {
      did: 'stored in one store, retrieved from another',
      cause,
    });
    const applied = await other.apply('circuit', 3, { add: { n: 1 } }, longTtl);
    must(!applied.applied, {
      did: 'stored in one store, applied in another',
      expected: 'not applied',
      seen: 'applied',
      cause,
    });
    await other.delete('circuit');
    mustEqual(record, (await a.retrieve('circuit')).record, {
      did: 'stored in one store, deleted in another, retrieved from the first',
      cause,
    });
    const created = await other.store('circuit', null, recordOf(8), longTtl);
    must(created.applied, {
      did: 'stored the same name from null in both',
      expected: 'applied',
      seen: 'not applied',
      cause,
    });
    mustEqual(record, (await a.retrieve('circuit')).record, {
      did: 'stored the same name in both, retrieved the first',
      cause,
    });
    await a.lock('circuit', { lease: 10_000 });
    const lease = await other.lock('circuit', { lease: 10_000 }).catch(() => null);
    must(lease !== null, {
      did: 'locked one name in both stores',
      expected: 'two leases',
      seen: 'the second was refused',
      cause,
    });
  }),

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
