import { contractVersion, type StorageBackend } from '../contract/storage.js';
import { silentLogger, type Logger } from '../events/logger.js';
import { InvalidSettingsError, type SettingsProblem } from '../errors/settings-errors.js';
import type { ClosingPolicy } from '../machine/rules/closing.js';
import { systemClock, type Clock } from '../time/clock.js';
import { guardedClock, guardedRandom } from '../time/guarded-clock.js';
import { readByCircuit } from './by-circuit.js';
import type { StateChange, StorageFailurePolicy } from '../events/events.js';
import type { AllowAfterFunction } from './exponential.js';
import type { DescribeFailure, ErrorMatcher, FactoryOptions, Mode, NameFunction, ResultMatcher } from './options.js';
import { consecutiveFailuresRule } from './trip/kinds/consecutive-failures.js';
import { readTrip } from './trip/read-trip.js';
import { unbound, type ParsedTrip } from './trip/trip-kind.js';
import {
  callable,
  duration,
  integer,
  isObject,
  number,
  objectWith,
  oneOf,
  optional,
  plainObject,
  rate,
  readable,
  readEach,
  type Reader,
} from './readers.js';

/** Hears of a clock, or a source of chance, that failed. */
export type ReportSource = (setting: 'clock' | 'random', error: unknown) => void;

/** Settings as the library uses them: checked, in ms, frozen. */
export interface Settings<Context> {
  readonly backend: StorageBackend;
  readonly nameFor: NameFunction<Context>;
  readonly trip: ParsedTrip<Context>;
  readonly closeThreshold: ClosingPolicy;
  readonly allowAfter: number | AllowAfterFunction<Context>;
  readonly maxOpenFor: number;
  readonly calmPeriod: number;
  readonly cyclicClearAfter: number | null;
  readonly trialLease: number;
  readonly longestTrial: number;
  readonly errorMatcher: ErrorMatcher | undefined;
  readonly errorMatchers: ReadonlyMap<string, ErrorMatcher | undefined>;
  /** By circuit: the same settings, with what `circuits` says of it. */
  readonly circuits: ReadonlyMap<string, Settings<Context>>;
  readonly resultMatcher: ResultMatcher | undefined;
  readonly describeFailure: DescribeFailure | undefined;
  /** Infinity: none is slow. */
  readonly slowCallAfter: number;
  readonly workTimeout: number | null;
  /** How old a view may be; null: strict. */
  readonly consistency: number | null;
  readonly onStorageFailure: StorageFailurePolicy;
  readonly storageTimeout: number;
  readonly retention: number;
  readonly exclusive: { readonly lease: number; readonly wait: number } | null;
  readonly onStateChange: ((change: StateChange<Context>) => void) | undefined;
  readonly logger: Logger;
  readonly counting: 'all' | 'failures';
  readonly retryJitter: number;
  /** Calls per ms; null: no pace. */
  readonly retryPace: number | null;
  readonly trialRetryAfter: number;
  /** Of `circuits`; undefined: the factory's own, which `setMode` changes. */
  readonly ownMode: Mode | undefined;
  readonly mode: Mode;
  readonly clock: Clock;
  readonly random: () => number;
  readonly maxCircuits: number;
}

const minute = 60_000;

const readBackend: Reader<StorageBackend> = (name, value, problems) => {
  if (isObject(value) && value.contractVersion !== contractVersion) {
    const expected = `${contractVersion}: take matching versions of core and backend`;
    problems.push({ name: `${name}.contractVersion`, value: value.contractVersion, expected });
  }
  const methods = ['retrieve', 'apply', 'store', 'lock', 'delete', 'list'] as const;
  return objectWith<StorageBackend>(...methods)(name, value, problems);
};

const readClosing: Reader<ClosingPolicy> = (name, value, problems) =>
  isObject(value)
    ? { kind: 'sample', ...readEach({ trials: integer(), successRate: rate }, value, `${name}.`, problems) }
    : { kind: 'consecutive-successes', successes: integer()(name, value, problems) };

