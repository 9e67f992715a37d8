import { counterOf } from '../contract/counters.js';
import type { Counters } from '../contract/record.js';
import type { Outcome } from './outcome.js';
import type { CallsWindowSpec, WindowSpec } from './window-spec.js';

/** What a window holds. */
export interface WindowSums {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

type Cell = { -readonly [Field in keyof WindowSums]: number };

const fields = ['calls', 'failures', 'slow'] as const;
const letters = ['c', 'f', 's'] as const;

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
  readonly #cells = new Map<number, Cell>();
  /** What `add` put into each cell. */
  readonly #addedCells = new Map<number, Cell>();
  /** The newest cell's number; −Infinity in an empty window. */
  #head = -Infinity;
  readonly #sums = emptyCell();
  readonly #stale: string[] = [];

  /** @param now decides which cells are from a broken clock: more than a window ahead. */
  constructor(spec: WindowSpec, counters: Counters, now: number) {
    this.#spec = spec;
    // Stryker disable next-line ConditionalExpression: without buckets it would be NaN, which nothing is beyond either.
    const newest = spec.kind === 'time' ? bucketAt(spec.bucketLength, now) + spec.buckets : Infinity;
    for (const name in counters) {
      if (name.startsWith(spec.prefix)) this.#read(name, counterOf(counters, name), newest);
    }
    this.#forgetOld();
  }

  /** Counts one outcome in: into bucket max(its time, newest bucket), or the newest segment that has room. */
  add(outcome: Outcome): void {
    const index = this.#indexFor(outcome.at);
    count(cellAt(this.#cells, index), outcome);
    count(cellAt(this.#addedCells, index), outcome);
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
    for (const [index, cell] of this.#cells) {
      if (index >= oldest) for (const field of fields) sums[field] += cell[field];
    }
    return sums;
  }

  /** The changes that `add` made, for a delta. Named only here: an outcome must not pay for three strings. */
  get added(): ReadonlyMap<string, number> {
    const added = new Map<string, number>();
    for (const [index, cell] of this.#addedCells) {
      for (const [place, field] of fields.entries()) {
        if (cell[field] > 0) added.set(nameOf(this.#spec, index, place), cell[field]);
      }
    }
    return added;
  }

  /** Counters that a delta drops: out of the window, or of a broken clock. */
  get stale(): readonly string[] {
    return this.#stale;
  }

  #read(name: string, value: number, newest: number): void {
    const start = this.#spec.prefix.length;
    const dot = name.indexOf('.', start);
    const index = Number(name.slice(start, dot));
    const field = fields[letters.indexOf(name.slice(dot + 1) as (typeof letters)[number])];
    if (field === undefined || !Number.isSafeInteger(index) || index > newest) {
      this.#stale.push(name);
      return;
    }
    // Below 0 only by a stranger's hand: it must not take from what others counted.
    const counted = Math.max(0, value);
    cellAt(this.#cells, index)[field] += counted;
    this.#sums[field] += counted;
    this.#head = Math.max(this.#head, index);
  }

  #indexFor(at: number): number {
    const spec = this.#spec;
    const head = this.#head;
    if (spec.kind === 'time') return Math.max(bucketAt(spec.bucketLength, at), head);
    if (head === -Infinity) return 1;
    return cellAt(this.#cells, head).calls < spec.perSegment ? head : head + 1;
  }

  #forgetOld(): void {
    const spec = this.#spec;
    const oldest = spec.kind === 'time' ? this.#head - spec.buckets + 1 : this.#oldestSegment(spec);
    for (const [index, cell] of this.#cells) {
      if (index >= oldest) continue;
      this.#cells.delete(index);
      this.#addedCells.delete(index);
      for (const [place, field] of fields.entries()) {
        this.#sums[field] -= cell[field];
        this.#stale.push(nameOf(spec, index, place));
      }
    }
  }

  /** Newest first, until the calls are enough. Segments that others filled twice make the row shorter, never longer. */
  #oldestSegment(spec: CallsWindowSpec): number {
    const head = this.#head;
    let calls = 0;
    let oldest = head;
    for (let index = head; index > head - spec.segments && calls < spec.calls; index -= 1) {
      calls += this.#cells.get(index)?.calls ?? 0;
      oldest = index;
    }
    return oldest;
  }
}

const nothing: WindowSums = Object.freeze(emptyCell());

function emptyCell(): Cell {
  return { calls: 0, failures: 0, slow: 0 };
}

function cellAt(cells: Map<number, Cell>, index: number): Cell {
  let cell = cells.get(index);
  if (cell === undefined) {
    cell = emptyCell();
    cells.set(index, cell);
  }
  return cell;
}

function count(cell: Cell, outcome: Outcome): void {
  cell.calls += 1;
  if (outcome.kind === 'failure') cell.failures += 1;
  if (outcome.slow) cell.slow += 1;
}

/** @param place of the field in `fields` */
function nameOf(spec: WindowSpec, index: number, place: number): string {
  return `${spec.prefix}${index}.${letters[place]}`;
}

function bucketAt(bucketLength: number, at: number): number {
  return Math.floor(at / bucketLength);
}
