import type { Circuit } from '../circuit/circuit.js';
import type { Shared } from '../circuit/shared.js';
import { quote } from '../errors/show.js';
import { callSafely } from '../events/call-safely.js';
import type { Subject } from '../events/events.js';
import { informationOf } from '../machine/record/information-of.js';
import { informationBefore, type Transition } from '../machine/transition/transition.js';

/** What led to a transition, where this process holds it. */
export interface Cause {
  /** What the work threw. */
  readonly error: unknown;
}

/**
 * Tells of a transition that this process made, once the store has it. Clears and further rounds change no effective
 * state: they are only observed.
 */
export function announce(
  shared: Shared,
  circuit: Circuit,
  transition: Transition,
  now: number,
  cause: Cause | null,
): void {
  const { hub, settings } = shared;
  const { from, to, reason } = transition;
  if (from === to) return;
  const { generation, lastFailure } = transition.next;
  const level = to === 'open' ? 'warn' : 'info';
  hub.log(level, `Circuit ${quote(circuit.name)} went from ${from} to ${to} (${reason})`, {
    circuit: circuit.name,
    from,
    to,
    reason,
    generation,
    ...(lastFailure === null ? {} : { lastFailure }),
  });
  if (settings.onStateChange === undefined && hub.heard.stateChange === undefined) return;
  const before = informationBefore(transition, now, circuit.rules);
  const change = {
    ...subjectOf(circuit.subject),
    from,
    to,
    reason,
    // The counts that led to it, and why it opened.
    information: { ...before, lastFailure },
    ...(cause === null ? {} : { error: cause.error }),
  };
  if (settings.onStateChange !== undefined)
    callSafely(settings.onStateChange, change, (error) => hub.fault('onStateChange', error, circuit.name));
  hub.emit('stateChange', change);
}

/** A new view: tells whoever listens. */
export function noteObserved(shared: Shared, circuit: Circuit, now: number): void {
  if (shared.hub.heard.observed === undefined) return;
  const information = informationOf(circuit.record, now, circuit.rules);
  shared.hub.emit('observed', { name: circuit.name, information });
}

/** What an event says of whose it is. */
export function subjectOf({ name, circuit, context }: Subject<unknown>): Subject<unknown> {
  return { name, circuit, context };
}
