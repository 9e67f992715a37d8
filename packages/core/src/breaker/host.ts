import type { Circuit } from '../circuit/circuit.js';
import type { Subject } from '../events/events.js';
import type { Sight } from '../store/record-store.js';
import type { Calls } from './calls.js';
import type { Request } from './live-circuit.js';
import type { Operators } from './operators.js';

/** How a factory's breakers reach it. */
export interface BreakerHost {
  readonly calls: Calls;
  readonly operators: Operators;
  /** A call that wants to be admitted, to the circuit as it is remembered now. */
  request(subject: Subject<unknown>, signal: AbortSignal | undefined): Request;
  /** A call under a name that is none: of a circuit that nobody else ever meets. */
  namelessRequest(subject: Subject<unknown>, signal: AbortSignal | undefined): Request;
  /** What the store holds now. Asked even while it is known to be down; rejects with ERR_STORAGE whatever the policy. */
  look(subject: Subject<unknown>): Promise<{ readonly circuit: Circuit; readonly sight: Sight }>;
}
