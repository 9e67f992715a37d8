import type { Seen } from '../protocol/circuit.js';

/** The most transitions that are kept, over all circuits. */
const most = 2_000;

/** Transitions seen since somebody began to look, the latest of them. */
export class Timeline {
  #entries: Seen[] = [];
  #since: number | null = null;

  /** ms since the epoch; null: nobody looks. */
  get since(): number | null {
    return this.#since;
  }

  begin(now: number): void {
    this.#since ??= now;
  }

  end(): void {
    this.#since = null;
    this.#entries = [];
  }

  add(entry: Seen): void {
    this.#entries.push(entry);
    // Half at a time: a burst must not copy the list once for each transition.
    if (this.#entries.length > 2 * most) this.#entries = this.#entries.slice(-most);
  }

  /** Of one circuit, newest first. */
  of(name: string): readonly Seen[] {
    return this.#entries.filter((entry) => entry.name === name).reverse();
  }
}
