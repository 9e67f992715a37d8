import type { Clock } from '@circuitry/core';

/** How long an answer of the store serves others who ask for the same, ms. */
const standsFor = 1_000;

interface Shared<T> {
  readonly answer: Promise<T>;
  /** When it was asked for, ms since the epoch. */
  readonly askedAt: number;
  /** What was known of it then: who knows more asks again. */
  readonly news: number;
}

/** Asks the store once for all who ask for the same within a second: its load does not grow with the viewers. */
export class SharedReads<T> {
  readonly #clock: Clock;
  /** The oldest first. */
  readonly #shared = new Map<string, Shared<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param news another number means that the answer may be another one by now */
  get(key: string, news: number, ask: () => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    this.#forgetOld(now);
    const shared = this.#shared.get(key);
    if (shared?.news === news) return shared.answer;
    const asked = { answer: ask(), askedAt: now, news };
    this.#shared.delete(key);
    this.#shared.set(key, asked);
    // A failure is told to those who wait for it, and to nobody else.
    asked.answer.catch(() => {
      if (this.#shared.get(key) === asked) this.#shared.delete(key);
    });
    return asked.answer;
  }

  #forgetOld(now: number): void {
    for (const [key, { askedAt }] of this.#shared) {
      const age = now - askedAt;
      if (age >= 0 && age < standsFor) return;
      this.#shared.delete(key);
    }
  }
}
