import type { CircuitRecord, StateChange } from '@circuitry/core';
import { isTransition, type Ledger, type LedgerEntry, type Version } from './ledger.js';
import type { FleetPlan } from './plan.js';
import type { EndedCall } from './world.js';
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
  readonly call: ObservedCall;
}

/** F1, F3, F4 and F8, each checked when something happens that could break it; F2 at the end. */
export class Invariants {
  readonly #plan: FleetPlan;
  readonly #ledger: Ledger;
  readonly #chronicle: Chronicle;
  readonly #now: () => number;
  /** Trials per round that were not given back. */
  readonly #trials = new Map<string, number>();
  readonly #announced = new Map<string, number>();
  readonly #outcomes: RealOutcome[] = [];

  constructor(plan: FleetPlan, ledger: Ledger, chronicle: Chronicle, now: () => number) {
    this.#plan = plan;
    this.#ledger = ledger;
    this.#chronicle = chronicle;
    this.#now = now;
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

  /** F3: a transition that the store has, told once. */
  announced(change: StateChange<unknown>, worker: number): void {
    const key = transitionKey(change.name, change.information.revision, change.to);
    const times = (this.#announced.get(key) ?? 0) + 1;
    this.#announced.set(key, times);
    const stored = this.#ledger
      .entries(change.name)
      .filter((entry) => isTransition(entry) && keyOf(change.name, entry) === key);
    if (stored.length === 0) {
      this.#chronicle.violated(
        'F3',
        `worker ${worker} announced ${change.from} -> ${change.to} of ${change.name}, which the store never made`,
      );
    } else if (times > stored.length) {
      this.#chronicle.violated('F3', `${change.from} -> ${change.to} of ${change.name} was announced ${times} times`);
    }
  }

  /** F3, the other half: whoever won, lived, and had the answer, announced it. */
  checkAnnouncements(isAlive: (worker: number) => boolean): void {
    for (const name of this.#ledger.names()) {
      for (const entry of this.#ledger.entries(name)) {
        const { before, after } = entry;
        if (!isTransition(entry) || !entry.answered || before?.state === after?.state) continue;
        if (entry.worker === null || !isAlive(entry.worker) || this.#announced.has(keyOf(name, entry))) continue;
        this.#chronicle.violated(
          'F3',
          `${before?.state} -> ${after?.state} of ${name} by worker ${entry.worker} was never announced`,
        );
      }
    }
  }

  /** F2, without faults: all outcomes whose circuit did not change under them are counted, and none twice. */
  checkCounts(ended: readonly EndedCall[]): void {
    for (const name of this.#ledger.names()) {
      const entries = this.#ledger.entries(name);
      const counted = entries.reduce((sum, entry) => sum + countedBy(entry), 0);
      const calls = ended.filter((call) => call.name === name);
      const changes = entries.filter(isTransition).map((entry) => entry.at);
      const undisturbed = calls.filter((call) => {
        const [from, until] = this.#lifeOf(call);
        return !changes.some((at) => at >= from && at <= until);
      });
      const tooLate = calls.filter(({ workedFrom, workedUntil }) =>
        changes.some((at) => at > workedFrom && at < workedUntil),
      );
      if (counted > calls.length - tooLate.length) {
        this.#chronicle.violated(
          'F2',
          `${name} counted ${counted} outcomes of ${calls.length} calls, ${tooLate.length} of which outlived their state`,
        );
      }
      if (counted < undisturbed.length) {
        this.#chronicle.violated(
          'F2',
          `${name} counted ${counted} outcomes, and ${undisturbed.length} calls ended in the state that they began in`,
        );
      }
    }
  }

  /** From the state that let a call in until its outcome reached the store, at the latest. */
  #lifeOf({ begunAt, endedAt, decidedBy, kind }: EndedCall): readonly [from: number, until: number] {
    const { latency, settings } = this.#plan;
    // What a view let in belongs to the state that the view was of.
    const from = decidedBy === 'view' ? begunAt - this.#staleness() : begunAt;
    // Its caller does not wait for a success that is merged in memory: a flush, behind a write on the wire, takes it along.
    const isMerged = settings.maxStaleness !== null && kind === 'success';
    return [from, isMerged ? endedAt + settings.maxStaleness + 3 * latency + 2 : endedAt];
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
    const { closing } = this.#plan.settings;
    const most = Math.min(limit, typeof closing === 'number' ? closing : closing.trials);
    if (count > most) this.#chronicle.violated('F1', `${count} trials run in a round of ${most} of ${call.name}`);
  }

  /** Somewhere between the call's beginning, less what a view may be old, and now, the store's record let it in. */
  #checkAdmission(call: ObservedCall): void {
    const from = call.begunAt - this.#staleness();
    const versions = this.#ledger.versions(call.name, from, this.#now());
    if (versions.some(admits)) return;
    const record = this.#ledger.current(call.name);
    this.#chronicle.violated('F4', `${call.name} let a call in while it was ${record?.state ?? 'unknown'} and not due`);
  }

  #staleness(): number {
    const { maxStaleness } = this.#plan.settings;
    if (maxStaleness === null) return 0;
    // A clock that is set makes a view look younger than it is, by as much: the documents say so.
    const steps = this.#plan.faults.reduce(
      (sum, fault) => sum + (fault.kind === 'clock-step' ? Math.abs(fault.by) : 0),
      0,
    );
    return maxStaleness * 1.05 + 2 + steps;
  }

  #checkTrip(name: string, closed: CircuitRecord): void {
    const failures = this.#outcomes.filter(
      ({ name: of, kind, at }) => of === name && kind === 'failure' && at >= this.#begunAt(name, closed),
    ).length;
    const { threshold } = this.#plan.settings;
    if (failures < threshold)
      this.#chronicle.violated('F8', `${name} opened after ${failures} of ${threshold} failures`);
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
    const { closing } = this.#plan.settings;
    const needed = typeof closing === 'number' ? closing : Math.ceil(closing.trials * closing.successRate);
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

function countedBy({ verb, before, after }: LedgerEntry): number {
  if (after === null || verb === 'flush') return 0;
  if (verb === 'apply' || before === null) return totalOf(after) - totalOf(before);
  // A clear begins with the outcomes that it carries; any other store carries what there was.
  const isClear = before.state === 'closed' && after.state === 'closed' && before.since === after.since;
  return isClear && after.generation > before.generation
    ? totalOf(after)
    : isClear
      ? totalOf(after) - totalOf(before)
      : 0;
}

function roundKey(name: string, round: CircuitRecord): string {
  return `${name} ${round.since}`;
}

function transitionKey(name: string, revision: number, to: string): string {
  return `${name} ${revision} ${to}`;
}

function keyOf(name: string, { before, after }: LedgerEntry): string {
  return transitionKey(name, before?.revision ?? 0, after?.override?.state ?? after?.state ?? 'closed');
}

function totalOf(record: CircuitRecord | null): number {
  const totals = ['total.failures', 'total.successes', 'total.ignored'];
  return totals.reduce((sum, name) => sum + (record?.counters[name] ?? 0), 0);
}
