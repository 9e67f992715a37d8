import { contractVersion, type StorageBackend } from '../contract/storage.js';
import { silentLogger, type Logger } from '../logging/logger.js';
import type { ClosingPolicy } from '../machine/closing.js';
import { systemClock, type Clock } from '../time/clock.js';
import type { StateChange } from './events.js';
import type { AllowAfterFunction } from './exponential.js';
import { optionNames } from './option-names.js';
import type { ErrorMatcher, FactoryOptions, NameFunction, ResultMatcher, StorageFailurePolicy } from './options.js';
import { flattenTrip, parseTrip, type ParsedTrip } from './parse-trip.js';
import { Problems } from './problems.js';

/** Settings as the library uses them: checked, in ms, frozen. */
export interface Settings<Context> {
  readonly backend: StorageBackend;
  readonly nameFor: NameFunction<Context>;
  readonly trip: ParsedTrip<Context>;
  readonly closing: ClosingPolicy;
  readonly allowAfter: number | AllowAfterFunction;
  readonly cyclicClearAfter: number | null;
  readonly trialLease: number;
  readonly longestTrial: number;
  readonly errorMatcher: ErrorMatcher | undefined;
  readonly errorMatchers: ReadonlyMap<string, ErrorMatcher>;
  readonly resultMatcher: ResultMatcher | undefined;
  /** Infinity: none is slow. */
  readonly slowCallAfter: number;
  readonly workTimeout: number | null;
  /** Null: strict. */
  readonly maxStaleness: number | null;
  readonly onStorageFailure: StorageFailurePolicy;
  readonly storageTimeout: number;
  readonly retention: number;
  readonly exclusive: { readonly lease: number; readonly wait: number } | null;
  readonly onStateChange: ((change: StateChange<Context>) => void) | undefined;
  readonly logger: Logger;
  readonly counting: 'all' | 'failures';
  readonly retryJitter: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxCircuits: number;
}

const storageMethods = ['retrieve', 'apply', 'store', 'lock', 'delete', 'list'] as const;
const minute = 60_000;

/**
 * Checks options and gives each its default.
 *
 * @throws InvalidSettingsError with every fault
 */
export function parseSettings<Context>(options: FactoryOptions<Context>): Settings<Context> {
  const problems = new Problems();
  if (typeof options !== 'object' || (options as unknown) === null) {
    problems.add('options', options, 'an object with at least a backend');
    problems.throwIfAny();
  }
  problems.unknownNames('', options, optionNames);
  const trialLease = problems.duration('trialLease', options.trialLease, minute, 10);
  const settings: Settings<Context> = {
    backend: parseBackend(options.backend, problems),
    nameFor: problems.optionalFunction('nameFor', options.nameFor) ?? ((circuit) => circuit),
    trip: parseTripOptions(options, problems),
    closing: parseClosing(options.closeThreshold, problems),
    allowAfter:
      typeof options.allowAfter === 'function'
        ? options.allowAfter
        : problems.duration('allowAfter', options.allowAfter, minute, 1),
    cyclicClearAfter: optionalDuration('cyclicClearAfter', options.cyclicClearAfter, problems),
    trialLease,
    longestTrial: problems.duration('longestTrial', options.longestTrial, 20 * trialLease, trialLease, 'trialLease'),
    errorMatcher: problems.optionalFunction('errorMatcher', options.errorMatcher),
    errorMatchers: parseMatchers(options.errorMatchers, problems),
    resultMatcher: problems.optionalFunction('resultMatcher', options.resultMatcher),
    slowCallAfter: problems.duration('slowCallAfter', options.slowCallAfter, Infinity, 1),
    workTimeout: optionalDuration('workTimeout', options.workTimeout, problems),
    maxStaleness: parseConsistency(options.consistency, problems),
    onStorageFailure: problems.oneOf('onStorageFailure', options.onStorageFailure, 'local', [
      'local',
      'allow',
      'throw',
    ]),
    storageTimeout: problems.duration('storageTimeout', options.storageTimeout, 1_000, 1),
    retention: problems.duration('retention', options.retention, 1_440 * minute, minute, "'1m'"),
    exclusive: parseExclusive(options.exclusive, problems),
    onStateChange: problems.optionalFunction('onStateChange', options.onStateChange),
    logger: problems.object('logger', options.logger, silentLogger, ['debug', 'info', 'warn', 'error']),
    counting: problems.oneOf('counting', options.counting, 'all', ['all', 'failures']),
    retryJitter: problems.share('retryJitter', options.retryJitter, 0.1, true),
    clock: problems.object('clock', options.clock, systemClock, ['now', 'after']),
    random: problems.optionalFunction('random', options.random) ?? Math.random,
    maxCircuits: problems.integer('maxCircuits', options.maxCircuits, 10_000),
  };
  checkTogether(options, settings, problems);
  problems.throwIfAny();
  return Object.freeze(settings);
}

