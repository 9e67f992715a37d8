import type { Call } from '../call/call.js';
import { answerOf } from '../circuit/resolver.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Reported } from './end-queue.js';
import type { Ended, Outbox } from './outbox.js';

/** Has an outcome recorded. Whoever awaits it hands the answer to {@link errandsDone}. */
export function recorded(outbox: Outbox, call: Call, ended: Ended): Promise<Reported> {
  return answerOf<Reported>((to) => outbox.record(call, ended, to));
}

/**
 * Runs the errands of a report, here, in the async context of whoever awaits it.
 *
 * @returns what kept the outcome from the store; null: nothing did
 */
export async function errandsDone(first: Reported): Promise<CircuitryError | null> {
  let reported = first;
  while (typeof reported === 'function') reported = await answerOf<Reported>(reported);
  return reported;
}
