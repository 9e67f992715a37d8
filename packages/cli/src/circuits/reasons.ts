import type { CircuitView } from './view.js';

/** How many reasons are told apart, and how many of them are named. Memory does not grow beyond it. */
const mostKept = 100;
const mostNamed = 5;

/** Counts why circuits are not closed: an operator at night looks for the reasons, not for the circuits. */
export class Reasons {
  readonly #failures = new Map<string, number>();
  #troubled = 0;
  #forced = 0;
  #unkept = 0;

  add({ state, lastFailure }: CircuitView): void {
    if (state === 'closed') return;
    this.#troubled += 1;
    if (state === 'forced-open' || state === 'forced-closed') {
      this.#forced += 1;
      return;
    }
    const reason = lastFailure ?? 'no known failure';
    const count = this.#failures.get(reason);
    if (count === undefined && this.#failures.size === mostKept) this.#unkept += 1;
    else this.#failures.set(reason, (count ?? 0) + 1);
  }

  /** How many circuits are not closed. */
  get troubled(): number {
    return this.#troubled;
  }

  /** How many, and why: the most frequent first, operators' last. */
  counted(): (readonly [count: string, why: string])[] {
    const counts = [...this.#failures].sort(([, one], [, other]) => other - one);
    const rows = counts.slice(0, mostNamed);
    const others = counts.slice(mostNamed).reduce((sum, [, count]) => sum + count, this.#unkept);
    if (others > 0) rows.push(['for other reasons', others]);
    if (this.#forced > 0) rows.push(['forced by an operator', this.#forced]);
    return rows.map(([why, count]) => [`  ${count}`, why]);
  }
}
