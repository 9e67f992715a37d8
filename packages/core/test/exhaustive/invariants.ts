import type { CircuitRecord } from '@circuitry/core';
import { isCurrent } from '../../src/machine/record/fence.js';
import { effectiveState } from '../../src/machine/record/information-of.js';
import { firstStep } from '../../src/machine/steps/start-steps.js';
import type { TransitionReason } from '../../src/machine/transition/transition.js';
import { stepsFrom, type Fleet, type FleetOptions, type Happening, type Step, type Worker } from './model-fleet.js';

/** What a witness who saw every outcome and every ticket knows: the invariants are checked against it, not the record. */
export interface Witness {
  /** Valid tickets of the present round, less those given back. */
  readonly tickets: number;
  /** How many it may have. */
  readonly limit: number;
  /** Failures in a row since the closed state began or was cleared. */
  readonly run: number;
  /** Whether that run ever reached the threshold. */
  readonly hasRun: boolean;
  /** Trials that succeeded and failed since the circuit last opened. */
  readonly succeeded: number;
  readonly failed: number;
  /** Whether the dependency told to wait since the circuit last changed its state. */
  readonly hasTold: boolean;
  /** The longest that an outcome which counted told to wait, ms since the epoch; 0: none did, or an operator acted since. */
  readonly waitUntil: number;
}

export const newWitness: Witness = {
  tickets: 0,
  limit: 0,
  run: 0,
  hasRun: false,
  succeeded: 0,
  failed: 0,
  hasTold: false,
  waitUntil: 0,
};

/** What the rules mean for the witness. */
export interface Expectation {
  readonly threshold: number;
  /** Tickets that a new round may have, given the trials before it. */
  readonly limitOf: (witness: Witness) => number;
  readonly mayClose: (witness: Witness) => boolean;
  readonly mayReopen: (witness: Witness) => boolean;
}

const generations: Partial<Record<TransitionReason, number>> = {
  tripped: 1,
  'trials-succeeded': 1,
  'trials-failed': 0,
  'trial-round': 0,
  'new-round': 0,
  'forced-open': 1,
  'forced-closed': 1,
  released: 1,
  'override-lapsed': 1,
};

/** The witness after one happening. @throws what is wrong */
export function witnessed(witness: Witness, happening: Happening, expectation: Expectation): Witness {
  switch (happening.kind) {
    case 'admitted':
      return afterAdmission(witness, happening);
    case 'counted':
      return afterOutcome(witness, happening, expectation);
    case 'gave-up':
      return { ...witness, tickets: witness.tickets - 1 };
    case 'rewrote':
      assertGrowth(happening.before, happening.record);
      check(happening.record.since === (happening.before?.since ?? 0), 'a creation or clear moved since');
      return { ...witness, run: 0, hasRun: false };
    case 'stored':
      return afterTransition(witness, happening, expectation);
  }
}

function afterAdmission(witness: Witness, { onto, hasTicket }: Extract<Happening, { kind: 'admitted' }>): Witness {
  const state = effectiveState(onto);
  check(state !== 'open', 'F4: admitted while open');
  check(hasTicket === (state === 'half-open'), 'F1: a trial without a ticket');
  if (!hasTicket) return witness;
  check(witness.tickets < witness.limit, `F1: ticket ${witness.tickets + 1} of ${witness.limit}`);
  return { ...witness, tickets: witness.tickets + 1 };
}

function afterOutcome(
  witness: Witness,
  { outcome, at, fence, onto }: Extract<Happening, { kind: 'counted' }>,
  { threshold }: Expectation,
): Witness {
  check(isCurrent(fence, onto), 'an outcome of another fence counted');
  const isTold = typeof outcome === 'number' && onto.override === null;
  const hasTold = witness.hasTold || isTold;
  const waitUntil = isTold ? Math.max(witness.waitUntil, at + outcome) : witness.waitUntil;
  const isFailure = outcome === 'failure' || typeof outcome === 'number';
  if (onto.state === 'closed') {
    if (outcome === 'ignored') return witness;
    const run = isFailure ? Math.min(witness.run + 1, threshold) : 0;
    return { ...witness, run, hasRun: witness.hasRun || run >= threshold, hasTold, waitUntil };
  }
  // A trial that was given up has no ticket to give back.
  if (outcome === 'ignored') return { ...witness, tickets: witness.tickets - (fence.incident === undefined ? 1 : 0) };
  if (isFailure) return { ...witness, failed: witness.failed + 1, hasTold, waitUntil };
  return { ...witness, succeeded: witness.succeeded + 1 };
}

