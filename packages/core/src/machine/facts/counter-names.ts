/**
 * The names of the counters in a record: short, for they are stored once per circuit, and plain, for a person may
 * read them in the store. Windows name their own (`window.ts`).
 */
export const counter = {
  consecutiveFailures: 'consecutive.failures',
  consecutiveSuccesses: 'consecutive.successes',
  totalFailures: 'total.failures',
  totalSuccesses: 'total.successes',
  totalIgnored: 'total.ignored',
  totalSlow: 'total.slow',
  /** Tickets taken in this half-open round. */
  trialsStarted: 'trials.started',
  /** How many tickets this round has. */
  trialsLimit: 'trials.limit',
  /** When the round is given up, ms since the epoch: the latest lease of its trials. */
  trialsDeadline: 'trials.deadline',
  /** The longest lease of the round's trials, ms, where it is longer than that of the worker who began the round. */
  trialsLease: 'trials.lease',
  /** The sample so far, carried from round to round. */
  trialsSucceeded: 'trials.succeeded',
  trialsFailed: 'trials.failed',
  /** Until when the dependency told the circuit to wait, ms since the epoch, as the last worker wrote that was told. */
  toldUntil: 'told.until',
  /**
   * What the names of all waits begin with: `told.1764239400000` counts who was told to wait until then. A counter that two
   * workers set at once holds the later write; names don't take each other's place.
   */
  told: 'told.',
} as const;
