import type { CircuitBreakerFactory } from '@circuitry/core';
import type { Meter, ObservableResult } from '@opentelemetry/api';
import { all } from './call-metrics.js';
import { observation } from './last-word.js';

/** Counts what goes wrong beside the calls: the store, and user code. The answer stops it. */
export function watchStore<Context>(factory: CircuitBreakerFactory<Context>, meter: Meter): () => void {
  const failures = meter.createCounter('circuitry.store.failures', {
    description: 'Calls to the store that failed; scope circuit: one circuit’s record or name is unusable.',
    unit: '{failure}',
  });
  const faults = meter.createCounter('circuitry.faults', {
    description: 'User code that threw or answered nonsense, by the setting it was given as.',
    unit: '{fault}',
  });
  const available = meter.createObservableGauge('circuitry.store.available', {
    description: '1 while the store answers this process, 0 while it counts as down.',
    // An annotation: the unit 1 would make exporters call it a ratio.
    unit: '{store}',
  });
  let isDown = false;
  const { callback, end } = observation<ObservableResult>(
    (result, isOver) => result.observe(isOver ? NaN : Number(!isDown)),
    (given) => available.removeCallback(given),
  );
  available.addCallback(callback);
  return all([
    factory.on('storageFailure', ({ scope, error }) => {
      if (scope === 'store') isDown = true;
      failures.add(1, { scope, code: error.code });
    }),
    factory.on('storageRecovered', ({ scope }) => {
      if (scope === 'store') isDown = false;
    }),
    factory.on('fault', ({ setting }) => faults.add(1, { setting })),
    end,
  ]);
}
