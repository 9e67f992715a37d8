import type { Counters } from '../../contract/record.js';
import type { Outcome } from '../facts/outcome.js';
import {
  emptyCell,
  fields,
  nameOf,
  plus,
  rememberRow,
  rowOf,
  type Cell,
  type Sums,
  type WindowRow,
  type WindowSums,
} from './window-row.js';
import type { WindowSpec } from './window-spec.js';

/**
 * One window of one record while it is read or counted into.
 *
 * A window is a row of numbered cells, each up to three counters named `<prefix><number>.<letter>`. A time window's numbers
 * count bucket lengths since the epoch, so that all workers agree on edges without a word; those of a window of calls
 * count segments. A number is never used again: what one worker drops, no other can be counting into anew. Cells leave by
 * age, never by step: an idle hour empties a time window (peers that rotate one bucket per call trip on outcomes that are
 * hours apart).
 *
 * It is made up to three times per call, so it copies nothing and looks at one cell or two.
 */
export class Window {
  readonly #spec: WindowSpec;
  readonly #row: WindowRow;
  /** Which of the row's cells are in the window, by their places: from here … */
  #first = 0;
  /** … to here, excluded: those behind are of a broken clock. */
  #end: number;
  /** What `add` put into each cell, ascending. The first may be on top of the row's last. */
  readonly #added: Cell[] = [];
  /** Its last. */
  #newest: Cell | null = null;
  /** The newest cell's number; −Infinity in an empty window. */
  #head = -Infinity;
  readonly #sums: Sums;
  #stale: string[] | null = null;

  /** @param now decides which cells are from a broken clock: more than a window ahead. */
  constructor(spec: WindowSpec, counters: Counters, now: number) {
    const row = rowOf(spec, counters);
    const { calls, failures, slow } = row.sums;
    this.#spec = spec;
    this.#row = row;
    this.#sums = { calls, failures, slow };
    this.#end = row.cells.length;
    if (this.#end === 0) return;
    if (spec.kind === 'time') this.#disbelieve(bucketAt(spec.bucketLength, now) + spec.buckets);
    this.#head = this.#end === 0 ? -Infinity : this.#cellAt(this.#end - 1).number;
    this.#forgetOld();
  }

  /** Whether its counters' names change all the time. */
  get isRestless(): boolean {
    return this.#spec.kind === 'calls';
  }

  /** Counts one outcome in: into bucket max(its time, newest bucket), or the newest segment that has room. */
  add(outcome: Outcome): void {
    const number = this.#numberFor(outcome.at);
    let cell = this.#newest;
    if (cell?.number !== number) {
      cell = emptyCell(number);
      this.#newest = cell;
      this.#added.push(cell);
    }
    count(cell, outcome);
    count(this.#sums, outcome);
    // Only a new bucket makes an old one leave.
    if (number === this.#head && this.#spec.kind === 'time') return;
    this.#head = number;
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
    const sums: Sums = { ...nothing };
    for (const cell of this.#row.cells.slice(this.#first, this.#end)) if (cell.number >= oldest) plus(sums, cell, 1);
    for (const cell of this.#added) if (cell.number >= oldest) plus(sums, cell, 1);
    return sums;
  }

  /** Puts the changes that `add` made into a delta. Named only here: an outcome must not pay for three strings. */
  addTo(add: Record<string, number>): void {
    for (const cell of this.#added) {
      for (const field of fields) if (cell[field] > 0) add[nameOf(this.#spec, cell.number, field)] = cell[field];
    }
  }

  /**
   * What was added has been stored, and by nobody else: these counters came of it.
   *
   * @param isOneOfMany whether other windows were counted into as well
   */
  became(counters: Counters, isOneOfMany: boolean): void {
    const { cells, strange, hasOthers } = this.#row;
    // Rare, so they are read.
    if (strange.length > 0 || this.#end < cells.length) return;
    const next = cells.slice(this.#first);
    for (const cell of this.#added) {
      if (next.at(-1)?.number === cell.number) plus(cell, next.pop() as Cell, 1);
      next.push(cell);
    }
    rememberRow(this.#spec.prefix, counters, {
      cells: next,
      sums: this.#sums,
      strange,
      hasOthers: hasOthers || isOneOfMany,
    });
  }

  /** Counters that a delta drops: out of the window, or of a broken clock. */
  get stale(): readonly string[] {
    const { strange } = this.#row;
    return this.#stale === null ? strange : [...strange, ...this.#stale];
  }

  /** Whether the record may have counters of other windows. */
  get hasOthers(): boolean {
    return this.#row.hasOthers;
  }

  #numberFor(at: number): number {
    const spec = this.#spec;
    const head = this.#head;
    if (spec.kind === 'time') return Math.max(bucketAt(spec.bucketLength, at), head);
    if (head === -Infinity) return 1;
    return this.#callsIn(head) < spec.perSegment ? head : head + 1;
  }

  /** Leaves out the row's cells above `newest`. */
  #disbelieve(newest: number): void {
    for (; this.#end > 0; this.#end -= 1) {
      const cell = this.#cellAt(this.#end - 1);
      if (cell.number <= newest) return;
      this.#leave(cell);
    }
  }

  #forgetOld(): void {
    for (;;) {
      const oldest = this.#oldest;
      if (!this.#isOver(oldest)) return;
      if (this.#isNextInRow(oldest)) {
        this.#leave(this.#cellAt(this.#first));
        this.#first += 1;
      }
      if (this.#added[0]?.number === oldest) plus(this.#sums, this.#added.shift() as Cell, -1);
    }
  }

  /** Whether the window goes on without its oldest cell. Segments that others filled twice make the row shorter, never longer. */
  #isOver(oldest: number): boolean {
    const spec = this.#spec;
    if (spec.kind === 'time') return oldest <= this.#head - spec.buckets;
    if (oldest <= this.#head - spec.segments) return true;
    const { calls } = this.#sums;
    return calls >= spec.calls && calls - this.#callsIn(oldest) >= spec.calls;
  }

  get #oldest(): number {
    return this.#first < this.#end ? this.#cellAt(this.#first).number : (this.#added[0]?.number ?? Infinity);
  }

  /** Of the oldest cell or the newest: nobody asks about those between. */
  #callsIn(number: number): number {
    let calls = 0;
    if (this.#isNextInRow(number)) calls += this.#cellAt(this.#first).calls;
    else if (this.#first < this.#end && this.#cellAt(this.#end - 1).number === number)
      calls += this.#cellAt(this.#end - 1).calls;
    const { [0]: first } = this.#added;
    if (first?.number === number) calls += first.calls;
    else if (this.#newest?.number === number) calls += this.#newest.calls;
    return calls;
  }

  #isNextInRow(number: number): boolean {
    return this.#first < this.#end && this.#cellAt(this.#first).number === number;
  }

  #cellAt(place: number): Readonly<Cell> {
    return this.#row.cells[place] as Cell;
  }

  /** One of the row's cells is in the window no more. What others count into it meanwhile, a later write drops. */
  #leave(cell: Readonly<Cell>): void {
    plus(this.#sums, cell, -1);
    for (const field of fields) if (cell[field] > 0) (this.#stale ??= []).push(nameOf(this.#spec, cell.number, field));
  }
}

const nothing: WindowSums = Object.freeze({ calls: 0, failures: 0, slow: 0 });

function count(sums: Sums, outcome: Outcome): void {
  sums.calls += 1;
  if (outcome.kind === 'failure') sums.failures += 1;
  if (outcome.slow) sums.slow += 1;
}

function bucketAt(bucketLength: number, at: number): number {
  return Math.floor(at / bucketLength);
}
