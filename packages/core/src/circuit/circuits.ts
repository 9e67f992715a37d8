/** What is remembered. */
export abstract class Rememberable {
  /** Its name in the store. */
  abstract readonly name: string;
  /** Whether nothing of it is under way, so that forgetting it loses nothing. */
  abstract readonly isIdle: boolean;
  #isRecent = false;

  /** It is remembered no more. */
  abstract forget(): void;

  /** It was used. */
  touch(): void {
    this.#isRecent = true;
  }

  /** Whether it was used since this was last asked. */
  takeRecency(): boolean {
    const isRecent = this.#isRecent;
    this.#isRecent = false;
    return isRecent;
  }
}

/** However busy its circuits are, a process remembers no more than this times `maxCircuits` of them. */
export const hardLimit = 4;
/** How many are looked at, for each new one, for one that may be forgotten. */
const candidates = 8;

/**
 * The circuits that a process remembers: those used lately, and those with something on their way.
 *
 * One hand goes round all of them, as in the CLOCK algorithm: whoever was used since it last came by stays for one round
 * more. So a use costs one flag, and forgetting one looks at a few, however many there are.
 */
export class Circuits<Each extends Rememberable> {
  readonly #limit: number;
  readonly #byName = new Map<string, Each>();
  #hand: Iterator<Each, undefined> = this.#byName.values();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The circuit of that name; undefined: it is not remembered. */
  use(name: string): Each | undefined {
    const known = this.#byName.get(name);
    known?.touch();
    return known;
  }

  /** Remembers a new one, and forgets another where there are too many. */
  add(circuit: Each): Each {
    // Before the new one is in: it has nothing on its way yet, and must not be the one to go.
    if (this.#byName.size >= this.#limit) this.#forgetOne();
    this.#byName.set(circuit.name, circuit);
    return circuit;
  }

  /** The circuit, if it is remembered; it does not count as used. */
  get(name: string): Each | undefined {
    return this.#byName.get(name);
  }

  values(): IterableIterator<Each> {
    return this.#byName.values();
  }

  #forgetOne(): void {
    let looked = 0;
    for (let each = this.#next(); each !== undefined; each = this.#next()) {
      const mayGo = each.isIdle && !each.takeRecency();
      looked += 1;
      // Only an outage of the store keeps so many busy. What is lost is a local machine, not the memory of the process.
      const mustGo = looked > candidates && this.#byName.size >= this.#limit * hardLimit;
      if (mayGo || mustGo) {
        this.#byName.delete(each.name);
        each.forget();
        return;
      }
      // All were used in one round, or are busy: a small cache is gone round once, a large one only a little.
      if (looked > Math.max(candidates, Math.min(2 * this.#byName.size, 64))) return;
    }
  }

  /** The next one that the hand points to; undefined: there is none at all. */
  #next(): Each | undefined {
    const step = this.#hand.next();
    if (step.done !== true) return step.value;
    this.#hand = this.#byName.values();
    const first = this.#hand.next();
    return first.done === true ? undefined : first.value;
  }
}
