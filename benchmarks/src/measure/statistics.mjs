/** What of a sorted list lies below the share `p` of it. */
function percentile(sorted, p) {
  return sorted.length === 0 ? null : sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
}

/** @param {Iterable<number>} values */
function sortedNumbers(values) {
  return [...values].sort((a, b) => a - b);
}

/** @param {Iterable<number>} values */
export function median(values) {
  const sorted = sortedNumbers(values);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The best, the middle and the worst of several rounds of one thing: smaller is better. */
export function spreadOf(values) {
  const sorted = sortedNumbers(values);
  return { best: sorted[0], median: median(sorted), worst: sorted.at(-1) };
}

/** @param {Iterable<number>} values e.g. latencies, ms */
export function percentilesOf(values) {
  const sorted = sortedNumbers(values);
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((p) => percentile(sorted, p));
  return { p50, p95, p99, max: sorted.at(-1) ?? null };
}

/** A random sample of at most `size` of the numbers it is given: memory that doesn't grow with the load. */
export class Reservoir {
  #kept = [];
  #seen = 0;
  #size;

  constructor(size) {
    this.#size = size;
  }

  add(value) {
    this.#seen += 1;
    if (this.#kept.length < this.#size) {
      this.#kept.push(value);
      return;
    }
    const place = Math.floor(Math.random() * this.#seen);
    if (place < this.#size) this.#kept[place] = value;
  }

  get values() {
    return this.#kept;
  }
}
