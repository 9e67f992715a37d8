/** What requests cost, as DynamoDB reports it. */
export interface CapacityUse {
  /** Read request units (or read capacity units), as reported. */
  readonly readUnits: number;
  /** Write request units (or write capacity units), as reported. */
  readonly writeUnits: number;
  /** Requests that were sent, each attempt of the SDK's counted. */
  readonly requests: number;
  /**
   * Of those, writes that lost a race: DynamoDB charges one for the item it found, at least 1 write unit, and its answer
   * does not say so. Not in `writeUnits`.
   */
  readonly lostWrites: number;
}

type Tally = { -readonly [Key in keyof CapacityUse]: number };

/** Sums what requests cost, in total and for the circuits used last. Its memory is bounded. */
export class CapacityMeter {
  readonly #total: Tally = emptyTally();
  readonly #byCircuit = new Map<string, Tally>();
  readonly #mostCircuits: number;

  /** @param mostCircuits how many circuits are told apart; the least recently used go first */
  constructor(mostCircuits: number) {
    this.#mostCircuits = mostCircuits;
  }

  /** The total; or one circuit's, all zeros for one that is not remembered. */
  read(name?: string): CapacityUse {
    return { ...(name === undefined ? this.#total : (this.#byCircuit.get(name) ?? emptyTally())) };
  }

  /** @param name the circuit that it was for; null for requests about many, such as a page of a listing */
  add(name: string | null, use: Partial<CapacityUse>): void {
    sum(this.#total, use);
    if (name === null || this.#mostCircuits === 0) return;
    const tally = this.#byCircuit.get(name) ?? emptyTally();
    sum(tally, use);
    // A Map keeps the order of insertion: the first is the least recently used.
    this.#byCircuit.delete(name);
    this.#byCircuit.set(name, tally);
    if (this.#byCircuit.size > this.#mostCircuits) {
      const oldest = this.#byCircuit.keys().next();
      if (oldest.done !== true) this.#byCircuit.delete(oldest.value);
    }
  }
}

function emptyTally(): Tally {
  return { readUnits: 0, writeUnits: 0, requests: 0, lostWrites: 0 };
}

function sum(tally: Tally, use: Partial<CapacityUse>): void {
  tally.readUnits += use.readUnits ?? 0;
  tally.writeUnits += use.writeUnits ?? 0;
  tally.requests += use.requests ?? 0;
  tally.lostWrites += use.lostWrites ?? 0;
}
