import { isCircuitryError, type Lease } from '@circuitry/core';
import type { Time } from '../clock.js';
import { randomTurns, range, together } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show } from '../conformance/telling/show.js';
import { longTtl, mustEqual, recordOf } from './records.js';
import { mustRejectWith } from './rejections.js';

const long = { lease: 60_000 };
/** How long checks wait for a lock that must come free; a store that polls needs some of it. */
const patience = 8_000;

export const locking: readonly Check[] = [
  check('L1', 'a lock has one holder at a time, from several handles at once', async ({ handles, random }) => {
    const all = await handles(3);
    let inside = 0;
    let most = 0;
    await together(
      random,
      range(9).map((index) => async () => {
        const lease = await (all[index % all.length] as Handle).lock('circuit', { lease: 30_000, wait: 12_000 });
        inside += 1;
        most = Math.max(most, inside);
        await randomTurns(random, 4);
        inside -= 1;
        await lease.release();
      }),
    );
    must(most === 1, {
      did: 'nine callers on three handles took the lock, held it for a moment and released it',
      expected: 'one holder at any moment',
      seen: `${most} at once`,
      cause: 'Taking the lock is a read and then a write, or the lock is one per process and not in the store.',
    });
  }),

  check('L2', 'a lease that is not extended ends by itself, and extend moves its end', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause = 'The lock has no ttl, or is never taken over; or extend adds to the old end, or does nothing.';
    const taken = async (name: string, wait: number): Promise<boolean> =>
      b.lock(name, { ...long, wait }).then(
        () => true,
        () => false,
      );
    const left = await briefLease(a, 'left', [250, 1_000, 4_000]);
    const shortened = await a.lock('shortened', long);
    await shortened.extend(250);
    const extended = await extendInTime(a, time);
    const [ended, freed] = await Promise.all([taken('left', patience), taken('shortened', patience)]);
    must(ended, {
      did: `a lease of ${left.length} ms was left alone; another caller waited for it`,
      expected: 'it gets the lock',
      seen: 'it was refused',
      cause,
    });
    must(freed, {
      did: 'a lease of 60 s was extended to now + 250 ms; another caller waited',
      expected: 'it gets the lock',
      seen: 'it was refused',
      cause,
    });
    if (extended === null) return;
    await time.pause(Math.max(0, extended.end + 150 - time.now()));
    must(!(await taken(extended.name, 0)), {
      did: `a lease of ${extended.lease} ms was extended to now + 60 s; ${extended.lease + 150} ms later another caller tried`,
      expected: 'it is refused',
      seen: 'it got the lock',
      cause,
    });
  }),

  check('L3', 'tokens of successive holders strictly increase', async ({ handles, time }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const tokens: number[] = [];
    const take = async (handle: Handle): Promise<Lease> => {
      const taken = await handle.lock('circuit', { ...long, wait: patience });
      tokens.push(taken.token);
      return taken;
    };
    const leave = async (handle: Handle): Promise<number> => {
      const { lease, length } = await briefLease(handle, 'circuit');
      tokens.push(lease.token);
      return length;
    };
    for (const handle of [a, b, b, a]) await (await take(handle)).release();
    await leave(a);
    await (await take(b)).release();
    await time.pause((await leave(b)) + 150);
    await (await take(a)).release();
    const rising = tokens.every(
      (token, index) => Number.isSafeInteger(token) && (index === 0 || token > (tokens[index - 1] as number)),
    );
    must(rising, {
      did: 'took one lock eight times in a row, through two handles, by release and by expiry',
      expected: 'eight integers, each greater than the one before',
      seen: show(tokens),
      cause:
        'The counter lives in the lock’s own key and goes with it, is one per process, or is the time in too coarse a unit.',
    });
  }),

  check(
    'L4',
    'a lease that is over can be neither extended nor released, taken by another or not',
    async ({ handles, time }) => {
      const [a] = (await handles(1)) as [Handle];
      const cause =
        'Extend and release look whether somebody else has the lock, not whether this lease has ended; or a failed one is not reported.';
      const released = await a.lock('released', long);
      await released.release();
      const { lease: ended, length } = await briefLease(a, 'ended');
      await time.pause(length + 150);
      for (const [what, lease] of [
        ['was released', released],
        [`of ${length} ms ended 150 ms ago, and nobody has taken the lock`, ended],
      ] as const) {
        await mustRejectWith('ERR_LEASE_LOST', () => lease.extend(1_000), { did: `a lease ${what}; extend`, cause });
        await mustRejectWith('ERR_LEASE_LOST', () => lease.release(), { did: `a lease ${what}; release`, cause });
      }
    },
  ),

  check('L4', 'a late holder’s extend and release hurt nobody else', async ({ handles, time }) => {
    const [a, b, c] = (await handles(3)) as [Handle, Handle, Handle];
    const cause = 'Release deletes the key, and extend sets its ttl, without comparing the holder.';
    const { lease: late } = await briefLease(a, 'circuit');
    const present = await b.lock('circuit', { ...long, wait: patience });
    const did = 'A’s lease ended and B took the lock; A came late to ';
    await mustRejectWith('ERR_LEASE_LOST', () => late.extend(10), { did: `${did}extend it`, cause });
    await mustRejectWith('ERR_LEASE_LOST', () => late.release(), { did: `${did}release it`, cause });
    await time.pause(50);
    await mustRejectWith('ERR_LOCK_TIMEOUT', () => c.lock('circuit', long), {
      did: `${did}extend and release it; C tried to take it from B`,
      cause,
    });
    await present.release();
  }),

  check('L5', 'a lock never touches the record of its name, nor a write the lock', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    const cause = 'Lock and record share a key, or one’s key can be another’s name.';
    const lease = await a.lock('circuit', long);
    const neighbours = [
      'lock:circuit',
      'circuit:lock',
      'circuit/lock',
      'circuit.lock',
      'circuit#lock',
      'lock',
      '{circuit}:lock',
      'locks',
      'circuit:token',
    ];
    const listed = await b.list();
    must(listed.length === 0, {
      did: 'locked a name without a record, listed',
      expected: 'nothing',
      seen: show(listed.map(({ name }) => name)),
      cause,
    });
    for (const name of ['circuit', ...neighbours]) {
      mustEqual(null, (await b.retrieve(name)).record, {
        did: `locked "circuit", which has no record; retrieved ${show(name)}`,
        cause,
      });
    }
    const created = await b.store('circuit', null, recordOf(3), longTtl);
    must(created.applied, {
      did: 'stored from null under a held lock',
      expected: 'applied',
      seen: 'not applied',
      cause,
    });
    await b.apply('circuit', 3, { add: { n: 1 } }, longTtl);
    const did = 'stored and applied under a lock that A holds; ';
    await mustRejectWith('ERR_LOCK_TIMEOUT', () => b.lock('circuit', long), { did: `${did}B tried to take it`, cause });
    await lease.extend(60_000);
    await lease.release();
    mustEqual(recordOf(3, { counters: { n: 1 } }), (await b.retrieve('circuit')).record, {
      did: `${did}A released it, then retrieved`,
      cause,
    });
    await (await b.lock('circuit', long)).release();
    mustEqual(recordOf(3, { counters: { n: 1 } }), (await a.retrieve('circuit')).record, {
      did: 'locked and released a name with a record, then retrieved',
      cause,
    });
  }),

  check('L7', 'locks of different names are independent', async ({ handles }) => {
    const [a, b] = (await handles(2)) as [Handle, Handle];
    await a.lock('one', long);
    const other = await b.lock('two', long).catch(() => null);
    must(other !== null, {
      did: 'A holds the lock of one name; B tried that of another, without waiting',
      expected: 'B gets it',
      seen: 'B was refused',
      cause: 'One lock for the whole store, or a name that is not part of its key.',
    });
  }),
];

