import type { Change, CircuitRecord } from '@circuitry/core';
import { meeting, rounds } from '../concurrency/rounds.js';
import { range } from '../concurrency/together.js';
import { check, type Check, type CheckContext } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { longTtl, mustEqual, recordOf } from './records.js';

const notAgain =
  'Or it is looked at in the store, but before the write waits for its turn, and not again afterwards: as a sub-query is that reads the rows as they were when the statement began.';

/** As many counters as a circuit has whose windows count three things: a write of one takes as long as core's do. */
const windows = Object.fromEntries(range(30).map((index) => [`window ${index % 10} ${index}`, index]));

/** Writers that meet at one record, where the condition of one stops to hold by the write of another. */
export const writersMeeting: readonly Check[] = [
  check(
    'S2',
    'of concurrent stores with one expected revision exactly one is applied, and the losers get its record',
    async (context) => {
      const all = await connected(context);
      await rounds(context.time, async (round) => {
        // From null, then on the revision that is there.
        const name = `circuit ${round >> 1}`;
        const expected = round % 2 === 0 ? null : 1;
        const changes = await meeting(context.random, (index) => {
          const record = recordOf((expected ?? 0) + 1, {
            by: `contender-${index}`,
            counters: { ...windows, from: index },
          });
          return handleOf(all, index).store(name, expected, record, longTtl);
        });
        const winners = changes.filter((change) => change.applied);
        const did = `${changes.length} stores from ${all.length} handles at once, each expecting revision ${expected}`;
        must(winners.length === 1, {
          did,
          expected: 'exactly 1 applied',
          seen: `${winners.length} applied`,
          cause: `The revision is compared in the client before the write, instead of in the store with it. ${notAgain}`,
        });
        const winner = winners[0]?.record as CircuitRecord;
        const cause =
          'The loser answers what it read before, its own record, or nothing: read again, or let the failed condition return the record.';
        for (const loser of changes.filter((change) => !change.applied))
          mustEqual(winner, loser.record, { did: `${did}: a loser’s answer`, cause });
        mustEqual(winner, (await context.random.pick(all).retrieve(name)).record, {
          did: `${did}, then retrieved`,
          cause,
        });
      });
    },
  ),

  check('A1', 'apply leaves a record alone that a store puts there meanwhile', async (context) => {
    const all = await connected(context);
    await rounds(context.time, async (round) => {
      const name = `circuit ${round}`;
      await handleOf(all, round).store(name, null, recordOf(1, { counters: windows }), longTtl);
      const changes = await meeting(context.random, (index): Promise<Change> => {
        const handle = handleOf(all, index);
        if (index % 2 === 0) return handle.apply(name, 1, { add: { n: 1 } }, longTtl);
        return handle.store(name, 1, recordOf(2, { by: `contender-${index}`, counters: windows }), longTtl);
      });
      const stored = range(changes.length).filter((index) => index % 2 === 1 && changes[index]?.applied);
      // More than one is S2’s business.
      if (stored.length !== 1) return;
      const expected = recordOf(2, { by: `contender-${stored[0]}`, counters: windows });
      mustEqual(expected, (await handleOf(all, round).retrieve(name)).record, {
        did: `${changes.length} calls at once, half of them applies with revision 1, half of them stores of revision 2 over it; one store was applied; retrieved`,
        cause: `The revision is compared in the client before the update, instead of in the store with it. ${notAgain}`,
      });
    });
  }),

  check('S4', 'a store that carries counters over under expect loses no concurrent apply', async (context) => {
    const all = await connected(context);
    await rounds(context.time, async (round) => {
      const name = `circuit ${round}`;
      const counters = { ...windows, n: 0 };
      await handleOf(all, round).store(name, null, recordOf(1, { counters }), longTtl);
      const changes = await meeting(context.random, (index): Promise<Change> => {
        const handle = handleOf(all, index);
        if (index % 2 === 0) return handle.apply(name, 1, { add: { n: 1, [`of ${index}`]: 1 } }, longTtl);
        const next = recordOf(2, { by: `contender-${index}`, counters });
        return handle.store(name, 1, next, { ...longTtl, expect: counters });
      });
      const counted = changes.filter(({ applied }, index) => applied && index % 2 === 0).length;
      const n = (await handleOf(all, round).retrieve(name)).record?.counters['n'];
      must(n === counted, {
        did: `${changes.length} calls at once, half of them applies of +1, half of them stores that carry the counter over under \`expect\`; ${counted} applies were applied`,
        expected: `${counted}`,
        seen: `${n}: ${counted - (n ?? 0)} lost`,
        cause: `\`expect\` is compared in the client, or before the write and not with it. ${notAgain}`,
      });
    });
  }),

  check('D1', 'delete removes a record for good that others write meanwhile', async (context) => {
    const all = await connected(context);
    await rounds(context.time, async (round) => {
      const name = `circuit ${round}`;
      await handleOf(all, round).store(name, null, recordOf(1), longTtl);
      await meeting(context.random, async (index): Promise<void> => {
        const handle = handleOf(all, index);
        if (index === 0) await handle.delete(name);
        else if (index % 2 === 0) await handle.apply(name, 1, { add: { n: 1 } }, longTtl);
        else await handle.store(name, 1, recordOf(2, { by: `contender-${index}` }), longTtl);
      });
      mustEqual(null, (await handleOf(all, round).retrieve(name)).record, {
        did: 'deleted a record while others applied to its revision and stored over it; retrieved',
        cause: `The write inserts what it no longer finds, as an upsert does. ${notAgain}`,
      });
    });
  }),
];

/** Four handles, each with the connections that its calls of one round need: a first one comes too late to meet others. */
async function connected({ handles }: CheckContext): Promise<readonly Handle[]> {
  const all = await handles(4);
  await Promise.all(range(8).map((index) => handleOf(all, index).retrieve('nobody')));
  return all;
}

function handleOf(all: readonly Handle[], index: number): Handle {
  return all[index % all.length] as Handle;
}
