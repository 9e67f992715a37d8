import { applyDelta, meetsExpectation, withCounters } from '../contract/counters.js';
import type { CircuitRecord, Counters, Delta } from '../contract/record.js';
import { fenceOf, isCurrent, sameFence, type Fence } from '../machine/fence.js';
import type { OutcomeTotals } from '../machine/outcome.js';
import type { ReportWrite } from '../machine/report.js';
import { stamped, type NextRecord, type Stamp } from '../machine/revision.js';
import type { Transition } from '../machine/transition.js';
import { counter } from '../machine/counter-names.js';
import { tell, type Answer, type Asker, type Port, type WriteAnswer } from './port.js';

/**
 * This process's own machine while the store is down: the same decisions on a plain object, beginning with the record
 * last seen.
 *
 * It also keeps the sums of what was counted under the store's own fence, to be added to the totals once the store is
 * back. Its transitions are its own: they are announced to nobody and thrown away then.
 */
export class LocalPort implements Port {
  readonly #fence: Fence;
  readonly #now: () => number;
  readonly #stamp: () => Stamp;
  #record: CircuitRecord | null;
  #unsent: OutcomeTotals = { failures: 0, successes: 0, ignored: 0, slow: 0 };

  constructor(record: CircuitRecord | null, now: () => number, stamp: () => Stamp) {
    this.#record = record;
    this.#fence = { state: fenceOf(record).state, since: fenceOf(record).since };
    this.#now = now;
    this.#stamp = stamp;
  }

  read(asker: Asker): void {
    tell(asker, { ...this.#answer(), applied: false });
  }

  write(base: CircuitRecord | null, write: ReportWrite, _now: number, asker: Asker): void {
    const writing =
      write.kind === 'store'
        ? this.#store(base, write.next, write.expect)
        : this.apply(base as CircuitRecord, write.delta);
    void writing.then((answer) => tell(asker, answer));
  }

  async apply(base: CircuitRecord, delta: Delta): Promise<WriteAnswer> {
    const record = this.#record;
    if (record === null || record.revision !== base.revision) return { ...this.#answer(), applied: false };
    this.#record = withCounters(record, applyDelta(record.counters, delta));
    return { ...this.#answer(), applied: true };
  }

  async #store(before: CircuitRecord | null, next: NextRecord, expect?: Counters): Promise<WriteAnswer> {
    const record = this.#record;
    const matches = record?.revision === before?.revision && meetsExpectation(record?.counters ?? {}, expect);
    if (!matches) return { ...this.#answer(), applied: false };
    this.#record = stamped(next, record, this.#now(), this.#stamp());
    return { ...this.#answer(), applied: true };
  }

  transition(transition: Transition): Promise<WriteAnswer> {
    return this.#store(transition.before, transition.next, transition.expect);
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

  #answer(): Answer {
    return { record: this.#record, now: this.#now() };
  }
}
