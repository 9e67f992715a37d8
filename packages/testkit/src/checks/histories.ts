import type { CircuitRecord } from '@circuitry/core';
import { History, type HistoryEntry } from '../concurrency/history.js';
import { findOrder } from '../concurrency/linearizability.js';
import type { Random } from '../concurrency/random.js';
import { randomTurns, range, together } from '../concurrency/together.js';
import { check, type Check } from '../conformance/check.js';
import { must } from '../conformance/telling/failure.js';
import type { Handle } from '../conformance/handle.js';
import { show, showRecord } from '../conformance/telling/show.js';
import { longTtl, recordOf } from './records.js';

/** How many histories a check takes, and of how many calls by how many clients. */
const histories = 8;
const clients = 4;
const callsEach = 9;

export const linearizable: readonly Check[] = [
  check(
    'R2',
    'concurrent calls on one circuit have an order that explains every answer',
    async ({ handles, random }) => {
      const all = await handles(clients);
      for (const round of range(histories)) {
        const history = new History();
        const name = `circuit ${round}`;
        await together(
          random,
          all.map((handle) => () => client(handle, name, history, random)),
        );
        const verdict = findOrder(history.entries);
        must(verdict.linearizable, () => ({
          did: `${clients} clients made ${callsEach} calls each on one circuit at once; the answers were laid side by side`,
          expected: 'an order of the calls, each between its beginning and its end, in which every answer is right',
          seen: verdict.linearizable
            ? ''
            : `none; after ${verdict.explained.length} calls that fit, none of these can come next: ${verdict.stuck.map(showEntry).join('; ')}`,
          cause:
            'An answer is made up from a read before or after the write instead of coming from the write itself; or a read is stale.',
        }));
      }
    },
  ),
];

async function client(handle: Handle, name: string, history: History, random: Random): Promise<void> {
  let seen: CircuitRecord | null = null;
  for (const step of range(callsEach)) {
    await randomTurns(random, 2);
    seen = await oneCall(handle, name, history, random, seen, step);
  }
}

async function oneCall(
  handle: Handle,
  name: string,
  history: History,
  random: Random,
  seen: CircuitRecord | null,
  step: number,
): Promise<CircuitRecord | null> {
  const { label } = handle;
  const drawn = random.next();
  if (drawn < 0.2) return (await history.record(label, { verb: 'retrieve' }, () => handle.retrieve(name))).record;
  if (drawn < 0.27) {
    await history.record(label, { verb: 'delete' }, () => handle.delete(name).then(() => undefined));
    return null;
  }
  if (seen !== null && drawn < 0.72) {
    const { revision } = seen;
    const delta = random.chance(0.8) ? { add: { n: 1, [label]: 1 } } : { add: { n: 1 }, set: { last: step } };
    const call = history.record(label, { verb: 'apply', revision, delta }, () =>
      handle.apply(name, revision, delta, longTtl),
    );
    return (await call).record;
  }
  const revision = seen?.revision ?? null;
  const next = recordOf((revision ?? 0) + 1 + random.below(3), {
    by: `${label} ${step}`,
    counters: seen?.counters ?? {},
  });
  const expect = seen !== null && random.chance(0.5) ? seen.counters : undefined;
  const operation = { verb: 'store', revision, next, ...(expect && { expect }) } as const;
  const options = { ...longTtl, ...(expect && { expect }) };
  return (await history.record(label, operation, () => handle.store(name, revision, next, options))).record;
}

function showEntry({ client: who, operation, outcome }: HistoryEntry): string {
  const what =
    operation.verb === 'apply'
      ? `apply(${operation.revision}, ${show(operation.delta)})`
      : operation.verb === 'store'
        ? `store(${operation.revision}, ${showRecord(operation.next)})`
        : operation.verb;
  const applied = outcome?.applied === undefined ? '' : outcome.applied ? 'applied, ' : 'not applied, ';
  return `${who}: ${what} -> ${applied}${showRecord(outcome?.record)}`;
}
