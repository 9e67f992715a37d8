import type { CircuitBreakerFactory } from '@circuitry/core';
import type { Meter } from '@opentelemetry/api';
import { all } from './call-metrics.js';
import { faultsOf } from './faults.js';
import { tellAvailable } from './store-available.js';

/** Counts what goes wrong beside the calls: the store, and user code. The answer stops it. */
export function watchStore<Context>(factory: CircuitBreakerFactory<Context>, meter: Meter): () => void {
  const failures = meter.createCounter('circuitry.store.failures', {
    description: 'Calls to the store that failed; scope circuit: one circuit’s record or name is unusable.',
    unit: '{failure}',
  });
  const faults = faultsOf(meter);
  const store = { isDown: false };
  return all([
    factory.on('storageFailure', ({ scope, error }) => {
      if (scope === 'store') store.isDown = true;
      failures.add(1, { scope, code: error.code });
    }),
    factory.on('storageRecovered', ({ scope }) => {
      if (scope === 'store') store.isDown = false;
    }),
    factory.on('fault', ({ setting }) => faults.add(1, { setting })),
    tellAvailable(meter, store),
  ]);
}
