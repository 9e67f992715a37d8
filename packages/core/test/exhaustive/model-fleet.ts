import type { CircuitRecord, Counters, Delta } from '@circuitry/core';
import { applyDelta, meetsExpectation } from '@circuitry/core';
import { Draft } from '../../src/machine/counting/draft.js';
import { afterDecision, afterOutcomes, type EndState } from '../../src/machine/steps/end-steps.js';
import { givenUpFenceOf, type Fence } from '../../src/machine/record/fence.js';
import { forced, released } from '../../src/machine/transition/override.js';
import { reportWrite } from '../../src/machine/counting/report.js';
import { stamped, unrecorded, type NextRecord } from '../../src/machine/record/revision.js';
import type { Rules } from '../../src/machine/rules/rules.js';
import { firstStep, nextStep, type StartStep, type WriteAnswer } from '../../src/machine/steps/start-steps.js';
import { renewLease, returnTicket } from '../../src/machine/record/tickets.js';
import type { Transition } from '../../src/machine/transition/transition.js';
import { outcome } from '../support/machine.js';

/** What work comes to: a number is a failure by which the dependency says when to come back, in so many ms. */
export type Ending = 'success' | 'failure' | 'ignored' | number;

/**
 * One worker between two round trips: what it has read, and so what it will send next. Every interleaving of workers is
 * an order of steps over these, for one step is at most one call to the store.
 */
export type Worker =
  | { readonly at: 'idle' }
  /** Its start was answered, and does this next. */
  | {
      readonly at: 'starting';
      readonly step: StartStep;
      readonly seen: CircuitRecord | null;
      readonly seenAt: number;
    }
  /** Its work runs, or it has to send its outcome again to the newer record it was shown. */
  | {
      readonly at: 'working';
      readonly end: EndState;
      readonly hasTicket: boolean;
      /** How often it may still renew its ticket; then it may give it up (`longestTrial`). */
      readonly renewals: number;
      /** What its work came to, once that was sent in vain. */
      readonly unsent: Ending | null;
    }
  /** Its outcome is counted, and the answer showed that this transition is due. */
  | { readonly at: 'deciding'; readonly transition: Transition; readonly tries: number; readonly seenAt: number };

export interface Fleet {
  readonly now: number;
  readonly record: CircuitRecord | null;
  readonly workers: readonly Worker[];
}

/** What a step did that an invariant is about, in order. */
export type Happening =
  | { readonly kind: 'admitted'; readonly onto: CircuitRecord | null; readonly at: number; readonly hasTicket: boolean }
  | { readonly kind: 'stored'; readonly transition: Transition; readonly record: CircuitRecord; readonly at: number }
  /** An end that stored: the first record, or a cleared one. */
  | { readonly kind: 'rewrote'; readonly before: CircuitRecord | null; readonly record: CircuitRecord }
  | {
      readonly kind: 'counted';
      readonly outcome: Ending;
      readonly at: number;
      readonly fence: Fence;
      readonly onto: CircuitRecord;
    }
  /** A trial that lives gave its ticket back to the round it has it from. */
  | { readonly kind: 'gave-up' };

export interface Step {
  readonly name: string;
  readonly fleet: Fleet;
  readonly happenings: readonly Happening[];
}

export interface FleetOptions {
  readonly rules: Rules;
  /** How often a trial may renew its ticket. */
  readonly renewals: number;
  /** How long an operator forces the circuit, ms; null: there is no operator. */
  readonly override: number | null;
  /** For how long the dependency may tell to wait, ms each. */
  readonly openFor: readonly number[];
}

type Go = (name: string, next: Worker, record?: CircuitRecord | null, happenings?: readonly Happening[]) => void;
type Store = Pick<Fleet, 'now' | 'record'>;

const idle: Worker = { at: 'idle' };
const endings = ['success', 'failure', 'ignored'] as const;

