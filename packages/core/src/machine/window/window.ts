import type { Counters } from '../../contract/record.js';
import type { Outcome } from '../facts/outcome.js';
import { cellAt, emptyCell, fields, nameOf, rowOf, type Cell, type WindowRow, type WindowSums } from './window-row.js';
import type { CallsWindowSpec, WindowSpec } from './window-spec.js';

/**
 * One window of one record while it is read or counted into.
 *
 * A window is a row of numbered cells, each three counters named `<prefix><number>.<letter>`. A time window's numbers
 * count bucket lengths since the epoch, so that all workers agree on edges without a word; those of a window of calls
 * count segments. Cells leave by age, never by step: an idle hour empties a time window (peers that rotate one bucket
 * per call trip on outcomes that are hours apart).
 */
export class Window {
  readonly #spec: WindowSpec;
  /** What the record holds; what is below `oldest` or above `newest` is not in the window. */
  readonly #row: WindowRow;
  #oldest = -Infinity;
  readonly #newest: number;
  /** What `add` put into each cell. */
  readonly #added = new Map<number, Cell>();
  /** The newest cell's number; −Infinity in an empty window. */
  #head = -Infinity;
  readonly #sums: Cell;
  readonly #stale: string[];

  /** @param now decides which cells are from a broken clock: more than a window ahead. */
  constructor(spec: WindowSpec, counters: Counters, now: number) {
    const row = rowOf(spec, counters);
    this.#spec = spec;
    this.#row = row;
    this.#sums = { ...row.sums };
    this.#stale = [...row.strange];
    // Stryker disable next-line ConditionalExpression: without buckets it would be NaN, which nothing is beyond either.
    const newest = spec.kind === 'time' ? bucketAt(spec.bucketLength, now) + spec.buckets : Infinity;
    this.#newest = newest;
    for (const [number, cell] of row.cells) {
      if (number <= newest) this.#head = number;
      else {
        plus(this.#sums, cell, -1);
        for (const field of fields) if (cell[field] > 0) this.#stale.push(nameOf(spec, number, field));
      }
    }
    this.#forgetOld();
  }

  /** Counts one outcome in: into bucket max(its time, newest bucket), or the newest segment that has room. */
  add(outcome: Outcome): void {
    const index = this.#indexFor(outcome.at);
    count(cellAt(this.#added, index), outcome);
    count(this.#sums, outcome);
    // Stryker disable next-line ConditionalExpression: forgetting more often changes nothing.
    const isSameCell = index === this.#head;
    this.#head = index;
    // A window of calls can overflow within a segment as well, when other processes filled the row too.
    // Stryker disable next-line ConditionalExpression,StringLiteral: as above.
    if (isSameCell && this.#spec.kind === 'time') return;
    this.#forgetOld();
  }

  /** What it holds at the time of its newest outcome, if that is still inside the window at `now`; else nothing. */
  sumsAsOfNewest(now: number): WindowSums {
    const spec = this.#spec;
    if (spec.kind === 'calls') return this.#sums;
    return bucketAt(spec.bucketLength, now) - this.#head < spec.buckets ? this.#sums : nothing;
  }

  /** What it holds at `now`. */
  sumsAt(now: number): WindowSums {
    const spec = this.#spec;
    if (spec.kind === 'calls') return this.#sums;
    const oldest = bucketAt(spec.bucketLength, now) - spec.buckets + 1;
    const sums = emptyCell();
    for (const [number, cell] of this.#row.cells) {
      if (number >= oldest && number >= this.#oldest && number <= this.#newest) plus(sums, cell);
    }
    for (const [number, cell] of this.#added) if (number >= oldest) plus(sums, cell);
    return sums;
  }

  /** Whether it holds as many calls as it ever will. A time window always does. */
  get isFull(): boolean {
    const spec = this.#spec;
    return spec.kind === 'time' || this.#sums.calls > spec.calls - spec.perSegment;
  }

  /** The changes that `add` made, for a delta. Named only here: an outcome must not pay for three strings. */
  get added(): ReadonlyMap<string, number> {
    const added = new Map<string, number>();
    for (const [index, cell] of this.#added) {
      for (const field of fields) {
        if (cell[field] > 0) added.set(nameOf(this.#spec, index, field), cell[field]);
      }
    }
    return added;
  }

  /** Counters that a delta drops: out of the window, or of a broken clock. */
  get stale(): readonly string[] {
    return this.#stale;
  }

  #indexFor(at: number): number {
    const spec = this.#spec;
    const head = this.#head;
    if (spec.kind === 'time') return Math.max(bucketAt(spec.bucketLength, at), head);
    if (head === -Infinity) return 1;
    return this.#callsIn(head) < spec.perSegment ? head : head + 1;
  }

  #forgetOld(): void {
    const spec = this.#spec;
    const { cells } = this.#row;
    const oldest = spec.kind === 'time' ? this.#head - spec.buckets + 1 : this.#oldestSegment(spec);
    for (const [number, cell] of cells) {
      if (number >= oldest) break;
      if (number >= this.#oldest) this.#forget(number, cell);
    }
    for (const [number, cell] of this.#added) {
      if (number >= oldest) continue;
      this.#added.delete(number);
      if (cells.has(number)) plus(this.#sums, cell, -1);
      else this.#forget(number, cell);
    }
    this.#oldest = oldest;
  }

  #forget(number: number, cell: WindowSums): void {
    plus(this.#sums, cell, -1);
    for (const field of fields) this.#stale.push(nameOf(this.#spec, number, field));
  }

  #callsIn(number: number): number {
    return (this.#row.cells.get(number)?.calls ?? 0) + (this.#added.get(number)?.calls ?? 0);
  }

  /** Newest first, until the calls are enough. Segments that others filled twice make the row shorter, never longer. */
  #oldestSegment(spec: CallsWindowSpec): number {
    const head = this.#head;
    let calls = 0;
    let oldest = head;
    for (let index = head; index > head - spec.segments && calls < spec.calls; index -= 1) {
      calls += this.#callsIn(index);
      oldest = index;
    }
    return oldest;
  }
}

const nothing: WindowSums = Object.freeze(emptyCell());

function plus(sums: Cell, cell: WindowSums, sign = 1): void {
  for (const field of fields) sums[field] += sign * cell[field];
}

function count(cell: Cell, outcome: Outcome): void {
  cell.calls += 1;
  if (outcome.kind === 'failure') cell.failures += 1;
  if (outcome.slow) cell.slow += 1;
}

function bucketAt(bucketLength: number, at: number): number {
  return Math.floor(at / bucketLength);
}
