/** Counters of a record that operators look at, by the names that core stores them under (docs/redis.md shows them). */
export const counters = {
  consecutiveFailures: 'consecutive.failures',
  totalFailures: 'total.failures',
  totalSuccesses: 'total.successes',
  trialsDeadline: 'trials.deadline',
} as const;