/** Every step that the fleet can take from here: one worker's next call, its crash, an operator's, or 1 ms of time. */
export function stepsFrom(fleet: Fleet, options: FleetOptions): Step[] {
  const steps: Step[] = [{ name: 'tick', fleet: { ...fleet, now: fleet.now + 1 }, happenings: [] }];
  fleet.workers.forEach((worker, index) => {
    const go: Go = (name, next, record = fleet.record, happenings = []) => {
      const workers = fleet.workers.map((other, position) => (position === index ? next : other));
      steps.push({ name: `${name} #${index}`, fleet: { ...fleet, record, workers }, happenings });
    };
    step(fleet, worker, options, go);
    if (worker.at !== 'idle') go('crash', idle);
  });
  if (options.override !== null) steps.push(...operatorSteps(fleet, options.rules, fleet.now + options.override));
  return steps;
}

/** What an operator can do, each read and stored at once: against the workers, who read earlier, that is any order. */
function operatorSteps(fleet: Fleet, rules: Rules, until: number): Step[] {
  const { now, record } = fleet;
  const force = (state: 'open' | 'closed'): Transition => {
    return forced(record, { state, reason: null, by: null, until }, now, rules);
  };
  return [force('open'), force('closed'), released(record, now, rules)].flatMap((transition) => {
    if (transition === null) return [];
    const next = stamped(transition.next, record, now, { chance: 0, by: '' });
    const stored: Happening = { kind: 'stored', transition, record: next, at: now };
    return [{ name: transition.reason, fleet: { ...fleet, record: next }, happenings: [stored] }];
  });
}

function step(store: Store, worker: Worker, options: FleetOptions, go: Go): void {
  const { now, record } = store;
  switch (worker.at) {
    case 'idle': {
      const first = firstStep(record, now, options.rules);
      return go('read', { at: 'starting', step: first, seen: record, seenAt: now });
    }
    case 'starting':
      return start(store, worker, options, go);
    case 'working':
      return work(store, worker, options, go);
    case 'deciding':
      return decide(store, worker, options, go);
  }
}

function start(
  store: Store,
  { step: due, seen, seenAt }: Extract<Worker, { at: 'starting' }>,
  { rules, renewals }: FleetOptions,
  go: Go,
): void {
  if (due.kind === 'refuse') return go('refused', idle);
  if (due.kind === 'admit') return go('start', working(seen, false, renewals), store.record, [admitted(seen, seenAt)]);
  const written =
    due.kind === 'store'
      ? afterStore(store, due.transition.before, due.transition.next, due.transition.expect, seenAt)
      : afterApply(store, seen as CircuitRecord, due.delta);
  const answer = answerOf(store, written);
  const next = nextStep(due, answer, rules);
  const happenings: Happening[] = [];
  if (due.kind === 'store' && written !== null)
    happenings.push({ kind: 'stored', transition: due.transition, record: written, at: seenAt });
  const name = nameOf(due, next, written !== null);
  // The answer that admits, or refuses after a ticket went back, is heard at once: it is no call.
  if (next.kind === 'admit' && written !== null && (due.kind === 'ticket' || next.hasTicket)) {
    happenings.push({ ...admitted(written, seenAt), hasTicket: true });
    return go(name, working(written, true, renewals), written, happenings);
  }
  if (due.kind === 'give-back') return go(name, idle, written ?? store.record);
  go(name, { at: 'starting', step: next, seen: answer.record, seenAt: store.now }, written ?? store.record, happenings);
}

function nameOf(due: StartStep, next: StartStep, applied: boolean): string {
  if (due.kind === 'give-back') return 'give back';
  if (due.kind === 'store') return applied ? due.transition.reason : 'lose';
  if (!applied) return 'ask again';
  return next.kind === 'give-back' ? 'one too many' : 'take ticket';
}

function working(onto: CircuitRecord | null, hasTicket: boolean, renewals: number): Worker {
  const { state, since } = onto ?? unrecorded;
  return { at: 'working', end: { fence: { state, since }, base: onto, tries: 0 }, hasTicket, renewals, unsent: null };
}

