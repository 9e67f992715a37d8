import type { Circuit } from '../circuit/circuit.js';
import type { CircuitRecord } from '../contract/record.js';
import { show, quote } from '../errors/show.js';
import type { Subject } from '../events/events.js';
import type { Cause } from '../store/announcements.js';
import type { RecordStore } from '../store/record-store.js';

/** A circuit as its calls need it. */
export interface CallHome {
  readonly circuit: Circuit;
  /** Its record in the store. */
  readonly records: RecordStore;
  /** Whether the library stops its work after a while. */
  readonly hasTimeout: boolean;
  /** Whether a read is on the wire, or about to be. */
  readonly isReading: boolean;
  /** The newest failure of this process that is on its way to this record, or whose answer is; null: there is none. */
  failureIn(record: CircuitRecord | null): Cause | null;
  /** Whether a write will renew the view by then, ms by the process's clock. */
  isWrittenBy(time: number): boolean;
}

/** A call that wants to be admitted. */
export interface CallRequest {
  /** Of the breaker that makes it. */
  readonly subject: Subject<unknown>;
  readonly home: CallHome;
  /** The caller's own. */
  readonly signal: AbortSignal | undefined;
}

/** What is wrong with a signal that was given to a call; null: nothing. Null is no signal: a typing error must not go unheard. */
export function faultOfSignal(signal: unknown, name: string): TypeError | null {
  if (signal === undefined || isSignal(signal)) return null;
  return new TypeError(
    `The signal given to circuit ${quote(name)} must be an AbortSignal, not ${show(signal)}: nothing was run. ` +
      'Leave it out where there is none.',
  );
}

/** By its shape: a signal may come from another realm or a library. */
function isSignal(value: unknown): value is AbortSignal {
  try {
    const { aborted, addEventListener } = value as Partial<AbortSignal>;
    return typeof aborted === 'boolean' && typeof addEventListener === 'function';
  } catch {
    return false;
  }
}