/**
 * A lease that is over before long, for who waits for its end. One that the store answers too late for is given back
 * (clause L8): then a longer one is tried.
 */
async function briefLease(
  handle: Handle,
  name: string,
  lengths: readonly number[] = [100, 400, 1_600],
): Promise<{ readonly lease: Lease; readonly length: number }> {
  for (const [index, length] of lengths.entries()) {
    const isLast = index === lengths.length - 1;
    try {
      return { lease: await handle.lock(name, { lease: length, wait: isLast ? patience : 0 }), length };
    } catch (error) {
      if (isLast || !isCircuitryError(error, 'ERR_LOCK_TIMEOUT')) throw error;
    }
  }
  throw new RangeError('no length was given');
}

/** A lease that was extended before its end. A process that stalls for longer loses it by right, and takes a longer one. */
async function extendInTime(
  handle: Handle,
  time: Time,
): Promise<{ readonly name: string; readonly lease: number; readonly end: number } | null> {
  for (const lease of [1_000, 4_000, 16_000]) {
    const name = `extended from ${lease}`;
    const asked = time.now();
    const taken = await handle.lock(name, { lease });
    const end = time.now() + lease;
    try {
      await taken.extend(60_000);
      return { name, lease, end };
    } catch (error) {
      if (!isCircuitryError(error, 'ERR_LEASE_LOST') || time.now() - asked < lease) throw error;
    }
  }
  return null;
}
