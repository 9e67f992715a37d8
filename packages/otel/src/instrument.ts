import type { CircuitBreakerFactory } from '@circuitry/core';
import { objectWith, readOptions } from '@circuitry/core/backend';
import { countCalls } from './call-metrics.js';
import { Kinds } from './kinds.js';
import { countOpenCircuits } from './open-circuits/open-circuits.js';
import { parseOptions, type InstrumentOptions } from './options.js';
import { addSpanEvents } from './span-events.js';
import { watchStore } from './store-metrics.js';

/** What this package calls itself among instrumentations. */
const scope = '@circuitry/otel';

/**
 * Tells OpenTelemetry what the circuits of a factory do. The answer stops it. The SDK, or `meterProvider`, comes first:
 * OpenTelemetry's meters of before record nothing, ever.
 *
 * Metrics: `circuitry.call.duration`, `circuitry.call.refused`, `circuitry.circuit.transitions`, `circuitry.outcome.late`,
 * `circuitry.store.failures`, `circuitry.store.available`, `circuitry.faults`; with `openCircuits` also
 * `circuitry.circuit.open`, `circuitry.circuit.state` of the allowed names, and `circuitry.listing.age`,
 * `.complete` and `.failures`.
 *
 * @throws InvalidSettingsError with every fault of `options`, or for what is no factory
 */
export function instrument<Context>(
  factory: CircuitBreakerFactory<Context>,
  options: InstrumentOptions = {},
): () => void {
  readOptions({ factory: objectWith<CircuitBreakerFactory>('on', 'breakerFor') }, { factory });
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
