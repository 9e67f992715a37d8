import type { CircuitBreakerFactory } from '@circuitry/core';
import type { MeterProvider } from '@opentelemetry/api';
import { countCalls } from './call-metrics.js';
import { Kinds } from './kinds.js';
import { countOpenCircuits, type OpenCircuitsOptions } from './open-circuits.js';
import { parseOptions } from './options.js';
import { addSpanEvents } from './span-events.js';
import { watchStore } from './store-metrics.js';

/** How a factory is instrumented. */
export interface InstrumentOptions {
  /** Default: the global one, as it is when `instrument` is called. */
  readonly meterProvider?: MeterProvider;
  /** Whether refusals, transitions and late outcomes are events on the caller's active span. Default true. */
  readonly tracing?: boolean;
  /**
   * Circuits, by their names in the store, that get series of their own, told by an attribute `name`: at most 50.
   * Default none: series don't grow with tenants.
   */
  readonly names?: readonly string[];
  /**
   * Kinds of circuit that this process should tell apart although it calls none of them, as one that only counts open
   * circuits: at most 100. Those that it calls are known by themselves, the first 100 of them.
   */
  readonly kinds?: readonly string[];
  /** Counts the fleet's open circuits, in this process. Default: not counted. One or two processes of a fleet will do. */
  readonly openCircuits?: OpenCircuitsOptions;
}

/** What this package calls itself among instrumentations. */
const scope = '@circuitry/otel';

/**
 * Tells OpenTelemetry what the circuits of a factory do. The answer stops it.
 *
 * Metrics: `circuitry.call.duration`, `circuitry.call.refused`, `circuitry.circuit.transitions`, `circuitry.outcome.late`,
 * `circuitry.store.failures`, `circuitry.store.available`, `circuitry.faults`; with `openCircuits` also
 * `circuitry.circuit.open`, `circuitry.circuit.state` of the allowed names, and `circuitry.listing.age`,
 * `.complete` and `.failures`.
 *
 * @throws InvalidSettingsError with every fault of `options`
 */
export function instrument<Context>(
  factory: CircuitBreakerFactory<Context>,
  options: InstrumentOptions = {},
): () => void {
  const { meterProvider, tracing, names, kinds: known, openCircuits } = parseOptions(options);
  const meter = meterProvider.getMeter(scope);
  const kinds = new Kinds(known);
  const ends = [countCalls(factory, meter, { kinds, names }), watchStore(factory, meter)];
  if (tracing) ends.push(addSpanEvents(factory));
  if (openCircuits !== null) ends.push(countOpenCircuits(meter, openCircuits, { kinds, names }));
  return () => {
    for (const end of ends.splice(0)) end();
  };
}
