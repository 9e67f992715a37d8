import { StorageError, withSignal, type Clock } from '@circuitry/core';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attribute } from '../record/attributes.js';
import { Placeholders } from '../record/expression.js';
import type { Item } from '../record/item.js';
import { readCircuit } from '../record/read-circuit.js';
import type { PendingCalls } from '@circuitry/core/backend';
import type { Requests } from '../requests/requests.js';
import { sleep } from '../time/sleep.js';
import type { CircuitCall } from './reads.js';

/** The first pause before another try, ms; it doubles up to {@link longestPause}. */
const firstPause = 10;
const longestPause = 500;
/** How long the pauses may be together, ms. */
const longestWait = 10_000;

interface TakeBackParts {
  readonly requests: Requests;
  readonly calls: PendingCalls;
  readonly clock: Clock;
}

interface DamagedWrite {
  readonly call: CircuitCall;
  readonly key: Item;
  /** The item that the write met, as its answer held it. */
  readonly old: Item;
  /** The item that it left: whose it is, and whether it reads as whole. */
  readonly left: Item;
  /** What is wrong with the old one. */
  readonly damage: unknown;
}

/**
 * Takes back a write that met a damaged item (clause E3): puts the old item in its place, whole.
 *
 * Damage that no condition can ask for (a fraction, a counter that the write does not name) shows only in a write's
 * answer, which holds the item that it met, at no cost. Each write that meets it comes here, so writes to a damaged
 * item are a stack: (revision, by, applies) says how high it stands, each writer takes away only what it laid itself,
 * and only while that lies on top. Whoever finds another's change on its own waits for that one to go.
 *
 * That no writer takes another's for its own, though counts of applies come again: while its own change lies there, all
 * later ones lie higher, and it alone removes it. A `store` lays a revision that never comes again, and the applies under
 * it come back with the item that it replaced.
 *
 * Where the write left an item that reads as whole (a `store` does, and an apply that set the one damaged counter), others
 * saw no damage and won't take back what they counted on top of it: that goes with it. They laid nothing that they could
 * miss later.
 *
 * It goes on when the caller has given up, until the backend is closed. What it can't take back is said: a process that
 * died before it took back its own, or one that stored another revision on top of what it took for whole.
 *
 * @throws StorageError, ambiguous, where the old item is not back
 */
export async function takeBack({ requests, calls, clock }: TakeBackParts, write: DamagedWrite): Promise<void> {
  const { call, key, old } = write;
  const to = new Placeholders();
  const input = { Item: old, ConditionExpression: liesOnTop(write, to), ...to.toInput() };
  const takingBack = calls.run(undefined, async (signal) => {
    let pause = firstPause;
    for (let waited = 0; ;) {
      const { applied, item } = await requests.put(key, input, { name: call.name, signal });
      // Deleted meanwhile: nothing of it is left either.
      if (applied || item === undefined) return;
      if (waited >= longestWait)
        throw new Error(`another worker’s change was still on top of it after ${longestWait} ms.`);
      // Half of it at least, or many writers would come in step.
      const jittered = pause * (0.5 + Math.random() / 2);
      pause = Math.min(pause * 2, longestPause);
      waited += jittered;
      await sleep(jittered, clock, signal);
    }
  });
  try {
    await withSignal(takingBack, call.signal);
  } catch (error) {
    throw notTakenBack(write, error);
  }
}

/** The condition that the top of the item is what the write left. */
function liesOnTop({ call, left }: DamagedWrite, to: Placeholders): string {
  const is = (name: string, operator: string): string =>
    `${to.name(name)} ${operator} ${to.value(left[name] as AttributeValue)}`;
  const height = is(attribute.applies, readsAsWhole(call.name, left) ? '>=' : '=');
  return [is(attribute.revision, '='), is(attribute.by, '='), height].join(' AND ');
}

function readsAsWhole(name: string, item: Item): boolean {
  try {
    readCircuit(name, item, 0);
    return true;
  } catch {
    return false;
  }
}

function notTakenBack({ call, damage }: DamagedWrite, reason: unknown): StorageError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new StorageError(
    `A write to circuit ${JSON.stringify(call.name)} met a damaged item, and may not have been taken back: ${why} ` +
      'Look at the item, then delete the circuit to start it afresh.',
    { cause: damage, ambiguous: true, retriable: false, scope: 'circuit' },
  );
}
