/** Over which calls a rate or count is taken: those of the last while, or the last N. */
export type WindowSpec = TimeWindowSpec | CallsWindowSpec;

/** Calls of the last `buckets` × `bucketLength` ms. */
export interface TimeWindowSpec {
  readonly kind: 'time';
  /** What its counters' names begin with: equal for equal windows, so that rules share them, and no other's beginning. */
  readonly prefix: string;
  /** ms. */
  readonly bucketLength: number;
  readonly buckets: number;
}

/** The last `calls` calls. */
export interface CallsWindowSpec {
  readonly kind: 'calls';
  /** As in {@link TimeWindowSpec}. */
  readonly prefix: string;
  readonly calls: number;
  /** How many calls share one segment. */
  readonly perSegment: number;
  readonly segments: number;
}

/** A time window in `buckets` parts, each at least 1 ms; their length is rounded down, so the window is never longer. */
export function timeWindow(length: number, buckets: number): TimeWindowSpec {
  const parts = Math.min(buckets, Math.floor(length));
  const bucketLength = Math.floor(length / parts);
  return { kind: 'time', prefix: `w${bucketLength}x${parts}:`, bucketLength, buckets: parts };
}

/** Into how many segments a window of calls is cut: each is up to three counters in the record. */
const fullSegments = 20;

/**
 * The last `calls` calls: exactly those of up to 20; of more, between that many and as many more as a segment less one holds.
 */
export function callsWindow(calls: number): CallsWindowSpec {
  const perSegment = Math.ceil(calls / fullSegments);
  // One more, which is being filled, or a window would hold too few until it is full.
  const segments = Math.ceil(calls / perSegment) + (perSegment === 1 ? 0 : 1);
  return { kind: 'calls', prefix: `n${calls}:`, calls, perSegment, segments };
}

/** What the names of windows' counters begin with: nothing else of core's does. */
export const cellInitials = 'wn';

const timeCell = /^w(\d+)x(\d+):(\d+)\./;

const callsCell = /^n\d+:/;

/**
 * Whether a counter belongs to a window of calls that these rules don't have any more. It has no age: it leaves once
 * these rules' own windows are full, so that workers with the old settings see as much as they can until then.
 */
export function isOfOtherCalls(name: string, specs: readonly WindowSpec[]): boolean {
  // Stryker disable next-line StringLiteral: the letter only spares most counters the expression.
  return name.startsWith('n') && !isOfAny(name, specs) && callsCell.test(name);
}

/**
 * Whether a counter belongs to a time window that these rules don't have any more (settings changed) and has left even
 * that. A rolling deployment keeps both kinds until then.
 */
export function isLeftOver(name: string, specs: readonly WindowSpec[], now: number): boolean {
  // Stryker disable next-line StringLiteral: the letter only spares most counters the expression.
  if (!name.startsWith('w') || isOfAny(name, specs)) return false;
  const match = timeCell.exec(name);
  if (match === null) return false;
  const [, bucketLength, buckets, index] = match;
  return Math.floor(now / Number(bucketLength)) - Number(index) >= Number(buckets);
}

function isOfAny(name: string, specs: readonly WindowSpec[]): boolean {
  for (const { prefix } of specs) if (name.startsWith(prefix)) return true;
  return false;
}
