import { applyDelta, counterOf } from '../../contract/counters.js';
import type { CircuitRecord, Counters, Delta } from '../../contract/record.js';
import { verdictOf } from '../rules/closing.js';
import { counter } from '../facts/counter-names.js';
import { isClearDue, toldUntil, waitOf, waitsIn } from '../record/ends.js';
import type { Fence } from '../record/fence.js';
import type { Information } from '../facts/information.js';
import { informationOf } from '../record/information-of.js';
import { momentAfter } from '../facts/moment.js';
import type { Outcome, OutcomeTotals } from '../facts/outcome.js';
import { unrecorded } from '../record/revision.js';
import type { Rules } from '../rules/rules.js';
import type { Counts } from '../rules/trip.js';
import { leftOvers } from '../window/left-over.js';
import type { WindowSpec } from '../window/window-spec.js';
import type { WindowSums } from '../window/window-row.js';
import { Window } from '../window/window.js';
import type { Writable } from '../../time/writable.js';

/**
 * Outcomes merged over one record: what the record would be, and the delta that makes it so.
 *
 * It holds sums, never a list, so that a buffer of a million successes is as small as one of three.
 */
export class Draft implements Counts {
  readonly consecutiveFailures: number;
  readonly total: number;
  readonly #record: CircuitRecord | null;
  /** What the outcomes are added to. */
  readonly #counters: Counters;
  readonly #rules: Rules;
  readonly #halfOpen: boolean;
  readonly #holdsTickets: boolean;
  readonly #windows: readonly Window[];
  readonly #now: number;
  /** Until when these outcomes, or those in the record, told the circuit to wait; 0: that is over, or nobody told. */
  #toldUntil = 0;
  /** What of that the counters say already. */
  #knownUntil = 0;
  /** Two runs: whether an outcome of the other kind ended the one that was there, and what came since. */
  #failuresEnded = false;
  #failuresInRow = 0;
  #successesEnded = false;
  #successesInRow = 0;
  #totalFailures = 0;
  #totalSuccesses = 0;
  #ignored = 0;
  #slow = 0;
  #trialsSucceeded = 0;
  #trialsFailed = 0;
  #lastFailure: string | null = null;

  /**
   * @param record what the outcomes are counted onto; null: a circuit that has no record yet.
   * @param fence theirs, where it may be one of trials that were given up: they have no ticket to give back.
   */
  constructor(record: CircuitRecord | null, now: number, rules: Rules, fence?: Fence) {
    this.#record = record;
    // Past a due cyclic clear nothing counts but these outcomes: the write that carries them stores the clear.
    const isCleared = record !== null && record.expiresAt !== null && isClearDue(record, now, rules);
    this.#counters = record === null || isCleared ? {} : record.counters;
    // No count, so no clear takes it.
    if (record !== null && counter.toldUntil in record.counters)
      this.#toldUntil = toldUntil(record.counters, now, rules);
    if (!isCleared) this.#knownUntil = this.#toldUntil;
    this.consecutiveFailures = this.#base(counter.consecutiveFailures);
    this.total = this.#base(counter.totalFailures) + this.#base(counter.totalSuccesses);
    this.#holdsTickets = fence?.incident === undefined;
    this.#rules = rules;
    this.#now = now;
    this.#halfOpen = record?.state === 'half-open';
    // Trials are counted by the round, not by a window: minimum calls don't apply to them.
    const specs = this.#halfOpen ? noSpecs : rules.windows;
    // Stryker disable next-line ConditionalExpression: without windows it spares an empty list, no more.
    this.#windows = specs.length === 0 ? noWindows : specs.map((spec) => new Window(spec, this.#counters, now));
  }

