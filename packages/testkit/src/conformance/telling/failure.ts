/** What a failing check tells its reader, beside the clause. */
export interface Facts {
  /** What was done. */
  readonly did: string;
  readonly expected: string;
  readonly seen: string;
  /** What is usually wrong in a backend that fails so. */
  readonly cause: string;
}

/** A check found that a clause is broken. */
export class CheckFailure extends Error {
  readonly facts: Facts;

  constructor(facts: Facts) {
    super(facts.seen);
    this.name = 'CheckFailure';
    this.facts = facts;
  }
}

/** Ends a check as failed unless `condition` holds. */
export function must(condition: boolean, facts: Facts | (() => Facts)): asserts condition {
  if (!condition) throw new CheckFailure(typeof facts === 'function' ? facts() : facts);
}
