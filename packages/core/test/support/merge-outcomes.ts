import type { Draft } from '../../src/machine/counting/draft.js';
import type { Outcome } from '../../src/machine/facts/outcome.js';

/** Merges outcomes from the first on, and stops behind the one that decides a transition. Answers how many it took. */
export function mergeOutcomes(draft: Draft, outcomes: readonly Outcome[]): number {
  let taken = 0;
  for (const outcome of outcomes) {
    draft.add(outcome);
    taken += 1;
    if (draft.isDecided()) break;
  }
  return taken;
}
