import { describe, expect, test } from '@jest/globals';
import { fail, Fleet, rejection, succeed } from '../breaker/support/fleet.js';

describe('No timer, poll or connection per circuit', () => {
  test('an idle process has no timer, whatever its circuits are doing', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { factory, breaker } = fleet.join();
    for (let tenant = 0; tenant < 50; tenant += 1) {
      await (tenant % 2 === 0 ? succeed : fail)(factory.breakerFor(`t${tenant}`, {}));
    }
    await breaker.forceOpen({ for: '5s' });
    await fleet.clock.advance('1s');
    expect(fleet.clock.pending).toBe(0);
  });

  test('an idle process makes no call to the store', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', cyclicClearAfter: '10s' });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    backend.forget();
    await fleet.clock.advance('1d');
    expect(backend.calls).toEqual([]);
  });

  test('any number of calls under way share timers', async () => {
    const fleet = new Fleet();
    const { factory } = fleet.join();
    await Promise.all(Array.from({ length: 100 }, (_, tenant) => factory.breakerFor(`t${tenant}`, {}).start()));
    expect(fleet.clock.pending).toBeLessThanOrEqual(2);
  });

  test('a call costs the store: closed 1 retrieve and 1 apply, open 1 retrieve, a transition 1 store', async () => {
    const fleet = new Fleet({ failureCountThreshold: 3, allowAfter: '1s', closeThreshold: 2 });
    const { breaker, backend } = fleet.join();
    const verbsOf = async (use: () => Promise<unknown>): Promise<string[]> => {
      backend.forget();
      await use();
      return backend.verbs;
    };
    await fail(breaker);
    expect(await verbsOf(() => succeed(breaker))).toEqual(['retrieve', 'apply']);
    expect(await verbsOf(() => fail(breaker))).toEqual(['retrieve', 'apply']);
    await fail(breaker);
    expect(await verbsOf(() => fail(breaker))).toEqual(['retrieve', 'apply', 'store']);
    expect(await verbsOf(() => rejection(breaker.start()))).toEqual(['retrieve']);
    fleet.clock.step(1_000);
    expect(await verbsOf(() => succeed(breaker))).toEqual(['retrieve', 'store', 'apply']);
    expect(await verbsOf(() => succeed(breaker))).toEqual(['retrieve', 'apply', 'apply', 'store']);
  });
});
