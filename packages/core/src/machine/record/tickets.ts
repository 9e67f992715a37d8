import type { CircuitRecord, Delta } from '../../contract/record.js';
import { counter } from '../facts/counter-names.js';
import { leaseOf, renewedDeadline } from './ends.js';
import { momentAfter } from '../facts/moment.js';
import type { Rules } from '../rules/rules.js';

/** Takes a ticket of a half-open round, and with it a lease. */
export function takeTicket(record: CircuitRecord, now: number, rules: Rules): Delta {
  return { add: { [counter.trialsStarted]: 1 }, ...renewLease(record, now, rules) };
}

/** Whether the ticket that an apply took is within the round's limit: the atomic counter decides, not the reader. */
export function holdsTicket(after: CircuitRecord): boolean {
  return (after.counters[counter.trialsStarted] ?? 0) <= (after.counters[counter.trialsLimit] ?? 0);
}

/** Gives a ticket back: one over the limit, once, or one whose trial never ran or was given up. */
export const returnTicket: Delta = Object.freeze({ add: Object.freeze({ [counter.trialsStarted]: -1 }) });

/**
 * Renews a trial's lease while its work runs. The round's deadline never comes nearer by it: a worker with a shorter
 * lease would take the round from under a trial that lives.
 *
 * @param record the newest that the worker has seen of the round
 */
export function renewLease(record: CircuitRecord, now: number, rules: Rules): Delta {
  const deadline = Math.max(renewedDeadline(record, now, rules), momentAfter(now, rules.trialLease));
  if (rules.trialLease <= leaseOf(record)) return { set: { [counter.trialsDeadline]: deadline } };
  // Workers with shorter leases must not take this deadline for one that a clock ahead has set.
  return { set: { [counter.trialsDeadline]: deadline, [counter.trialsLease]: rules.trialLease } };
}