const readAllowAfter: Reader<number | AllowAfterFunction> = (name, value, problems) =>
  typeof value === 'function' ? (value as AllowAfterFunction) : duration(1)(name, value, problems);

const readMatchers: Reader<ReadonlyMap<string, ErrorMatcher | undefined>> = (name, value, problems) => {
  const readOne = optional(callable<ErrorMatcher>(), undefined);
  const matchers = plainObject('a plain object with a function for each circuit')(name, value, problems);
  return new Map(
    Object.entries(matchers).map(([circuit, each]) => [circuit, readOne(`${name}.${circuit}`, each, problems)]),
  );
};

const readConsistency: Reader<number | null> = (name, value, problems) => {
  if (value === 'strict') return null;
  if (isObject(value) && 'maxStaleness' in value)
    return readEach({ maxStaleness: duration(1) }, value, `${name}.`, problems).maxStaleness;
  problems.push({ name, value, expected: "'strict' or { maxStaleness: a duration }" });
  return null;
};

const readExclusive: Reader<Settings<unknown>['exclusive']> = (name, value, problems) => {
  if (value === false) return null;
  const given = value === true ? {} : value;
  const readers = { lease: optional(duration(10), 30_000), wait: optional(duration(0), 10_000) };
  return readEach(readers, plainObject('a boolean or { lease, wait }')(name, given, problems), `${name}.`, problems);
};

const readPace: Reader<number | null> = (name, value, problems) =>
  value === null
    ? null
    : number('calls per second, above 0, or null', (pace) => pace > 0 && pace < Infinity)(name, value, problems) /
      1_000;

/** Each option once: how it is read, and its default. */
const readers = {
  backend: readBackend,
  nameFor: optional(callable<NameFunction<unknown>>(), (circuit: string) => circuit),
  failureCountThreshold: optional(integer(), 5),
  trip: optional(readTrip, null),
  closeThreshold: optional(readClosing, { kind: 'consecutive-successes', successes: 1 } as const),
  allowAfter: optional(readAllowAfter, minute),
  maxOpenFor: optional(duration(1), 3_600_000),
  calmPeriod: optional(duration(0), 300_000),
  cyclicClearAfter: optional(duration(1), null),
  trialLease: optional(duration(10), minute),
  longestTrial: optional(duration(0, 'trialLease'), null),
  errorMatcher: optional(callable<ErrorMatcher>(), undefined),
  errorMatchers: optional(readMatchers, new Map<string, ErrorMatcher>()),
  circuits: optional(plainObject('a plain object with options for each circuit'), {}),
  resultMatcher: optional(callable<ResultMatcher>(), undefined),
  describeFailure: optional(callable<DescribeFailure>(), undefined),
  slowCallAfter: optional(duration(1), Infinity),
  workTimeout: optional(duration(1), null),
  consistency: optional(readConsistency, null),
  onStorageFailure: optional(oneOf('local', 'allow', 'throw'), 'local'),
  storageTimeout: optional(duration(1), 1_000),
  retention: optional(duration(minute, "'1m'"), 1_440 * minute),
  exclusive: optional(readExclusive, null),
  onStateChange: optional(callable<(change: StateChange<unknown>) => void>(), undefined),
  logger: optional(objectWith<Logger>('debug', 'info', 'warn', 'error'), silentLogger),
  counting: optional(oneOf('all', 'failures'), 'all'),
  retryJitter: optional(
    number('a number from 0 to 1', (value) => value >= 0 && value <= 1),
    0.1,
  ),
  retryPace: optional(readPace, null),
  trialRetryAfter: optional(duration(1), 5_000),
  mode: optional(oneOf('enforce', 'observe', 'off'), 'enforce'),
  clock: optional(objectWith<Clock>('now', 'after'), systemClock),
  random: optional(callable<() => number>(), Math.random),
  maxCircuits: optional(integer(), 10_000),
} satisfies Readonly<Record<keyof FactoryOptions, Reader<unknown>>>;

/**
 * Checks options and gives each its default.
 *
 * @param report hears later of a `clock` or `random` that fails
 * @throws InvalidSettingsError with every fault
 */
