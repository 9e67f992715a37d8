import type { Circuit } from '../circuit/circuit.js';
import { answerOf } from '../circuit/resolver.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord, Delta } from '../contract/record.js';
import type { Transition } from '../machine/transition/transition.js';
import { announce, type Cause } from './announcements.js';
import type { RecordStore, Written } from './record-store.js';

/**
 * Stores a transition that the machine found due. Whoever wins it announces it, in the async context of the call that
 * found it. Where nobody answers, its `by` is looked for from then on.
 */
export async function storeTransition(
  shared: Shared,
  circuit: Circuit,
  records: RecordStore,
  transition: Transition,
  cause: Cause | null,
): Promise<Written> {
  const now = shared.time.now();
  const write = { kind: 'transition', transition } as const;
  const written = await answerOf<Written>((to) => records.write(transition.before, write, now, to));
  if (written.applied && records.isShared) announce(shared, circuit, transition, written.now, cause);
  return written;
}

/** Changes a few counters. @param base null: there is no record to change, and the answer says what there is. */
export function changeCounters(
  shared: Shared,
  records: RecordStore,
  base: CircuitRecord | null,
  delta: Delta,
): Promise<Written> {
  const write = { kind: 'change', delta } as const;
  return answerOf<Written>((to) => records.write(base, write, shared.time.now(), to));
}
