import type { Resolver } from '../circuit/resolver.js';
import { applyDelta, meetsExpectation, withCounters } from '../contract/counters.js';
import type { CircuitRecord, Counters, Delta } from '../contract/record.js';
import { counter } from '../machine/facts/counter-names.js';
import { isCurrent, sameFence, type Fence } from '../machine/record/fence.js';
import type { OutcomeTotals } from '../machine/facts/outcome.js';
import { stamped, unrecorded, type NextRecord, type Stamp } from '../machine/record/revision.js';
import type { RecordStore, Sight, Write, Written } from '../store/record-store.js';

/**
 * One circuit's record in this process while the store can't be used: the same decisions on a plain object, beginning with
 * the record last seen.
 *
 * It also keeps the sums of what was counted under the store's own fence, to be added to the totals once the store is
 * back. Its transitions are its own: they are announced to nobody and thrown away then.
 */
export class LocalRecord implements RecordStore {
  readonly isShared = false;
  /** The revision it began with; 0: from no record. */
  readonly beganWith: number;
  readonly #fence: Fence;
  readonly #now: () => number;
  readonly #stamp: () => Stamp;
  #record: CircuitRecord | null;
  #unsent: OutcomeTotals = { failures: 0, successes: 0, ignored: 0, slow: 0 };

  constructor(record: CircuitRecord | null, now: () => number, stamp: () => Stamp) {
    this.beganWith = record?.revision ?? 0;
    this.#record = record;
    this.#fence = record ?? unrecorded;
    this.#now = now;
    this.#stamp = stamp;
  }

  /** What it holds now. */
  look(): Sight {
    return { record: this.#record, now: this.#now() };
  }

  async read(): Promise<Sight> {
    return this.look();
  }

  write(base: CircuitRecord | null, write: Write, _now: number, to: Resolver<Written>): void {
    to.resolve({ applied: this.#writes(base, write), ...this.look() });
  }

  /** Notes outcomes that never reached the store, for its totals; only under the fence that the store last had. */
  keepForTotals(fence: Fence, more: OutcomeTotals): void {
    if (!sameFence(fence, this.#fence)) return;
    const { failures, successes, ignored, slow } = this.#unsent;
    this.#unsent = {
      failures: failures + more.failures,
      successes: successes + more.successes,
      ignored: ignored + more.ignored,
      slow: slow + more.slow,
    };
  }

  /** What it keeps for totals under this fence. */
  unsentUnder(fence: Fence): OutcomeTotals {
    return sameFence(fence, this.#fence) ? this.#unsent : { failures: 0, successes: 0, ignored: 0, slow: 0 };
  }

  /**
   * What to add to the record once the store is back: totals only. Consecutive failures, windows and trials are left
   * out, or a worker that lost the store and the dependency together would trip everybody.
   */
  totalsFor(record: CircuitRecord): Delta | null {
    if (record.state !== 'closed' || !isCurrent(this.#fence, record)) return null;
    const { failures, successes, ignored, slow } = this.#unsent;
    if (failures + successes + ignored === 0) return null;
    const sums = [
      [counter.totalFailures, failures],
      [counter.totalSuccesses, successes],
      [counter.totalIgnored, ignored],
      [counter.totalSlow, slow],
    ] as const;
    return { add: Object.fromEntries(sums.filter(([, value]) => value > 0)) };
  }

  /** Answers whether it was applied. */
  #writes(base: CircuitRecord | null, write: Write): boolean {
    switch (write.kind) {
      case 'apply':
      case 'change':
        return this.#apply(base, write.delta);
      case 'store':
        return this.#store(base, write.next, write.expect);
      case 'transition':
        return this.#store(write.transition.before, write.transition.next, write.transition.expect);
    }
  }

  #apply(base: CircuitRecord | null, delta: Delta): boolean {
    const record = this.#record;
    if (record === null || record.revision !== base?.revision) return false;
    this.#record = withCounters(record, applyDelta(record.counters, delta));
    return true;
  }

  #store(before: CircuitRecord | null, next: NextRecord, expect?: Counters): boolean {
    const record = this.#record;
    if (record?.revision !== before?.revision || !meetsExpectation(record?.counters ?? {}, expect)) return false;
    this.#record = stamped(next, record, this.#now(), this.#stamp());
    return true;
  }
}
