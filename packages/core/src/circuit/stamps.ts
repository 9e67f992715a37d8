import type { Stamp } from '../machine/record/revision.js';

/** Tells factories of one process apart, even with one seed for their `random`. */
let factories = 0;

/** Stamps for store calls: each has a name of its own, also where two factories have the same randomness. */
export class Stamps {
  readonly #random: () => number;
  readonly #prefix: string;
  #calls = 0;

  constructor(random: () => number) {
    factories += 1;
    this.#random = random;
    this.#prefix = `${factories.toString(36)}${Math.floor(random() * 2 ** 40).toString(36)}-`;
  }

  next(): Stamp {
    this.#calls += 1;
    return { chance: this.#random(), by: this.#prefix + this.#calls.toString(36) };
  }

  /** Whether a record was stored by this factory. */
  isOwn(by: unknown): boolean {
    return typeof by === 'string' && by.startsWith(this.#prefix);
  }
}
