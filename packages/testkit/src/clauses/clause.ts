/** One rule of the storage contract. `docs/storage-contract.md` is written from these. */
export interface Clause {
  /** A family's letter and a number: `'A3'`. It never changes its meaning. */
  readonly id: string;
  /** MUST: every backend. MAY: a backend may leave the feature out, and must keep the rule where it has it. */
  readonly level: 'MUST' | 'MAY';
  /** The rule. */
  readonly text: string;
  /** What goes wrong in a fleet when it is broken. */
  readonly why: string;
  /** What of it no check can see from outside, and why. */
  readonly unchecked?: string;
}

/** One chapter of the contract. */
export interface ClauseFamily {
  /** What its clauses are about. */
  readonly title: string;
  /** In the order of their numbers. */
  readonly clauses: readonly Clause[];
}
