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

/** Whether one of the windows asks when an outcome came: a look at the clock is a tenth of a bounded call. */
export function askWhen(specs: readonly WindowSpec[]): boolean {
  for (const { kind } of specs) if (kind === 'time') return true;
  return false;
}

/** How far back the windows of time look, ms; 0 without one. */
export function longestOf(specs: readonly WindowSpec[]): number {
  let longest = 0;
  for (const spec of specs) if (spec.kind === 'time') longest = Math.max(longest, spec.bucketLength * spec.buckets);
  return longest;
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
