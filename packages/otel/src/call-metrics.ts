import type { CircuitBreakerFactory } from '@circuitry/core';
import type { Attributes, Meter } from '@opentelemetry/api';
import type { Kinds } from './kinds.js';

/** Which circuits are told apart. */
export interface Told {
  readonly kinds: Kinds;
  readonly names: ReadonlySet<string>;
}

/** Seconds: from a call to a cache to a job of many minutes. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

/** Counts what calls meet. The answer stops it. */
export function countCalls<Context>(
  factory: CircuitBreakerFactory<Context>,
  meter: Meter,
  { kinds, names }: Told,
): () => void {
  const duration = meter.createHistogram('circuitry.call.duration', {
    description: 'How long the work of admitted calls took.',
    unit: 's',
    advice: { explicitBucketBoundaries: boundaries },
  });
  const refused = meter.createCounter('circuitry.call.refused', {
    description: 'Calls that were refused; enforced is false where the work ran all the same.',
    unit: '{call}',
  });
  const transitions = meter.createCounter('circuitry.circuit.transitions', {
    description: 'Transitions that this process made. Each is made by one process of the fleet.',
    unit: '{transition}',
  });
  const late = meter.createCounter('circuitry.outcome.late', {
    description: 'Outcomes whose state or round was over: they changed nothing.',
    unit: '{outcome}',
  });
  const about = (circuit: string, name: string): Attributes => {
    const kind = kinds.ofCall(circuit);
    return names.has(name) ? { circuit: kind, name } : { circuit: kind };
  };
  return all([
    factory.on('settled', ({ circuit, name, outcome, slow, duration: ms, decidedBy }) =>
      duration.record(ms / 1_000, { ...about(circuit, name), outcome, slow, decided_by: decidedBy }),
    ),
    factory.on('refused', ({ circuit, name, error, enforced }) =>
      refused.add(1, { ...about(circuit, name), code: error.code, enforced: enforced !== false }),
    ),
    factory.on('stateChange', ({ circuit, name, from, to, reason }) =>
      transitions.add(1, { ...about(circuit, name), from, to, reason }),
    ),
    factory.on('lateOutcome', ({ circuit, name, outcome, count }) =>
      late.add(count, { ...about(circuit, name), outcome }),
    ),
  ]);
}

/** One end for many. */
export function all(ends: readonly (() => void)[]): () => void {
  return () => {
    for (const end of ends) end();
  };
}
