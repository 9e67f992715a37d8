import type { Meter, ObservableResult } from '@opentelemetry/api';
import { observation } from './last-word.js';

/** A store as one factory finds it. */
export interface FoundStore {
  isDown: boolean;
}

interface Gauge {
  readonly stores: Set<FoundStore>;
  readonly end: () => void;
}

/** One for each meter: of two that told the same series only the last would be heard. */
const gauges = new WeakMap<Meter, Gauge>();

/** Tells whether this process has its stores: 0 while any of them is down. The answer stops it for this one. */
export function tellAvailable(meter: Meter, store: FoundStore): () => void {
  const { stores, end } = gauges.get(meter) ?? begin(meter);
  stores.add(store);
  return () => {
    stores.delete(store);
    if (stores.size > 0) return;
    gauges.delete(meter);
    end();
  };
}

function begin(meter: Meter): Gauge {
  const available = meter.createObservableGauge('circuitry.store.available', {
    description: '1 while the store answers this process, 0 while it counts as down.',
    // An annotation: the unit 1 would make exporters call it a ratio.
    unit: '{store}',
  });
  const stores = new Set<FoundStore>();
  const value = (): number => ([...stores].some(({ isDown }) => isDown) ? 0 : 1);
  const { callback, end } = observation<ObservableResult>(
    (result, isOver) => result.observe(isOver ? NaN : value()),
    (given) => available.removeCallback(given),
  );
  available.addCallback(callback);
  const gauge = { stores, end };
  gauges.set(meter, gauge);
  return gauge;
}
