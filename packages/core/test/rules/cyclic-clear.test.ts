import { describe, expect, test } from '@jest/globals';
import { failing } from '../breaker/support/failing-backend.js';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';

describe('A cyclic clear', () => {
  test('is stored by the first end after it is due, together with that outcome; a start only admits', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '1h', failureCountThreshold: 3 });
    const { breaker, backend } = fleet.join();
    await fail(breaker, 2);
    fleet.clock.step(3_600_000);
    backend.forget();
    const permit = await breaker.start();
    expect(backend.verbs).toEqual(['retrieve']);
    await permit.fail();
    expect(backend.verbs).toEqual(['retrieve', 'store']);
    expect(await breaker.information()).toMatchObject({
      consecutiveFailures: 1,
      totalFailures: 1,
      generation: 1,
      state: 'closed',
    });
  });

  test('comes once, however many periods passed, and the next one counts from it', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '1h' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(10.5 * 3_600_000);
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({
      generation: 1,
      expiresAfter: new Date(fleet.clock.now() + 3_600_000),
    });
  });

  test('leaves since alone', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '1h' });
    const { breaker } = fleet.join();
    await succeed(breaker);
    fleet.clock.step(3_600_000);
    await succeed(breaker);
    expect((await breaker.information()).since).toBe(0);
  });

  test('is stored by one of many workers, and no outcome is lost', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '1h', failureCountThreshold: 100 });
    const workers = [fleet.join(), fleet.join(), fleet.join()];
    await Promise.all(workers.map(({ breaker }) => fail(breaker)));
    fleet.clock.step(3_600_000);
    await Promise.all(workers.map(({ breaker }) => fail(breaker)));
    expect(await workers[0]?.breaker.information()).toMatchObject({ generation: 1, totalFailures: 3 });
  });

  test('comes before a trip: failures of the last period don’t trip with the first one of this', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '1h', failureCountThreshold: 3 });
    const { breaker } = fleet.join();
    await fail(breaker, 2);
    fleet.clock.step(3_600_000);
    await fail(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('comes before a trip whose worker died: what it counted is of a period that is over', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '1h', failureCountThreshold: 2 });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    one.backend.conduct = failing('unreachable', 'store');
    await fail(one.breaker);
    fleet.clock.step(3_599_999);
    expect(await two.breaker.state()).toBe('open');
    fleet.clock.step(1);
    expect(await two.breaker.state()).toBe('closed');
    await succeed(two.breaker);
    expect(fleet.changes).toEqual([]);
  });
});