function admitted(onto: CircuitRecord | null, at: number): Extract<Happening, { kind: 'admitted' }> {
  return { kind: 'admitted', onto, at, hasTicket: false };
}

function work(store: Store, worker: Extract<Worker, { at: 'working' }>, options: FleetOptions, go: Go): void {
  if (worker.unsent !== null) return end(store, worker, worker.unsent, options, go);
  for (const ending of [...endings, ...options.openFor]) end(store, worker, ending, options, go);
  if (!worker.hasTicket) return;
  const base = worker.end.base as CircuitRecord;
  if (worker.renewals > 0) {
    const written = afterApply(store, base, renewLease(base, store.now, options.rules));
    return go('renew', { ...worker, renewals: worker.renewals - 1 }, written ?? store.record);
  }
  const written = afterApply(store, base, returnTicket);
  const fence = givenUpFenceOf(base);
  const gaveUp: Worker = { ...worker, hasTicket: false, end: { fence, base: written ?? base, tries: 0 } };
  go('give up', gaveUp, written ?? store.record, written === null ? [] : [{ kind: 'gave-up' }]);
}

function end(
  store: Store,
  worker: Extract<Worker, { at: 'working' }>,
  ending: Ending,
  { rules }: FleetOptions,
  go: Go,
): void {
  const { now } = store;
  const { fence, base, tries } = worker.end;
  const draft = new Draft(base, now, rules, fence);
  draft.add(typeof ending === 'number' ? { ...outcome('failure', now), openFor: ending } : outcome(ending, now));
  const write = reportWrite(base, draft, now, rules, tries === 0);
  const written =
    write.kind === 'apply'
      ? afterApply(store, base as CircuitRecord, write.delta)
      : afterStore(store, base, write.next, write.expect, now);
  const next = afterOutcomes(worker.end, answerOf(store, written), rules, null);
  const name = typeof ending === 'number' ? `told ${ending}` : ending;
  if (next.kind === 'write') return go(`send ${name} again`, { ...worker, end: next.state, unsent: ending });
  if (written === null) return go(`${name} is ${next.kind}`, idle);
  const happenings: Happening[] = [{ kind: 'counted', outcome: ending, at: now, fence, onto: written }];
  if (write.kind === 'store') happenings.unshift({ kind: 'rewrote', before: store.record, record: written });
  const then: Worker =
    next.kind === 'store' ? { at: 'deciding', transition: next.transition, tries: next.tries, seenAt: now } : idle;
  go(`count ${name}`, then, written, happenings);
}

function decide(
  store: Store,
  { transition, tries, seenAt }: Extract<Worker, { at: 'deciding' }>,
  { rules }: FleetOptions,
  go: Go,
): void {
  const record = afterStore(store, transition.before, transition.next, transition.expect, seenAt);
  const next = afterDecision(tries, answerOf(store, record), rules, null);
  if (record !== null) return go(transition.reason, idle, record, [{ kind: 'stored', transition, record, at: seenAt }]);
  if (next.kind === 'over') return go('nothing to decide', idle);
  go('decide again', { at: 'deciding', transition: next.transition, tries: next.tries, seenAt: store.now });
}

/** What the store answers to a write. @param written null: it was not applied */
function answerOf({ now, record }: Store, written: CircuitRecord | null): WriteAnswer {
  return { applied: written !== null, record: written ?? record, now };
}

/** What the store holds after an apply; null: it was not applied. */
function afterApply({ record }: Store, base: CircuitRecord, delta: Delta): CircuitRecord | null {
  if (record === null || record.revision !== base.revision) return null;
  return { ...record, counters: applyDelta(record.counters, delta) };
}

/** What the store holds after a store; null: another was faster. */
function afterStore(
  { record }: Store,
  before: CircuitRecord | null,
  next: NextRecord,
  expect: Counters | undefined,
  now: number,
): CircuitRecord | null {
  if (record?.revision !== before?.revision || !meetsExpectation(record?.counters ?? {}, expect)) return null;
  return stamped(next, before, now, { chance: 0, by: '' });
}