function parseBackend(backend: StorageBackend, problems: Problems): StorageBackend {
  const checked = problems.object('backend', backend ?? null, backend, storageMethods);
  const version: unknown = (backend as Partial<StorageBackend> | null | undefined)?.contractVersion;
  if (typeof backend === 'object' && (backend as unknown) !== null && version !== contractVersion) {
    const expected = `${contractVersion}, the storage contract that this core speaks: take matching versions of core and backend`;
    problems.add('backend.contractVersion', version, expected);
  }
  return checked;
}

function parseTripOptions<Context>(options: FactoryOptions<Context>, problems: Problems): ParsedTrip<Context> {
  if (options.trip !== undefined) return parseTrip('trip', options.trip, problems);
  const threshold = problems.integer('failureCountThreshold', options.failureCountThreshold, 5);
  return { kind: 'consecutive-failures', threshold };
}

function parseClosing(value: FactoryOptions['closeThreshold'], problems: Problems): ClosingPolicy {
  if (typeof value !== 'object' || (value as unknown) === null) {
    return { kind: 'consecutive-successes', successes: problems.integer('closeThreshold', value, 1) };
  }
  problems.unknownNames('closeThreshold.', value, ['trials', 'successRate']);
  if (value.trials === undefined) problems.add('closeThreshold.trials', value.trials, 'an integer from 1');
  if (value.successRate === undefined)
    problems.add('closeThreshold.successRate', value.successRate, 'a number above 0, at most 1');
  return {
    kind: 'sample',
    trials: problems.integer('closeThreshold.trials', value.trials, 1),
    successRate: problems.share('closeThreshold.successRate', value.successRate, 1, false),
  };
}

function parseConsistency(value: FactoryOptions['consistency'], problems: Problems): number | null {
  if (value === undefined || value === 'strict') return null;
  if (typeof value === 'object' && (value as unknown) !== null && value.maxStaleness !== undefined) {
    problems.unknownNames('consistency.', value, ['maxStaleness']);
    return problems.duration('consistency.maxStaleness', value.maxStaleness, 250, 1);
  }
  problems.add('consistency', value, "'strict' or { maxStaleness: a duration }");
  return null;
}

function parseExclusive(value: FactoryOptions['exclusive'], problems: Problems): Settings<unknown>['exclusive'] {
  if (value === undefined || value === false) return null;
  const given = value === true ? {} : value;
  if (typeof given !== 'object' || (given as unknown) === null) {
    problems.add('exclusive', value, 'a boolean or { lease, wait }');
    return null;
  }
  problems.unknownNames('exclusive.', given, ['lease', 'wait']);
  const { lease, wait } = given;
  return {
    lease: problems.duration('exclusive.lease', lease, 30_000, 10),
    wait: problems.duration('exclusive.wait', wait, 10_000, 0),
  };
}

function parseMatchers(value: FactoryOptions['errorMatchers'], problems: Problems): ReadonlyMap<string, ErrorMatcher> {
  const entries = Object.entries(
    problems.object<Readonly<Record<string, ErrorMatcher>>>('errorMatchers', value, {}, []),
  );
  for (const [circuit, matcher] of entries) problems.optionalFunction(`errorMatchers.${circuit}`, matcher);
  return new Map(entries);
}

function optionalDuration(name: string, value: unknown, problems: Problems): number | null {
  return value === undefined ? null : problems.duration(name, value, 1, 1);
}

/** Settings that are right each by itself and wrong together. */
function checkTogether<Context>(
  options: FactoryOptions<Context>,
  settings: Settings<Context>,
  problems: Problems,
): void {
  if (options.trip !== undefined && options.failureCountThreshold !== undefined) {
    problems.add(
      'failureCountThreshold',
      options.failureCountThreshold,
      'nothing where trip is given: use trip: anyOf(consecutiveFailures(n), …)',
    );
  }
  const rules = flattenTrip(settings.trip);
  if (
    settings.counting === 'failures' &&
    rules.some(({ kind }) => kind !== 'consecutive-failures' && kind !== 'failure-count')
  ) {
    problems.add('counting', 'failures', "'all' with a rate rule or a function, which need successes counted");
  }
  if (settings.slowCallAfter === Infinity && rules.some(({ kind }) => kind === 'slow-call-rate')) {
    problems.add(
      'slowCallAfter',
      options.slowCallAfter,
      'a duration where trip has a slowCallRate, or no call is ever slow',
    );
  }
}
