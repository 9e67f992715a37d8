import { CircuitBreakerFactory, MemoryBackend, type FactoryOptions } from '@circuitry/core';

/** A call that a peer and a breaker of ours are both given. */
export type Outcome = 'S' | 'F';

export const down: Error = new Error('HTTP 503');

export function workOf(outcome: Outcome): () => Promise<string> {
  return () => (outcome === 'S' ? Promise.resolve('sent') : Promise.reject(down));
}

/** A breaker of ours, on the system's clock as the peers are. */
export function breakerOf(options: Omit<FactoryOptions, 'backend'>): ReturnType<CircuitBreakerFactory['breakerFor']> {
  return new CircuitBreakerFactory({ backend: new MemoryBackend(), ...options }).breakerFor('mail');
}

/** After which of the calls it is open, counted from 1; null: after none of them. */
export async function opensAfter(
  outcomes: string,
  call: (outcome: Outcome) => Promise<unknown>,
  isOpen: () => boolean | Promise<boolean>,
): Promise<number | null> {
  for (const [index, outcome] of [...outcomes].entries()) {
    await call(outcome as Outcome).catch(() => 'as it was told to');
    if (await isOpen()) return index + 1;
  }
  return null;
}

/** The same of ours. */
export async function oursOpensAfter(
  outcomes: string,
  options: Omit<FactoryOptions, 'backend'>,
): Promise<number | null> {
  const breaker = breakerOf(options);
  return opensAfter(
    outcomes,
    (outcome) => breaker.execute(workOf(outcome)),
    async () => (await breaker.state()) === 'open',
  );
}
