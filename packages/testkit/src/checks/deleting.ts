import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { longTtl, mustEqual, recordOf } from './records.js';
import { mustRejectWith } from './rejections.js';

export const deleting: readonly Check[] = [
  check('D1', 'delete removes the record, and nothing of it haunts the next one', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause =
      'The record is only marked, or its ttl, counters or place in the listing are kept beside it and forgotten.';
    await a.delete('nobody');
    await a.store('circuit', null, recordOf(3, { counters: { n: 1 } }), { ttl: 300 });
    await b.delete('circuit');
    const listed = await a.list();
    must(listed.length === 0, {
      did: 'deleted the only record, listed',
      expected: 'nothing',
      seen: `${listed.length} records`,
      cause,
    });
    mustEqual(null, (await a.retrieve('circuit')).record, { did: 'deleted the record, retrieved', cause });
    const stale = await a.store('circuit', 3, recordOf(4), longTtl);
    must(!stale.applied, {
      did: 'deleted the record, stored with its revision',
      expected: 'not applied',
      seen: 'applied',
      cause,
    });
    const created = await a.store('circuit', null, recordOf(5), longTtl);
    must(created.applied, {
      did: 'deleted the record, stored from null',
      expected: 'applied',
      seen: 'not applied',
      cause,
    });
    mustEqual(recordOf(5), (await b.retrieve('circuit')).record, {
      did: 'deleted a record with counters, stored one without, retrieved',
      cause,
    });
    await time.pause(450);
    mustEqual(recordOf(5), (await b.retrieve('circuit')).record, {
      did: 'deleted a record with a ttl of 300 ms, stored one with 600 s, waited 450 ms, retrieved',
      cause,
    });
    await b.delete('circuit');
    await b.delete('circuit');
  }),

  check('D2', 'delete leaves the lock of that name, and other records, as they are', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause = 'Lock and record are removed together, or everything that begins with the name is.';
    const names = ['circuit', 'circuit2', 'circuit:2', 'circui'];
    for (const [index, name] of names.entries()) await a.store(name, null, recordOf(index + 1), longTtl);
    const lease = await a.lock('circuit', { lease: 60_000 });
    await b.delete('circuit');
    await mustRejectWith('ERR_LOCK_TIMEOUT', () => b.lock('circuit', { lease: 1_000 }), {
      did: 'A holds the lock; B deleted the record and tried to take the lock',
      cause,
    });
    await lease.extend(60_000);
    await lease.release();
    for (const [index, name] of names.entries()) {
      if (name === 'circuit') continue;
      mustEqual(recordOf(index + 1), (await b.retrieve(name)).record, {
        did: `stored ${names.join(', ')}; deleted circuit; retrieved ${name}`,
        cause,
      });
    }
  }),
];
