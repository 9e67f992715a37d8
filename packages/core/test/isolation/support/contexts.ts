import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose code runs: what every caller of these tests enters, and user code looks at. */
export const who: AsyncLocalStorage<string> = new AsyncLocalStorage<string>();

/** What user code saw, by what it was: `'work'`, `'listener'`, … */
export class Seen {
  readonly #seen = new Map<string, Set<string>>();

  /** Notes in whose context this runs. */
  note(what: string): void {
    const all = this.#seen.get(what) ?? new Set();
    this.#seen.set(what, all.add(who.getStore() ?? 'nobody'));
  }

  /** In whose contexts it ran, in order of their names. */
  of(what: string): string[] {
    return [...(this.#seen.get(what) ?? [])].sort((one, other) => one.localeCompare(other));
  }
}
