import type { CircuitRecord, Counters, Delta } from '@circuitry/core';
import { applyDelta, meetsExpectation } from '@circuitry/core';
import { admit, holdsTicket, renewLease, returnTicket } from '../../src/machine/admission.js';
import { Draft } from '../../src/machine/draft.js';
import { fenceOf, isCurrent, type Fence } from '../../src/machine/fence.js';
import type { OutcomeKind } from '../../src/machine/outcome.js';
import { forced, released } from '../../src/machine/override.js';
import { reportWrite } from '../../src/machine/report.js';
import { stamped, type NextRecord } from '../../src/machine/revision.js';
import type { Rules } from '../../src/machine/rules.js';
import { decidedTransition, type Transition } from '../../src/machine/transition.js';

/**
 * One worker between two round trips: what it has read, and so what it will send next. Every interleaving of workers is
 * an order of steps over these, for one step is at most one call to the store.
 */
export type Worker =
  | { readonly at: 'idle' }
  /** It has read the record for a start. */
  | { readonly at: 'starting'; readonly seen: CircuitRecord | null; readonly seenAt: number }
  /** It took one ticket too many, and gives it back next. */
  | { readonly at: 'returning'; readonly seen: CircuitRecord }
  /** Its work runs, or it has to send its outcome again to the newer record it was shown. */
  | {
      readonly at: 'working';
      readonly fence: Fence;
      readonly seen: CircuitRecord | null;
      readonly hasTicket: boolean;
      /** How often it may still renew its ticket (`longestTrial`). */
      readonly renewals: number;
      /** What its work came to, once that was sent in vain. */
      readonly unsent: OutcomeKind | null;
    }
  /** Its outcome is counted, and the answer shows that a transition is due. */
  | { readonly at: 'deciding'; readonly seen: CircuitRecord; readonly seenAt: number };

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
  | { readonly kind: 'counted'; readonly outcome: OutcomeKind; readonly fence: Fence; readonly onto: CircuitRecord };

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
}

type Go = (name: string, next: Worker, record?: CircuitRecord | null, happenings?: readonly Happening[]) => void;
type Store = Pick<Fleet, 'now' | 'record'>;

const idle: Worker = { at: 'idle' };
const kinds = ['success', 'failure', 'ignored'] as const;

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
  switch (worker.at) {
    case 'idle':
      return go('read', { at: 'starting', seen: store.record, seenAt: store.now });
    case 'starting':
      return start(store, worker, options, go);
    case 'returning':
      return go('give back', idle, afterApply(store, worker.seen, returnTicket) ?? store.record);
    case 'working':
      return work(store, worker, options, go);
    case 'deciding':
      return decide(store, worker, options, go);
  }
}

function start(
  store: Store,
  worker: Extract<Worker, { at: 'starting' }>,
  { rules, renewals }: FleetOptions,
  go: Go,
): void {
  const { seen, seenAt } = worker;
  const readAgain: Worker = { at: 'starting', seen: store.record, seenAt: store.now };
  const working = (onto: CircuitRecord | null, hasTicket: boolean): Worker => {
    const { state, since } = fenceOf(onto);
    return { at: 'working', fence: { state, since }, seen: onto, hasTicket, renewals, unsent: null };
  };
  const admitted = (onto: CircuitRecord | null, hasTicket: boolean): Happening => {
    return { kind: 'admitted', onto, at: seenAt, hasTicket };
  };
  const answer = admit(seen, seenAt, rules);
  switch (answer.kind) {
    case 'admit':
      return go('start', working(seen, false), store.record, [admitted(seen, false)]);
    case 'refuse':
      return go('refused', idle);
    case 'ticket': {
      const written = afterApply(store, seen as CircuitRecord, answer.delta);
      if (written === null) return go('ask again', readAgain);
      if (!holdsTicket(written)) return go('one too many', { at: 'returning', seen: written }, written);
      return go('take ticket', working(written, true), written, [admitted(written, true)]);
    }
    case 'store': {
      const { transition } = answer;
      const record = afterStore(store, transition.before, transition.next, transition.expect, seenAt);
      if (record === null) return go('lose', readAgain);
      const stored: Happening = { kind: 'stored', transition, record, at: seenAt };
      if (!transition.ticket) return go(transition.reason, { ...readAgain, seen: record }, record, [stored]);
      return go(transition.reason, working(record, true), record, [stored, admitted(record, true)]);
    }
  }
}

function work(store: Store, worker: Extract<Worker, { at: 'working' }>, options: FleetOptions, go: Go): void {
  for (const kind of worker.unsent === null ? kinds : [worker.unsent]) end(store, worker, kind, options, go);
  if (worker.unsent !== null || !worker.hasTicket || worker.renewals === 0) return;
  const written = afterApply(store, worker.seen as CircuitRecord, renewLease(store.now, options.rules));
  go('renew', { ...worker, renewals: worker.renewals - 1 }, written ?? store.record);
}

function end(
  store: Store,
  worker: Extract<Worker, { at: 'working' }>,
  kind: OutcomeKind,
  { rules }: FleetOptions,
  go: Go,
): void {
  const { now, record } = store;
  const { fence, seen } = worker;
  const draft = new Draft(seen, now, rules);
  draft.add({ kind, slow: false, at: now });
  const write = reportWrite(seen, draft, now, rules, worker.unsent === null);
  const written =
    write.kind === 'apply'
      ? afterApply(store, seen as CircuitRecord, write.delta)
      : afterStore(store, seen, write.next, write.expect, now);
  if (written === null) {
    if (isCurrent(fence, record)) return go(`send ${kind} again`, { ...worker, seen: record, unsent: kind });
    return go(`${kind} is late`, idle);
  }
  const happenings: Happening[] = [{ kind: 'counted', outcome: kind, fence, onto: written }];
  if (write.kind === 'store') happenings.unshift({ kind: 'rewrote', before: record, record: written });
  const next: Worker =
    decidedTransition(written, now, rules) === null ? idle : { at: 'deciding', seen: written, seenAt: now };
  go(`count ${kind}`, next, written, happenings);
}

function decide(store: Store, worker: Extract<Worker, { at: 'deciding' }>, { rules }: FleetOptions, go: Go): void {
  const { seen, seenAt } = worker;
  const transition = decidedTransition(seen, seenAt, rules);
  if (transition === null) return go('nothing to decide', idle);
  const record = afterStore(store, transition.before, transition.next, transition.expect, seenAt);
  if (record !== null) return go(transition.reason, idle, record, [{ kind: 'stored', transition, record, at: seenAt }]);
  go('decide again', store.record === null ? idle : { at: 'deciding', seen: store.record, seenAt: store.now });
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
