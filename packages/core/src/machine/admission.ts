import type { CircuitRecord, Delta } from '../contract/record.js';
import { counter } from './counter-names.js';
import { endOf } from './information.js';
import { momentAfter } from './moment.js';
import type { Rules } from './rules.js';
import { dueTransition, type Transition } from './transition.js';

/** Why a call is refused. */
export type RefusalReason = 'open' | 'trials' | 'forced';

/** What a start that read a record does next. */
export type Admission =
  /** Closed, or forced closed. */
  | { readonly kind: 'admit' }
  /** `until`: when a call may be admitted, ms since the epoch; null: nobody knows. */
  | { readonly kind: 'refuse'; readonly because: RefusalReason; readonly until: number | null }
  /** Half-open: apply this, and look whether the ticket is valid (`holdsTicket`). */
  | { readonly kind: 'ticket'; readonly delta: Delta }
  /** Store this, then ask again with what the store answered. */
  | { readonly kind: 'store'; readonly transition: Transition };

const admitted: Admission = Object.freeze({ kind: 'admit' });

/** Decides a start. Total: any record, any time, any rules. */
export function admit(record: CircuitRecord | null, now: number, rules: Rules): Admission {
  if (record === null) return admitted;
  const transition = dueTransition(record, now, rules);
  if (transition !== null) return { kind: 'store', transition };
  const until = endOf(record);
  if (record.override !== null)
    return record.override.state === 'closed' ? admitted : { kind: 'refuse', because: 'forced', until };
  if (record.state === 'closed') return admitted;
  if (record.state === 'open') return { kind: 'refuse', because: 'open', until };
  const started = record.counters[counter.trialsStarted] ?? 0;
  if (started >= (record.counters[counter.trialsLimit] ?? 0)) return { kind: 'refuse', because: 'trials', until };
  return { kind: 'ticket', delta: takeTicket(now, rules) };
}

/** Whether the ticket that an apply took is within the round's limit: the atomic counter decides, not the reader. */
export function holdsTicket(after: CircuitRecord): boolean {
  return (after.counters[counter.trialsStarted] ?? 0) <= (after.counters[counter.trialsLimit] ?? 0);
}

/** Gives back a ticket that was over the limit, once: else it would cost the round a trial. */
export const returnTicket: Delta = Object.freeze({ add: Object.freeze({ [counter.trialsStarted]: -1 }) });

/** Renews a trial's lease while its work runs. */
export function renewLease(now: number, rules: Rules): Delta {
  return { set: { [counter.trialsDeadline]: momentAfter(now, rules.trialLease) } };
}

function takeTicket(now: number, rules: Rules): Delta {
  return { add: { [counter.trialsStarted]: 1 }, ...renewLease(now, rules) };
}
