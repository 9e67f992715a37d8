import type { CircuitRecord } from '@circuitry/core';
import { isTransition, totalOf, type Ledger, type LedgerEntry, type Version } from './ledger.js';
import { allSettings, fewestFailures, stalenessOf, type FleetPlan } from '../plan/plan.js';
import type { Chronicle } from './violations.js';

/** A call whose work began, as the harness sees it: true times, no belief of any worker's. */
export interface ObservedCall {
  readonly name: string;
  readonly worker: number;
  readonly begunAt: number;
  readonly isTrial: boolean;
  readonly decidedBy: string;
  /** The round whose ticket it holds; null: none. */
  readonly round: CircuitRecord | null;
}

/** What really came of a call's work. */
export interface RealOutcome {
  readonly name: string;
  readonly at: number;
  readonly kind: 'success' | 'failure' | 'ignored';
  /** Whether the dependency said how long to wait. */
  readonly told: boolean;
  readonly call: ObservedCall;
}

/** F1, F4 and F8, and what a new round must carry over of F2, each checked when something happens that could break it. */
export class Invariants {
  readonly #plan: FleetPlan;
  readonly #ledger: Ledger;
  readonly #chronicle: Chronicle;
  readonly #now: () => number;
  /** Trials per round that were not given back. */
  readonly #trials = new Map<string, number>();
  readonly #outcomes: RealOutcome[] = [];
  readonly #tripped = new Set<string>();

  constructor(plan: FleetPlan, ledger: Ledger, chronicle: Chronicle, now: () => number) {
    this.#plan = plan;
    this.#ledger = ledger;
    this.#chronicle = chronicle;
    this.#now = now;
  }

  /** An operator opened it: what it opens for is his affair. */
  tripped(name: string): void {
    this.#tripped.add(name);
  }

  /** F1: at most so many trials per round. F4: none while open and not due. */
  workBegan(call: ObservedCall): void {
    if (call.decidedBy === 'local' || call.decidedBy === 'allow') return;
    if (call.isTrial) this.#countTrial(call);
    else this.#checkAdmission(call);
  }

  workEnded(outcome: RealOutcome): void {
    this.#outcomes.push(outcome);
    const { call, kind } = outcome;
    if (kind !== 'ignored' || call.round === null) return;
    const key = roundKey(call.name, call.round);
    this.#trials.set(key, (this.#trials.get(key) ?? 0) - 1);
  }

  /** A trial that ran for too long gave its ticket back; its outcome may still decide. */
  gaveUp(name: string, round: CircuitRecord): void {
    const key = roundKey(name, round);
    this.#trials.set(key, (this.#trials.get(key) ?? 0) - 1);
  }

  /** F8: what the store is told to do must have happened out there. F4: no round before its time. */
  stored(name: string, entry: LedgerEntry): void {
    const { before, after } = entry;
    if (
      !isTransition(entry) ||
      before === null ||
      after === null ||
      before.override !== null ||
      after.override !== null
    )
      return;
    if (before.state === 'open' && after.state === 'half-open' && entry.at < (before.expiresAt ?? 0)) {
      this.#chronicle.violated(
        'F4',
        `${name} began a round ${Math.round((before.expiresAt ?? 0) - entry.at)} ms before it was due`,
      );
    }
    if (before.state === 'closed' && after.state === 'open') this.#checkTrip(name, before);
    if (before.state === 'half-open' && after.state === 'closed') this.#checkClose(name, before);
    if (before.state === 'half-open' && after.state === 'half-open' && totalOf(after) !== totalOf(before)) {
      this.#chronicle.violated(
        'F2',
        `${name} lost ${totalOf(before) - totalOf(after)} outcomes when a further round began`,
      );
    }
  }

  #countTrial(call: ObservedCall): void {
    if (call.round === null) {
      this.#chronicle.violated('F1', `a trial of ${call.name} began without a ticket`);
      return;
    }
    const key = roundKey(call.name, call.round);
    const count = (this.#trials.get(key) ?? 0) + 1;
    this.#trials.set(key, count);
    const limit = call.round.counters['trials.limit'] ?? 0;
    const allowed = allSettings(this.#plan).map(({ closing }) =>
      typeof closing === 'number' ? closing : closing.trials,
    );
    const most = Math.min(limit, Math.max(...allowed));
    if (count > most) this.#chronicle.violated('F1', `${count} trials run in a round of ${most} of ${call.name}`);
  }

  /** Somewhere between the call's beginning, less what a view may be old, and now, the store's record let it in. */
  #checkAdmission(call: ObservedCall): void {
    const from = call.begunAt - stalenessOf(this.#plan);
    const versions = this.#ledger.versions(call.name, from, this.#now());
    if (versions.some(admits)) return;
    const record = this.#ledger.current(call.name);
    this.#chronicle.violated('F4', `${call.name} let a call in while it was ${record?.state ?? 'unknown'} and not due`);
  }

  #checkTrip(name: string, closed: CircuitRecord): void {
    const begunAt = this.#begunAt(name, closed);
    const failures = this.#outcomes.filter(
      ({ name: of, kind, at }) => of === name && kind === 'failure' && at >= begunAt,
    );
    if (failures.some(({ told }) => told) || this.#tripped.has(name)) return;
    const threshold = fewestFailures(this.#plan);
    if (failures.length < threshold)
      this.#chronicle.violated('F8', `${name} opened after ${failures.length} of ${threshold} failures`);
  }

  #checkClose(name: string, round: CircuitRecord): void {
    const opened =
      this.#ledger
        .entries(name)
        .filter(({ before, after }) => before?.state !== 'half-open' && after?.state === 'half-open')
        .at(-1)?.at ?? 0;
    const successes = this.#outcomes.filter(
      ({ name: of, kind, at, call }) => of === name && kind === 'success' && call.isTrial && at >= opened,
    ).length;
    const needs = allSettings(this.#plan).map(({ closing }) =>
      typeof closing === 'number' ? closing : Math.ceil(closing.trials * closing.successRate),
    );
    const needed = Math.min(...needs);
    if (successes < needed)
      this.#chronicle.violated(
        'F8',
        `${name} closed after ${successes} of ${needed} successful trials (round of ${round.since})`,
      );
  }

  /** When the closed state began, true time. */
  #begunAt(name: string, closed: CircuitRecord): number {
    const entry = this.#ledger
      .entries(name)
      .find(({ after }) => after?.state === 'closed' && after.since === closed.since);
    return closed.since === 0 ? -Infinity : (entry?.at ?? -Infinity);
  }
}

/** Whether calls are let in by a version of the record. Open and half-open ones let in trials alone, which hold tickets. */
function admits({ record }: Version): boolean {
  if (record === null) return true;
  return record.override === null ? record.state === 'closed' : record.override.state === 'closed';
}

function roundKey(name: string, round: CircuitRecord): string {
  return `${name} ${round.since}`;
}
