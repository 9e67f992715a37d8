import type { Call } from '../call/call.js';
import { answerOf } from '../circuit/resolver.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Reported } from './end-queue.js';
import type { Ended, Outbox } from './outbox.js';

/**
 * Has an outcome recorded, and waits for it. Errands of the report are run here, in the caller's own async context.
 *
 * @returns what kept the outcome from the store; null: nothing did
 */
export async function recorded(outbox: Outbox, call: Call, ended: Ended): Promise<CircuitryError | null> {
  let reported = await answerOf<Reported>((to) => outbox.record(call, ended, to));
  while (typeof reported === 'function') reported = await answerOf<Reported>(reported);
  return reported;
}
