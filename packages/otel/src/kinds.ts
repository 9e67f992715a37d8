/** What a circuit is called that belongs to no kind that is known here. */
const otherKind = 'other';

/** How many kinds have series of their own. */
const mostKinds = 100;

/**
 * The kinds of circuit that attributes may hold: few, so that series don't grow with tenants, whatever somebody passes
 * to `breakerFor`.
 */
export class Kinds {
  readonly #known: Set<string>;

  constructor(known: readonly string[]) {
    this.#known = new Set(known);
  }

  /** All that are known. */
  get known(): readonly string[] {
    return [...this.#known];
  }

  /** A circuit as a call names it. The first 100 have series of their own, all others share one. */
  ofCall(circuit: string): string {
    if (this.#known.has(circuit)) return circuit;
    if (this.#known.size >= mostKinds) return otherKind;
    this.#known.add(circuit);
    return circuit;
  }

  /**
   * A name in the store, and the kind that was read off it. Only what is known: it may as well be a tenant. The whole name may
   * be a kind, as that of a circuit per origin, `https://api.example.com`.
   */
  ofName(name: string, kind: string): string {
    return [kind, name].find((each) => this.#known.has(each)) ?? otherKind;
  }
}
