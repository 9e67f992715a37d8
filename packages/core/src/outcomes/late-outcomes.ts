import type { Circuit } from '../circuit/circuit.js';
import type { Shared } from '../circuit/shared.js';
import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Subject } from '../events/events.js';
import { informationOf } from '../machine/record/information-of.js';
import type { OutcomeKind } from '../machine/facts/outcome.js';
import { subjectOf } from '../store/announcements.js';
import type { Errand, PendingEnd } from './batch.js';

/** An outcome came too late: tells so, as an errand of its own call. */
export function tellLate(
  shared: Shared,
  { call, kind }: PendingEnd,
  record: CircuitRecord | null,
  error: CircuitryError | null,
): Errand {
  return (tellReport) => {
    tell(shared, call.circuit, call.subject, kind, 1, record);
    tellReport(error);
  };
}

/** Successes that only waited in memory came too late: one event for all. */
export function tellLateWaited(shared: Shared, circuit: Circuit, count: number, record: CircuitRecord | null): void {
  if (count > 0) tell(shared, circuit, circuit.subject, 'success', count, record);
}

function tell(
  shared: Shared,
  circuit: Circuit,
  subject: Subject<unknown>,
  outcome: OutcomeKind,
  count: number,
  record: CircuitRecord | null,
): void {
  const information = informationOf(record, shared.time.now(), circuit.rules);
  shared.hub.emit('lateOutcome', { ...subjectOf(subject), outcome, count, information });
}
