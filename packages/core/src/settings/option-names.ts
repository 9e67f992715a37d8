import type { FactoryOptions } from './options.js';

/** Each option once; the type sees to it that none is forgotten. */
const options: Readonly<Record<keyof FactoryOptions, true>> = {
  backend: true,
  nameFor: true,
  failureCountThreshold: true,
  trip: true,
  closeThreshold: true,
  allowAfter: true,
  cyclicClearAfter: true,
  trialLease: true,
  longestTrial: true,
  errorMatcher: true,
  errorMatchers: true,
  resultMatcher: true,
  slowCallAfter: true,
  workTimeout: true,
  consistency: true,
  onStorageFailure: true,
  storageTimeout: true,
  retention: true,
  exclusive: true,
  onStateChange: true,
  logger: true,
  counting: true,
  retryJitter: true,
  clock: true,
  random: true,
  maxCircuits: true,
};

/** The names of all options. */
export const optionNames: readonly string[] = Object.keys(options);
