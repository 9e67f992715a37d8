import type { Counter, Meter } from '@opentelemetry/api';

/** Faults of the user's own code. Whoever meets one counts it, under the name of the setting. */
export function faultsOf(meter: Meter): Counter {
  return meter.createCounter('circuitry.faults', {
    description: 'User code that threw or answered nonsense, by the setting it was given as.',
    unit: '{fault}',
  });
}
