import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions } from '@circuitry/core';
import { failing, once } from '../breaker/support/failing-backend.js';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';
import { bounded } from './support/bounded.js';

describe.each<[string, Partial<FactoryOptions>]>([
  ['strict', {}],
  ['bounded', bounded],
])('While the store is known to be down, %s', (_title, consistency) => {
  test('what is not even sent is known to be uncounted, however the outage began', async () => {
    const fleet = new Fleet(consistency);
    const { factory, breaker, backend } = fleet.join();
    await succeed(breaker);
    await factory.flush();
    // The answer to a write gets lost: that failure may have been counted.
    backend.conduct = once('apply', failing('lost-request'));
    await fail(breaker);
    backend.conduct = failing('unreachable');
    await fail(breaker, 2);
    await succeed(breaker, 3);
    await factory.flush();
    backend.conduct = (_call, make) => make();
    await fleet.clock.advance('10s');
    await breaker.state();
    await fleet.turn();
    expect(await fleet.counters()).toMatchObject({ 'total.failures': 2, 'total.successes': 4 });
    await factory.close();
  });

  test('an error that says so is handed out: the write can’t have happened', async () => {
    const fleet = new Fleet({ ...consistency, onStorageFailure: 'throw' });
    const { factory, breaker, backend } = fleet.join();
    const [first, second] = [await breaker.start(), await breaker.start()];
    backend.conduct = failing('lost-request');
    await expect(first.fail()).rejects.toMatchObject({ code: 'ERR_STORAGE', ambiguous: true });
    await expect(second.fail()).rejects.toMatchObject({ code: 'ERR_STORAGE', ambiguous: false });
    expect(backend.count('store')).toBe(1);
    backend.conduct = (_call, make) => make();
    await factory.close();
  });
});
