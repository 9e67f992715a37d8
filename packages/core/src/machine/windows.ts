import { counterOf } from '../contract/counters.js';
import type { Counters } from '../contract/record.js';
import type { Outcome } from './outcome.js';

/** Over which calls a rate or count is taken: those of the last while, or the last N. */
export type WindowSpec =
  | { readonly kind: 'time'; readonly bucketLength: number; readonly buckets: number }
  | { readonly kind: 'calls'; readonly calls: number; readonly perSegment: number; readonly segments: number };

/** What a window holds. */
export interface WindowSums {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

interface Cell {
  calls: number;
  failures: number;
  slow: number;
}

const fields = ['calls', 'failures', 'slow'] as const;
const letters = { calls: 'c', failures: 'f', slow: 's' } as const;

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
  readonly #prefix: string;
  readonly #cells = new Map<number, Cell>();
  readonly #added = new Map<string, number>();
  /** The newest cell; null in an empty window. */
  #head: number | null = null;
  #sums: Cell = { calls: 0, failures: 0, slow: 0 };
  /** Names of counters in the record that no window needs any more. */
  readonly #stale: string[] = [];

  /** @param now decides which cells are from a broken clock: more than a window ahead. */
  constructor(spec: WindowSpec, counters: Counters, now: number) {
    this.#spec = spec;
    this.#prefix = prefixOf(spec);
    const latest = spec.kind === 'time' ? bucketAt(spec.bucketLength, now) + spec.buckets : Infinity;
    for (const name in counters) {
      if (name.startsWith(this.#prefix)) this.#read(name, counterOf(counters, name), latest);
    }
    for (const index of this.#cells.keys()) if (this.#head === null || index > this.#head) this.#head = index;
    this.#forgetOld();
  }

  /** Counts one outcome in: into bucket max(its time, newest bucket), or the newest segment that has room. */
  add(outcome: Outcome): void {
    const index = this.#indexFor(outcome.at);
    const cell = this.#cells.get(index) ?? { calls: 0, failures: 0, slow: 0 };
    this.#cells.set(index, cell);
    for (const field of fields) {
      const more = field === 'calls' || (field === 'failures' ? outcome.kind === 'failure' : outcome.slow) ? 1 : 0;
      if (more === 0) continue;
      const name = `${this.#prefix}${index}.${letters[field]}`;
      cell[field] += 1;
      this.#sums[field] += 1;
      this.#added.set(name, (this.#added.get(name) ?? 0) + 1);
    }
    const moved = index !== this.#head;
    this.#head = index;
    // A window of calls can also overflow within a segment, when other processes filled it too.
    if (moved || this.#spec.kind === 'calls') this.#forgetOld();
  }

  /** What it holds at the time of its newest outcome, if that is still inside the window at `now`; else nothing. */
  sumsAsOfNewest(now: number): WindowSums {
    return this.#hasAged(now) ? nothing : this.#sums;
  }

  /** What it holds at `now`. */
  sumsAt(now: number): WindowSums {
    if (this.#head === null || this.#spec.kind === 'calls') return this.#sums;
    const oldest = bucketAt(this.#spec.bucketLength, now) - this.#spec.buckets + 1;
    const sums = { calls: 0, failures: 0, slow: 0 };
    for (const [index, cell] of this.#cells) if (index >= oldest) addTo(sums, cell);
    return sums;
  }

  /** The changes that `add` made, for a delta. */
  get added(): ReadonlyMap<string, number> {
    return this.#added;
  }

  /** Counters that the delta drops: out of the window, or of a broken clock. */
  get stale(): readonly string[] {
    return this.#stale;
  }

  #read(name: string, value: number, latest: number): void {
    const dot = name.indexOf('.', this.#prefix.length);
    const index = Number(name.slice(this.#prefix.length, dot));
    const field = fields.find((each) => letters[each] === name.slice(dot + 1));
    if (field === undefined || !Number.isSafeInteger(index) || index > latest) {
      this.#stale.push(name);
      return;
    }
    const cell = this.#cells.get(index) ?? { calls: 0, failures: 0, slow: 0 };
    this.#cells.set(index, cell);
    cell[field] = Math.max(0, value);
    this.#sums[field] += cell[field];
  }

  #indexFor(at: number): number {
    const head = this.#head;
    if (this.#spec.kind === 'time') return Math.max(bucketAt(this.#spec.bucketLength, at), head ?? 0);
    if (head === null) return 1;
    return (this.#cells.get(head)?.calls ?? 0) < this.#spec.perSegment ? head : head + 1;
  }

  #hasAged(now: number): boolean {
    if (this.#head === null || this.#spec.kind === 'calls') return false;
    return bucketAt(this.#spec.bucketLength, now) - this.#head >= this.#spec.buckets;
  }

  #forgetOld(): void {
    if (this.#head === null) return;
    const oldest = this.#oldestKept(this.#head);
    for (const [index, cell] of this.#cells) {
      if (index >= oldest) continue;
      this.#cells.delete(index);
      for (const field of fields) {
        this.#sums[field] -= cell[field];
        const name = `${this.#prefix}${index}.${letters[field]}`;
        this.#added.delete(name);
        this.#stale.push(name);
      }
    }
  }

  #oldestKept(head: number): number {
    if (this.#spec.kind === 'time') return head - this.#spec.buckets + 1;
    let calls = 0;
    let oldest = head;
    // Newest first, until the calls are enough. Segments that others filled twice make the row shorter, never longer.
    for (let index = head; index > head - this.#spec.segments && calls < this.#spec.calls; index -= 1) {
      calls += this.#cells.get(index)?.calls ?? 0;
      oldest = index;
    }
    return oldest;
  }
}

const nothing: WindowSums = Object.freeze({ calls: 0, failures: 0, slow: 0 });

/** A time window in `buckets` parts; the last one may be shorter in ms by rounding, never the window longer. */
export function timeWindow(length: number, buckets: number): WindowSpec {
  const parts = Math.max(1, Math.min(buckets, Math.floor(length)));
  return { kind: 'time', bucketLength: Math.max(1, Math.floor(length / parts)), buckets: parts };
}

/** The last `calls` calls, in at most 100 segments. */
export function callsWindow(calls: number): WindowSpec {
  const perSegment = Math.ceil(calls / 100);
  return { kind: 'calls', calls, perSegment, segments: Math.ceil(calls / perSegment) };
}

/** Equal for equal windows: two rules over the same one share its counters, and another one never meets them. */
export function prefixOf(spec: WindowSpec): string {
  return spec.kind === 'time' ? `w${spec.bucketLength}x${spec.buckets}:` : `n${spec.calls}:`;
}

function bucketAt(bucketLength: number, at: number): number {
  return Math.floor(at / bucketLength);
}

function addTo(sums: Cell, cell: Cell): void {
  for (const field of fields) sums[field] += cell[field];
}

const timeCell = /^w(\d+)x(\d+):(\d+)\./;

/**
 * Counters of time windows that these rules don't have any more (settings changed) and that have left even their own
 * window. A rolling deployment keeps both kinds until then.
 */
export function staleElsewhere(specs: readonly WindowSpec[], counters: Counters, now: number): readonly string[] {
  const stale: string[] = [];
  for (const name in counters) {
    if (name.charCodeAt(0) !== 119 /* w */ || specs.some((spec) => name.startsWith(prefixOf(spec)))) continue;
    const match = timeCell.exec(name);
    if (match === null) continue;
    const age = bucketAt(Number(match[1]), now) - Number(match[3]);
    if (age >= Number(match[2])) stale.push(name);
  }
  return stale;
}
