import type { Counters } from '../../contract/record.js';
import { counter } from '../facts/counter-names.js';

/** When trials close the circuit: N successes in a row, or a sample with a success rate. */
export type ClosingPolicy =
  | { readonly kind: 'consecutive-successes'; readonly successes: number }
  | { readonly kind: 'sample'; readonly trials: number; readonly successRate: number };

/** What the trials of a round, with the sample carried into it, have decided. */
export type Verdict = 'close' | 'reopen' | 'undecided';

/**
 * The verdict of a sample. A sample is decided once the trials that are missing can't change the answer any more,
 * and closing is asked first; N in a row is over at the first failure.
 */
export function verdictOf(closing: ClosingPolicy, counters: Counters): Verdict {
  const succeeded = counters[counter.trialsSucceeded] ?? 0;
  const failed = counters[counter.trialsFailed] ?? 0;
  if (closing.kind === 'consecutive-successes') {
    if (failed > 0) return 'reopen';
    return succeeded >= closing.successes ? 'close' : 'undecided';
  }
  if (succeeded / closing.trials >= closing.successRate) return 'close';
  return (closing.trials - failed) / closing.trials < closing.successRate ? 'reopen' : 'undecided';
}

/** How many trials the sample still lacks: the limit of its next round, at least 1. */
export function missingTrials(closing: ClosingPolicy, counters: Counters): number {
  const succeeded = counters[counter.trialsSucceeded] ?? 0;
  const failed = counters[counter.trialsFailed] ?? 0;
  const wanted = closing.kind === 'sample' ? closing.trials - failed : closing.successes;
  return Math.max(1, wanted - succeeded);
}
