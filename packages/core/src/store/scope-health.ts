import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Clock } from '../time/clock.js';
import { BackOff } from './back-off.js';
import type { Ability } from './storage-faults.js';

/** The health of one scope, the whole store or one circuit's record: which abilities are lost. */
export class ScopeHealth {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #lost = new Map<Ability, BackOff>();
  #since = 0;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  get isWell(): boolean {
    return this.#lost.size === 0;
  }

  /** When the first of the lost abilities was lost, ms by the process's clock. */
  get since(): number {
    return this.#since;
  }

  isLost(ability: Ability): boolean {
    return this.#lost.has(ability);
  }

  /** Why this is not asked now; null: it may be, maybe by this caller alone, to find out. */
  tryEnter(ability: Ability): CircuitryError | null {
    return this.#lost.get(ability)?.tryEnter() ?? null;
  }

  /** Why it is lost; null: it is not. */
  lossOf(ability: Ability): CircuitryError | null {
    return this.#lost.get(ability)?.error ?? null;
  }

  /** Whether it may be tried now: it is lost and its pause is over, or it is not lost. */
  mayTry(ability: Ability): boolean {
    return this.#lost.get(ability)?.isDue ?? true;
  }

  /** Whoever was let through to find out did not. */
  unanswered(ability: Ability): void {
    this.#lost.get(ability)?.unanswered();
  }

  /** Answers whether this begins an outage. */
  failed(ability: Ability, error: CircuitryError): boolean {
    const isNews = this.isWell;
    const lost = this.#lost.get(ability);
    if (lost === undefined) this.#lost.set(ability, new BackOff(error, this.#clock, this.#random));
    else lost.failed(error);
    if (isNews) this.#since = this.#clock.now();
    return isNews;
  }

  /** Answers whether this ends an outage. */
  succeeded(ability: Ability): boolean {
    const regained = this.#lost.get(ability);
    if (regained === undefined) return false;
    this.#lost.delete(ability);
    // What was lost in an outage of everything is back with reading. A store that only can't write never lost reading.
    if (ability === 'read') {
      for (const [other, { since }] of this.#lost) if (since >= regained.since) this.#lost.delete(other);
    }
    return this.isWell;
  }
}