  /**
   * Counts one outcome.
   *
   * @param keepFailures leave the run of failures alone: a success that waited in a buffer must not wipe failures
   *   that came after it.
   */
  add(outcome: Outcome, keepFailures = false): void {
    if (outcome.kind === 'ignored') {
      this.#ignored += 1;
      return;
    }
    if (outcome.slow) this.#slow += 1;
    if (outcome.kind === 'success') {
      this.addPlainSuccess();
      if (!keepFailures) {
        this.#failuresEnded = true;
        this.#failuresInRow = 0;
        (this as Writable<Draft>).consecutiveFailures = 0;
      }
    } else {
      const own = this as Writable<Draft>;
      own.total += 1;
      own.consecutiveFailures += 1;
      this.#totalFailures += 1;
      this.#failuresInRow += 1;
      this.#successesEnded = true;
      this.#successesInRow = 0;
      this.#lastFailure = outcome.failure;
      if (outcome.openFor !== null) this.#hearToldUntil(momentAfter(outcome.at, outcome.openFor));
    }
    // As a trial; outside a round nobody asks.
    if (outcome.kind === 'failure' || (outcome.slow && this.#rules.slowTrialsFail)) this.#trialsFailed += 1;
    else this.#trialsSucceeded += 1;
    for (const window of this.#windows) window.add(outcome);
  }

  /** Counts a success of a closed circuit that is not slow and that no window counts; failures in a row are left alone. */
  addPlainSuccess(): void {
    (this as Writable<Draft>).total += 1;
    this.#totalSuccesses += 1;
    this.#successesInRow += 1;
  }

  /** What is in it. */
  get totals(): OutcomeTotals {
    return { failures: this.#totalFailures, successes: this.#totalSuccesses, ignored: this.#ignored, slow: this.#slow };
  }

  /** Whether a transition follows from what is counted: the place to cut a batch, or later outcomes would hide it. */
  isDecided(): boolean {
    if (this.#isForced || this.#record?.state === 'open') return false;
    if (this.#toldUntil > 0) return true;
    if (this.#halfOpen) return verdictOf(this.#rules.closing, this.#trialCounters()) !== 'undecided';
    return this.#rules.trip.trips(this);
  }

  /** What is known of the newest failure in it; null: nothing. */
  get lastFailure(): string | null {
    return this.#lastFailure;
  }

  windowSums(spec: WindowSpec): WindowSums {
    const index = this.#rules.windows.findIndex(({ prefix }) => prefix === spec.prefix);
    return (this.#windows[index] as Window).sumsAsOfNewest(this.#now);
  }

  information(): Information {
    return informationOf(this.#asRecord(), this.#now, this.#rules);
  }

  /**
   * The delta was applied, and this record came of it. Where nobody else counted meanwhile, what its windows hold is known
   * without reading them again.
   */
  became({ revision, counters }: CircuitRecord): void {
    if (revision !== this.#record?.revision) return;
    // Each outcome moves one of these three.
    const isOurs = (name: string, added: number): boolean => counterOf(counters, name) === this.#base(name) + added;
    if (!isOurs(counter.totalSuccesses, this.#totalSuccesses) || !isOurs(counter.totalFailures, this.#totalFailures))
      return;
    if (!isOurs(counter.totalIgnored, this.#ignored)) return;
    for (const window of this.#windows) window.became(counters, this.#windows.length > 1);
  }

  /** The change to the record's counters; the same whichever record of the same fence it is applied to. */
  delta(): Delta {
    // With names that change all the time a dictionary: see `without` in contract/counters.ts.
    const add = (this.#windows.some(({ isRestless }) => isRestless) ? Object.create(null) : {}) as Record<
      string,
      number
    >;
    const set: Record<string, number> = {};
    put(this.#failuresEnded ? set : add, counter.consecutiveFailures, this.#failuresInRow, this.#failuresEnded);
    put(this.#successesEnded ? set : add, counter.consecutiveSuccesses, this.#successesInRow, this.#successesEnded);
    put(add, counter.totalFailures, this.#totalFailures);
    put(add, counter.totalSuccesses, this.#totalSuccesses);
    put(add, counter.totalIgnored, this.#ignored);
    put(add, counter.totalSlow, this.#slow);
    if (this.#halfOpen) {
      put(add, counter.trialsSucceeded, this.#trialsSucceeded);
      put(add, counter.trialsFailed, this.#trialsFailed);
      // An ignored trial gives its ticket back.
      if (this.#holdsTickets) put(add, counter.trialsStarted, -this.#ignored);
    }
    const drop: string[] = [];
    if (this.#toldUntil > this.#knownUntil) {
      set[counter.toldUntil] = this.#toldUntil;
      add[`${counter.told}${this.#toldUntil}`] = 1;
    }
    // Not `told.until`, once that is over: another worker may have been told anew meanwhile.
    if (counter.toldUntil in this.#counters)
      for (const name in waitsIn(this.#counters)) if (waitOf(name) <= this.#now) drop.push(name);
    if (!this.#halfOpen && (this.#windows[0]?.hasOthers ?? hasCells(this.#counters))) {
      const tidying = leftOvers(this.#counters, this.#rules.windows, this.#now, this.total);
      drop.push(...tidying.drop);
      Object.assign(set, tidying.set);
    }
    for (const window of this.#windows) {
      window.addTo(add);
      for (const name of window.stale) if (!(name in add)) drop.push(name);
    }
    return drop.length === 0 ? { add, set } : { add, set, drop };
  }

  /** What is over when it comes, or comes under an override, decides nothing. */
  #hearToldUntil(until: number): void {
    if (until > this.#now && until > this.#toldUntil && !this.#isForced) this.#toldUntil = until;
  }

  get #isForced(): boolean {
    return this.#record !== null && this.#record.override !== null;
  }

  #trialCounters(): Counters {
    return {
      [counter.trialsSucceeded]: this.#base(counter.trialsSucceeded) + this.#trialsSucceeded,
      [counter.trialsFailed]: this.#base(counter.trialsFailed) + this.#trialsFailed,
    };
  }

  #base(name: string): number {
    return this.#counters[name] ?? 0;
  }

  #asRecord(): CircuitRecord {
    // Stryker disable next-line StringLiteral: information tells no one who stored a record.
    const record = this.#record ?? { ...unrecorded, revision: 0, by: '' };
    return { ...record, counters: applyDelta(this.#counters, this.delta()) };
  }
}

/** Whether a counter may be a window's: their names begin with `w` or `n`, and no other's does. */
function hasCells(counters: Counters): boolean {
  for (const name in counters) if (name.charAt(0) === 'w' || name.charAt(0) === 'n') return true;
  return false;
}

const noSpecs: readonly WindowSpec[] = Object.freeze([]);
const noWindows: readonly Window[] = Object.freeze([]);

function put(counters: Record<string, number>, name: string, value: number, evenZero = false): void {
  if (value !== 0 || evenZero) counters[name] = value;
}
