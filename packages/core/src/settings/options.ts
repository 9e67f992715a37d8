import type { StorageBackend } from '../contract/storage.js';
import type { Logger } from '../events/logger.js';
import type { OutcomeKind, ToldToWait } from '../machine/facts/outcome.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/duration.js';
import type { StateChange, StorageFailurePolicy } from '../events/events.js';
import type { AllowAfterFunction } from './exponential.js';
import type { TripFunction, TripPolicy } from './trip/trip-kind.js';

/** What decides whether an error counts. The first answer that is one of the three holds; others are logged. */
export type ErrorMatcher = (error: unknown) => OutcomeKind | ToldToWait;
/** What decides whether a value counts: an HTTP 503 that did not throw. */
export type ResultMatcher = (value: unknown) => OutcomeKind | ToldToWait;
/** How the name in the store comes about. */
export type NameFunction<Context> = (circuit: string, context: Context) => string;
/** Whether a circuit's refusals hold: see `FactoryOptions.mode`. */
export type Mode = 'enforce' | 'observe' | 'off';
/** What operators are told of a failure, at most 256 bytes; longer text is cut. */
export type DescribeFailure = (error: unknown) => string;
/** How fresh a decision must be. */
export type Consistency = 'strict' | { readonly maxStaleness: Duration };

