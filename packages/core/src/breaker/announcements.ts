import type { CircuitRecord } from '../contract/record.js';
import { informationOf } from '../machine/information.js';
import { informationBefore, type Transition } from '../machine/transition.js';
import type { Subject } from '../settings/events.js';
import type { OutcomeKind } from '../machine/outcome.js';
import type { Batch } from './batch.js';
import { callSafely } from './reports.js';
import type { Circuit, CircuitSubject } from './circuit.js';
import type { Services } from './services.js';

/**
 * Tells of a transition that this process made, once the store has it. Clears and further rounds change no effective
 * state: they are only observed.
 */
export function announce<Context>(
  services: Services<Context>,
  circuit: Circuit<Context>,
  transition: Transition,
  now: number,
): void {
  const { reports, settings } = services;
  const { from, to, reason } = transition;
  if (from === to) return;
  reports.log(
    to === 'open' ? 'warn' : 'info',
    `Circuit ${JSON.stringify(circuit.name)} went from ${from} to ${to} (${reason})`,
    {
      circuit: circuit.name,
      from,
      to,
      reason,
      generation: transition.next.generation,
    },
  );
  if (settings.onStateChange === undefined && !reports.isHeard('stateChange')) return;
  const information = informationBefore(transition, now, circuit.rules);
  const change = { ...subjectOf(circuit.subject), from, to, reason, information };
  if (settings.onStateChange !== undefined) {
    callSafely(settings.onStateChange, change, (error) => reports.fault('onStateChange', error, circuit.name));
  }
  reports.emit('stateChange', change);
}

/** A new view: tells whoever listens. */
export function noteObserved<Context>(services: Services<Context>, circuit: Circuit<Context>, now: number): void {
  if (!services.reports.isHeard('observed')) return;
  const information = informationOf(circuit.view?.record ?? null, now, circuit.rules);
  services.reports.emit('observed', { name: circuit.name, information });
}

/**
 * A store got no answer. The first answer to a call that began later tells whether it happened: then it is announced
 * now; or whether it was overtaken or never came: then nobody knows, and nothing is said.
 */
export function settleUnconfirmed<Context>(
  services: Services<Context>,
  circuit: Circuit<Context>,
  record: CircuitRecord | null,
  order: number,
  now: number,
): void {
  for (const [by, { transition, after }] of circuit.unconfirmed ?? []) {
    if (order <= after) continue;
    circuit.unconfirmed?.delete(by);
    if (record?.by === by) announce(services, circuit, transition, now);
  }
  if (circuit.unconfirmed?.size === 0) circuit.unconfirmed = null;
}

/** Outcomes that came too late: one event for each end, and one for what was merged in memory. */
export function announceLate<Context>(
  services: Services<Context>,
  circuit: Circuit<Context>,
  batch: Batch<Context>,
  record: CircuitRecord | null,
): void {
  const { reports, time } = services;
  if (!reports.isHeard('lateOutcome')) return;
  const tell = (subject: CircuitSubject<Context>, outcome: OutcomeKind, count: number): void => {
    const information = informationOf(record, time.now(), circuit.rules);
    reports.emit('lateOutcome', { ...subjectOf(subject), outcome, count, information });
  };
  for (const end of batch.ends) tell(end.call.subject, end.kind, 1);
  const merged = batch.ends.slice(0, batch.merged ?? 0).filter(({ kind }) => kind === 'success').length;
  const waited = (batch.buffered?.totals.successes ?? 0) - merged;
  if (waited > 0) tell(circuit.subject, 'success', waited);
}

/** What an event says of whose it is. */
export function subjectOf<Context>({ name, circuit, context }: CircuitSubject<Context>): Subject<Context> {
  return { name, circuit, context };
}
