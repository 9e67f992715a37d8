import type { FactoryOptions } from '@circuitry/core';
import { down, type Breaker, type Fleet, type Worker } from '../../breaker/support/fleet.js';
import type { Conduct } from '../../breaker/support/recording-backend.js';

/** How old a view may be in these tests, ms. */
export const maxStaleness = 250;

/** Settings of a factory whose views may be so old. */
export const bounded: Partial<FactoryOptions> = { consistency: { maxStaleness } };

/** A worker that the store pushes nothing to: it knows what its own calls were answered. */
export function joinUnpushed(fleet: Fleet, options: Partial<FactoryOptions> = {}): Worker {
  const worker = fleet.join(options);
  worker.backend.deliver = () => {};
  return worker;
}

/** A worker of a store without a push, whose view is fresh: nothing waits, and its calls are forgotten. */
export async function joinWarm(fleet: Fleet, options: Partial<FactoryOptions> = {}): Promise<Worker> {
  const worker = joinUnpushed(fleet, options);
  await worker.breaker.execute(() => 'warm');
  await worker.factory.flush();
  worker.backend.forget();
  return worker;
}

/** Every call takes so long, there and back, ms of virtual time; what it does happens half way. */
export function slowly(fleet: Fleet, ms: number): Conduct {
  const wait = (): Promise<void> => new Promise((resolve) => void fleet.clock.after(ms / 2, resolve));
  return async (_call, make) => {
    await wait();
    const answer = await make();
    await wait();
    return answer;
  };
}

/** Begins calls that fail, one behind the other, and answers when all have been reported. */
export function failTogether(breaker: Breaker, times: number): Promise<unknown> {
  const work = (): never => {
    throw down;
  };
  return Promise.all(Array.from({ length: times }, () => breaker.settle(work)));
}