/** What a factory takes. Every option but `backend` has a default. Durations: ms, or `'250ms'`, `'30s'`, `'5m'`, `'12h'`, `'7d'`. */
export interface FactoryOptions<Context = DefaultContext> {
  /** Where circuits live. */
  readonly backend: StorageBackend;
  /** The circuit's name in the store. Default: its own name. Use `circuitName` to join parts. */
  readonly nameFor?: NameFunction<Context> | undefined;
  /** The Nth consecutive failure opens the circuit (>=); an integer from 1. Default 5. Not together with `trip`. */
  readonly failureCountThreshold?: number | undefined;
  /** When the circuit opens, instead of `failureCountThreshold`. */
  readonly trip?: TripPolicy<NotInferred<Context>> | TripFunction<Context> | undefined;
  /**
   * Trials per half-open round, and successes in a row that close it; an integer from 1. Or a sample with a success
   * rate, decided once the trials that are missing can't change the answer. Default 1.
   */
  readonly closeThreshold?: number | { readonly trials: number; readonly successRate: number } | undefined;
  /** How long the circuit stays open, from 1 ms; or a function of how often it opened in a row. Default `'60s'`. */
  readonly allowAfter?: Duration | AllowAfterFunction<NotInferred<Context>> | undefined;
  /** The longest that a dependency may tell a circuit to stay open (`openFor`), from 1 ms. Default `'1h'`. */
  readonly maxOpenFor?: Duration | undefined;
  /**
   * How long a circuit must stay closed before its next trip counts as the first again: until then `openings`, and with it
   * a growing `allowAfter`, goes on from where it was. From 0. Default `'5m'`: long enough to see a dependency break again
   * once all calls are back, short enough that tomorrow's incident begins with the shortest pause.
   */
  readonly calmPeriod?: Duration | undefined;
  /** Counts start afresh that long after the closed state began or was last cleared, from 1 ms. Default: never. */
  readonly cyclicClearAfter?: Duration | undefined;
  /** A trial whose worker has not renewed it for so long is given up, from 10 ms. Default `'60s'`. */
  readonly trialLease?: Duration | undefined;
  /** A living worker's hung trial is given up then; at least `trialLease`. Default 20 × `trialLease`. */
  readonly longestTrial?: Duration | undefined;
  /**
   * For every circuit without one of its own. Default: expected errors succeed, the caller's abort is ignored, all else fails.
   * Answer `'ignored'` for errors by which a framework redirects or hands a job back: they are not the dependency's doing.
   */
  readonly errorMatcher?: ErrorMatcher | undefined;
  /** By circuit (its own name, not the one in the store); wins over `errorMatcher`. */
  readonly errorMatchers?: Readonly<Record<string, ErrorMatcher>> | undefined;
  /**
   * By circuit (its own name, as `errorMatchers`): any option that decides, over the factory's own. A fault is told as
   * `circuits.pay.allowAfter`.
   */
  readonly circuits?: Readonly<Record<string, CircuitOptions<NotInferred<Context>>>> | undefined;
  /** Default: every value is a success. */
  readonly resultMatcher?: ResultMatcher | undefined;
  /**
   * What operators are told of the failure that opened a circuit: stored, and shown to whoever asks. Default: its name,
   * code and status, never its message, which may hold a secret.
   */
  readonly describeFailure?: DescribeFailure | undefined;
  /** A call that takes strictly longer is slow, from 1 ms. Default: none is. */
  readonly slowCallAfter?: Duration | undefined;
  /** Aborts the work's signal, rejects, and counts as a failure, from 1 ms. Default: none. */
  readonly workTimeout?: Duration | undefined;
  /** `'strict'`: each start reads the store. Or how old a view may be that decides alone, from 1 ms. Default `'strict'`. */
  readonly consistency?: Consistency | undefined;
  /** `'local'`: this process's own machine; `'allow'`: unprotected; `'throw'`: refused with the storage error. Default `'local'`. */
  readonly onStorageFailure?: StorageFailurePolicy | undefined;
  /** How long one call to the store may take, from 1 ms. Default `'1s'`. It may get a tenth less: calls share timers. */
  readonly storageTimeout?: Duration | undefined;
  /** How long a record outlives the end of its state, from `'1m'`; never less than the longest window. Default `'24h'`. */
  readonly retention?: Duration | undefined;
  /** One job at a time per circuit in the whole fleet, by a lease of the backend. `true`: lease `'30s'`, wait `'10s'`. Default false. */
  readonly exclusive?:
    boolean | { readonly lease?: Duration | undefined; readonly wait?: Duration | undefined } | undefined;
  /** Once in the whole fleet per transition, after the store has it. */
  readonly onStateChange?: ((change: StateChange<Context>) => void) | undefined;
  /** Default: silent. `console`, or see `pinoLogger` and `winstonLogger`. */
  readonly logger?: Logger | undefined;
  /**
   * `'failures'`: a success is written only if the record last seen has consecutive failures or is half-open, so a
   * healthy circuit has no record at all. Not together with a rate rule, a function or a window of calls. Default `'all'`.
   */
  readonly counting?: 'all' | 'failures' | undefined;
  /** Adds up to this share to `retryAfter`, 0 to 1, so that refused jobs don't all come back at once. Default 0.1. */
  readonly retryJitter?: number | undefined;
  /**
   * Calls per second. The k-th call that this process refuses in one open period is told to come back k / retryPace seconds
   * later, so that a queue's jobs come back one after the other. Above 0. Default null: no pace.
   */
  readonly retryPace?: number | null | undefined;
  /** The longest `retryAfter` beside running trials, from 1 ms: a trial is mostly over long before its lease. Default `'5s'`. */
  readonly trialRetryAfter?: Duration | undefined;
  /**
   * `'observe'`: everything is counted, stored and told as if, but work that would be refused runs. `'off'`: work runs, no
   * store is asked. `factory.setMode` changes it at once, in this process. Default `'enforce'`.
   */
  readonly mode?: Mode | undefined;
  /** Default `systemClock`. */
  readonly clock?: Clock | undefined;
  /** 0 to 1, 1 excluded. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Circuits whose state this process remembers, least recently used first out; an integer from 1. Default 10,000. */
  readonly maxCircuits?: number | undefined;
}

/** The options that `circuits` may give: all that decide about one circuit, none that the whole factory shares. */
export const circuitOptionNames = [
  'failureCountThreshold',
  'trip',
  'closeThreshold',
  'allowAfter',
  'maxOpenFor',
  'calmPeriod',
  'cyclicClearAfter',
  'trialLease',
  'longestTrial',
  'trialRetryAfter',
  'errorMatcher',
  'resultMatcher',
  'describeFailure',
  'slowCallAfter',
  'workTimeout',
  'retention',
  'exclusive',
  'counting',
  'retryJitter',
  'retryPace',
  'mode',
] as const;

/** The options that `circuits` may give for one circuit: all that decide about it. */
export type CircuitOptionName = (typeof circuitOptionNames)[number];

/** A type that is not inferred from where it stands: TypeScript's own word for it came with 5.4. */
type NotInferred<T> = [T][T extends unknown ? 0 : never];

/** What a factory takes for one circuit. */
export type CircuitOptions<Context = DefaultContext> = Pick<FactoryOptions<Context>, CircuitOptionName>;

/** What circuits are told apart by, where nobody says: anything. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- so that an unannotated nameFor may read context.tenantId
export type DefaultContext = Record<string, any>;
