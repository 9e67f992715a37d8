import type { CircuitBreakerFactory } from '@circuitry/core';
import { trace, type Attributes } from '@opentelemetry/api';
import { all } from './call-metrics.js';

/**
 * Tells the active span of the call that met it: a refusal, a transition, a late outcome. The name in the store goes
 * with it: spans, unlike series, may hold a tenant. Without tracing there is no span, and nothing is done.
 */
export function addSpanEvents<Context>(factory: CircuitBreakerFactory<Context>): () => void {
  return all([
    factory.on('refused', ({ name, circuit, error, enforced }) => {
      const { retryAfter } = error as { retryAfter?: unknown };
      addEvent('circuitry.refused', {
        ...about(name, circuit),
        'circuitry.code': error.code,
        'circuitry.enforced': enforced !== false,
        ...(typeof retryAfter === 'number' && { 'circuitry.retry_after': retryAfter / 1_000 }),
      });
    }),
    factory.on('stateChange', ({ name, circuit, from, to, reason }) =>
      addEvent('circuitry.transition', {
        ...about(name, circuit),
        'circuitry.from': from,
        'circuitry.to': to,
        'circuitry.reason': reason,
      }),
    ),
    factory.on('lateOutcome', ({ name, circuit, outcome }) =>
      addEvent('circuitry.late_outcome', { ...about(name, circuit), 'circuitry.outcome': outcome }),
    ),
  ]);
}

function about(name: string, circuit: string): Attributes {
  return { 'circuitry.name': name, 'circuitry.circuit': circuit };
}

function addEvent(name: string, attributes: Attributes): void {
  const span = trace.getActiveSpan();
  if (span?.isRecording() === true) span.addEvent(name, attributes);
}
