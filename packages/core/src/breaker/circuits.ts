import type { Circuit } from './circuit.js';

/** However busy its circuits are, a process remembers no more than this times `maxCircuits` of them. */
export const hardLimit = 4;
/** How many of the oldest are looked at for one that may be forgotten. */
const candidates = 8;

/** The circuits that a process remembers: the most recently used, and those with something on their way. */
export class Circuits<Context> {
  readonly #limit: number;
  /** In order of use, the oldest first. */
  readonly #byKey = new Map<string, Circuit<Context>>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The circuit, made where it is unknown, and now the most recently used. */
  use(key: string, make: () => Circuit<Context>): Circuit<Context> {
    const known = this.#byKey.get(key);
    if (known !== undefined) {
      // Order matters only once something has to go.
      if (this.isCrowded) this.#touch(known);
      return known;
    }
    // Before the new one is in: it has nothing on its way yet, and must not be the one to go.
    if (this.#byKey.size >= this.#limit) this.#forgetOne();
    const circuit = make();
    this.#byKey.set(key, circuit);
    return circuit;
  }

  /** The circuit, if it is remembered; its age is not touched. */
  get(name: string): Circuit<Context> | undefined {
    return this.#byKey.get(name);
  }

  values(): IterableIterator<Circuit<Context>> {
    return this.#byKey.values();
  }

  /** Whether it matters which circuits were used lately. */
  get isCrowded(): boolean {
    return this.#byKey.size > this.#limit / 2;
  }

  get size(): number {
    return this.#byKey.size;
  }

  #touch(circuit: Circuit<Context>): void {
    this.#byKey.delete(circuit.key);
    this.#byKey.set(circuit.key, circuit);
  }

  #forget(circuit: Circuit<Context>): void {
    this.#byKey.delete(circuit.key);
    circuit.isForgotten = true;
  }

  #forgetOne(): void {
    const oldest: Circuit<Context>[] = [];
    for (const circuit of this.#byKey.values()) {
      oldest.push(circuit);
      if (oldest.length === candidates) break;
    }
    const idle = oldest.find((circuit) => !circuit.isBusy);
    if (idle !== undefined) {
      this.#forget(idle);
    } else if (this.#byKey.size >= this.#limit * hardLimit) {
      // Only an outage of the store keeps so many busy; what is lost is a local machine, not the memory of the process.
      this.#forget(oldest[0] as Circuit<Context>);
    } else {
      for (const busy of oldest) this.#touch(busy);
    }
  }
}
