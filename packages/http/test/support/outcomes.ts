import { CircuitBreakerFactory, MemoryBackend, type FactoryOptions } from '@circuitry/core';

/** A factory, and what it was told: each settled call as `circuit: outcome`. */
export function watched(options: Partial<FactoryOptions> = {}): {
  readonly factory: CircuitBreakerFactory;
  readonly outcomes: string[];
  readonly next: () => Promise<string>;
} {
  const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), ...options });
  const outcomes: string[] = [];
  const waiting: ((outcome: string) => void)[] = [];
  factory.on('settled', ({ outcome }) => {
    outcomes.push(outcome);
    waiting.shift()?.(outcome);
  });
  return { factory, outcomes, next: () => new Promise((resolve) => waiting.push(resolve)) };
}
