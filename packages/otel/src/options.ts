import type { Clock, Duration, StorageBackend } from '@circuitry/core';
import {
  callable,
  circuitKind,
  duration,
  flag,
  integer,
  isObject,
  objectWith,
  optional,
  readOptions,
  type Reader,
} from '@circuitry/core/backend';
import { systemClock } from '@circuitry/core';
import { metrics, type MeterProvider } from '@opentelemetry/api';

/** How a factory is instrumented. */
export interface InstrumentOptions {
  /** Default: the global one, as it is when `instrument` is called. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Whether refusals, transitions and late outcomes are events on the caller's active span. Default true. */
  readonly tracing?: boolean | undefined;
  /**
   * Circuits, by their names in the store, that get series of their own, told by an attribute `name`: at most 50.
   * Default none: series don't grow with tenants.
   */
  readonly names?: readonly string[] | undefined;
  /**
   * Kinds of circuit that this process should tell apart although it calls none of them, as one that only counts open
   * circuits: at most 100. Those that it calls are known by themselves, the first 100 of them.
   */
  readonly kinds?: readonly string[] | undefined;
  /** Counts the fleet's open circuits, in this process. Default: not counted. One or two processes of a fleet will do. */
  readonly openCircuits?: OpenCircuitsOptions | undefined;
}

/** How the fleet's open circuits are counted. */
export interface OpenCircuitsOptions {
  /** Where they live: the factory's backend, or one of its own on the same store. */
  readonly backend: StorageBackend;
  /** How often they are listed, from 1 s. Default `'15s'`. */
  readonly every?: Duration | undefined;
  /** At most so many are counted; one more is told by `circuitry.listing.complete` 0. Default 10,000. */
  readonly limit?: number | undefined;
  /** What kind of circuit a name in the store is. Default: the first of `circuitName`'s parts. */
  readonly kindOf?: ((name: string) => string) | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** How many circuits may have series of their own. */
const mostNames = 50;

/** The options with their defaults. */
export interface ReadOptions {
  readonly meterProvider: MeterProvider;
  readonly tracing: boolean;
  readonly names: ReadonlySet<string>;
  readonly kinds: readonly string[];
  readonly openCircuits: ReadOpenCircuits | null;
}

/** How open circuits are counted, with defaults. */
export interface ReadOpenCircuits {
  readonly backend: StorageBackend;
  /** ms */
  readonly every: number;
  readonly limit: number;
  readonly kindOf: (name: string) => string;
  readonly clock: Clock;
}

const openCircuitsReaders = {
  backend: objectWith<StorageBackend>('list', 'retrieve'),
  every: optional(duration(1_000, '1s'), 15_000),
  limit: optional(integer(), 10_000),
  kindOf: optional(callable<(name: string) => string>(), circuitKind),
  clock: optional(objectWith<Clock>('now', 'after'), systemClock),
} satisfies Record<keyof OpenCircuitsOptions, Reader<unknown>>;

/**
 * Checks the options and gives the defaults.
 *
 * @throws InvalidSettingsError with every fault at once
 */
export function parseOptions(options: InstrumentOptions): ReadOptions {
  const readers = {
    meterProvider: optional(objectWith<MeterProvider>('getMeter'), null),
    tracing: optional(flag(), true),
    names: strings(mostNames),
    kinds: strings(100),
    openCircuits: ((name, value, problems) => {
      if (value === undefined) return null;
      if (isObject(value)) return value as unknown as OpenCircuitsOptions;
      problems.push({ name, value, expected: 'an object with backend, every and limit' });
      return null;
    }) as Reader<OpenCircuitsOptions | null>,
  } satisfies Record<keyof InstrumentOptions, Reader<unknown>>;
  const { meterProvider, tracing, names, kinds, openCircuits } = readOptions(readers, options);
  return {
    // The global one as it is now: it may be set after this module was loaded.
    meterProvider: meterProvider ?? metrics.getMeterProvider(),
    tracing,
    names: new Set(names),
    kinds,
    openCircuits: openCircuits === null ? null : readOptions(openCircuitsReaders, openCircuits),
  };
}

function strings(most: number): Reader<readonly string[]> {
  return (name, value, problems) => {
    if (value === undefined) return [];
    if (Array.isArray(value) && value.length <= most && value.every((each) => typeof each === 'string')) return value;
    problems.push({ name, value, expected: `an array of at most ${most} strings` });
    return [];
  };
}
