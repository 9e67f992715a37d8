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

  /** One line; '' for a single circuit, whose row says it all. */
  words(): string {
    if (this.#troubled < 2) return '';
    const counts = [...this.#failures].sort(([, one], [, other]) => other - one);
    const named = counts.slice(0, mostNamed).map(([reason, count]) => `${reason} (${count})`);
    const others = counts.slice(mostNamed).reduce((sum, [, count]) => sum + count, this.#unkept);
    if (others > 0) named.push(`others (${others})`);
    const parts = [`${this.#troubled} circuits are not closed.`];
    if (named.length > 0) parts.push(`Opened by: ${named.join(', ')}.`);
    if (this.#forced > 0) parts.push(`Forced by an operator: ${this.#forced}.`);
    return parts.join(' ');
  }
}