export function parseSettings<Context>(
  options: FactoryOptions<Context>,
  report: ReportSource = () => {},
): Settings<Context> {
  if (!isObject(options))
    throw new InvalidSettingsError([
      { name: 'options', value: options, expected: 'an object with at least a backend' },
    ]);
  const problems: SettingsProblem[] = [];
  // Options may be an instance with fields, or with getters.
  const given = readable(options, '', problems, Object.keys(readers));
  const { circuits, ...settings } = readWhole(given, report, problems);
  const byCircuit = new Map<string, Settings<unknown>>();
  for (const [circuit, wanted] of readByCircuit(given, circuits, problems)) {
    const own: SettingsProblem[] = [];
    const read = readWhole(wanted.options, report, own);
    byCircuit.set(
      circuit,
      Object.freeze({ ...read, circuits: noCircuits, ownMode: wanted.isModeOwn ? read.mode : undefined }),
    );
    const isNew = ({ name, expected }: SettingsProblem): boolean =>
      !problems.some((known) => known.name === name && known.expected === expected);
    problems.push(...own.filter(isNew).map((each) => ({ ...each, name: `circuits.${circuit}.${each.name}` })));
  }
  if (problems.length > 0) throw new InvalidSettingsError(problems);
  return Object.freeze({ ...settings, circuits: byCircuit, ownMode: undefined });
}

const noCircuits: ReadonlyMap<string, never> = new Map<string, never>();

/** Reads one whole set of options: each by itself, and what is wrong together. */
function readWhole(
  given: Readonly<Record<string, unknown>>,
  report: ReportSource,
  problems: SettingsProblem[],
): Omit<Settings<unknown>, 'circuits' | 'ownMode'> & { readonly circuits: Readonly<Record<string, unknown>> } {
  const { failureCountThreshold, trip, longestTrial, clock, random, ...read } = readEach(readers, given, '', problems);
  const settings = {
    ...read,
    trip: trip ?? unbound(consecutiveFailuresRule(failureCountThreshold)),
    longestTrial: longestTrial ?? 20 * read.trialLease,
    clock: guardedClock(clock, (error) => report('clock', error)),
    random: guardedRandom(random, (error) => report('random', error)),
  };
  checkTogether(settings, given, problems);
  return settings;
}

/** What is right each by itself and wrong together. */
function checkTogether(
  settings: Omit<Settings<unknown>, 'circuits' | 'ownMode'>,
  given: Readonly<Record<string, unknown>>,
  problems: SettingsProblem[],
): void {
  const refuse = (name: keyof FactoryOptions, expected: string): void =>
    void problems.push({ name, value: given[name], expected });
  const { exclusive, storageTimeout } = settings;
  if (settings.longestTrial < settings.trialLease) refuse('longestTrial', 'a duration from trialLease');
  if (given.trip !== undefined && given.failureCountThreshold !== undefined)
    refuse('failureCountThreshold', 'nothing where trip is given: use trip: anyOf(consecutiveFailures(n), …)');
  const { needsSuccesses, windows } = settings.trip;
  if (settings.counting === 'failures' && (needsSuccesses || windows.some(({ kind }) => kind === 'calls')))
    refuse('counting', "'all' with a rate rule, a function or a window of calls, which need successes counted");
  if (settings.slowCallAfter === Infinity && settings.trip.needsSlowCalls)
    refuse('slowCallAfter', 'a duration where trip has a slowCallRate, or no call is ever slow');
  else if (settings.trip.needsSlowCalls && settings.slowCallAfter >= (settings.workTimeout ?? Infinity))
    refuse('slowCallAfter', 'a duration below workTimeout where trip has a slowCallRate, or no call is ever slow');
  // A heartbeat goes out after a third of the lease, and its answer has to come before the lease is over.
  if (exclusive && exclusive.lease <= 1.5 * storageTimeout)
    refuse(
      'exclusive',
      `a lease of more than 1.5 × storageTimeout (${1.5 * storageTimeout} ms), or a heartbeat could come too late: raise exclusive.lease or lower storageTimeout`,
    );
}