function afterTransition(
  witness: Witness,
  { transition, record, at }: Extract<Happening, { kind: 'stored' }>,
  { limitOf, mayClose, mayReopen }: Expectation,
): Witness {
  const { reason, before } = transition;
  const { waitUntil } = witness;
  assertGrowth(before, record);
  check(record.since > (before?.since ?? 0), 'since did not grow');
  const isTrip = reason === 'told' && before?.state === 'closed';
  const grown = reason === 'told' ? Number(isTrip) : (generations[reason] ?? NaN);
  check(record.generation === (before?.generation ?? 0) + grown, `generation after ${reason}`);
  switch (reason) {
    case 'tripped':
      check(witness.hasRun, 'F8: tripped without enough failures');
      check(before?.override === null, 'tripped under an override');
      return { ...newWitness, waitUntil };
    case 'told':
      check(witness.hasTold, 'F8: told to wait by nobody');
      check(before?.override === null, 'told under an override');
      return { ...newWitness, waitUntil };
    case 'trial-round':
      check(before?.state === 'open' && (before.expiresAt ?? Infinity) <= at, 'F4: tried before it was due');
      return { ...newWitness, limit: limitOf(newWitness), waitUntil };
    case 'new-round':
      return { ...witness, tickets: 0, limit: limitOf(witness) };
    case 'trials-succeeded':
      check(mayClose(witness), 'F8: closed without enough successes');
      return { ...newWitness, waitUntil };
    case 'trials-failed':
      check(mayReopen(witness), 'F8: reopened without enough failures');
      return { ...newWitness, waitUntil };
    case 'override-lapsed':
      check((before?.override?.until ?? Infinity) <= at, 'F4: an override lapsed before its time');
      return newWitness;
    case 'forced-open':
    case 'forced-closed':
    case 'released':
      return newWitness;
    default:
      throw new Error(`${reason} can't happen here`);
  }
}

function assertGrowth(before: CircuitRecord | null, after: CircuitRecord): void {
  check(after.revision > (before?.revision ?? 0), 'the revision did not grow');
}

/**
 * What a dependency told holds in every state of the store, whoever dies next: no call that reads it now is let in.
 *
 * @throws what is wrong
 */
export function assertWaits({ now, record }: Fleet, { waitUntil }: Witness, { rules }: FleetOptions): void {
  if (now >= waitUntil) return;
  const step = firstStep(record, now, rules);
  const isOpening = step.kind === 'store' && step.transition.next.state === 'open';
  const until = step.kind === 'refuse' ? step.until : isOpening ? step.transition.next.expiresAt : 0;
  check(until !== null && until >= waitUntil, 'told to wait for longer than the circuit does');
}

/**
 * Heals the dependency and kills every worker: calls that succeed, one after the other, must lead back to closed.
 *
 * @returns how many steps it took; null: it is wedged
 */
export function stepsToClose({ now, record }: Fleet, options: FleetOptions, most: number): number | null {
  let fleet: Fleet = { now, record, workers: [{ at: 'idle' }] };
  for (let steps = 0; steps < most; steps += 1) {
    const worker = fleet.workers[0] as Worker;
    const answer = firstStep(fleet.record, fleet.now, options.rules).kind;
    if (worker.at === 'idle' && answer === 'admit') return steps;
    const isWaiting = worker.at === 'idle' && answer === 'refuse';
    const next = stepsFrom(fleet, options).find(({ name }) => (isWaiting ? name === 'tick' : healthy.test(name)));
    fleet = (next as Step).fleet;
  }
  return null;
}

/** A step that a worker takes whose dependency answers. */
const healthy = / #0$(?<!^(crash|renew|give up|count failure|count ignored|count told \d+) #0)/;

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}
