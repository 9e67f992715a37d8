import { describe, expect, test } from '@jest/globals';
import {
  allOf,
  anyOf,
  consecutiveFailures,
  exponential,
  failureCount,
  failureRate,
  when,
  type FactoryOptions,
  type Information,
} from '@circuitry/core';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';

describe('allOf', () => {
  test('opens when all of its rules would, and not before', async () => {
    const fleet = new Fleet({
      trip: allOf(failureRate({ threshold: 0.5, minimumCalls: 2 }), failureCount({ threshold: 3, window: '60s' })),
    });
    const { breaker } = fleet.join();
    await fail(breaker, 2);
    expect(await breaker.state()).toBe('closed');
    await succeed(breaker, 1);
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('stays closed while one of them would not open', async () => {
    const fleet = new Fleet({ trip: allOf(consecutiveFailures(1), failureRate({ threshold: 0.9, minimumCalls: 1 })) });
    const { breaker } = fleet.join();
    await succeed(breaker);
    await fail(breaker, 5);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker, 4);
    expect(await breaker.state()).toBe('open');
  });

  test('takes functions, and may stand in anyOf', async () => {
    const fleet = new Fleet({
      trip: anyOf(
        allOf(
          ({ totalFailures }) => totalFailures >= 2,
          ({ totalSuccesses }) => totalSuccesses >= 1,
        ),
        consecutiveFailures(5),
      ),
    });
    const { factory } = fleet.join();
    const a = factory.breakerFor('a');
    await fail(a, 4);
    expect(await a.state()).toBe('closed');
    await succeed(a);
    expect(await a.state()).toBe('open');
    const b = factory.breakerFor('b');
    await fail(b, 5);
    expect(await b.state()).toBe('open');
  });
});

describe('when', () => {
  test('is a function with a window of its own', async () => {
    const seen: Information['window'][] = [];
    const fleet = new Fleet({
      trip: when({ window: '10s' }, (information) => {
        seen.push(information.window);
        return (information.window?.failures ?? 0) >= 3;
      }),
    });
    const { breaker } = fleet.join();
    await fail(breaker, 2);
    expect(seen.at(-1)).toEqual({ calls: 2, failures: 2, slow: 0, failureRate: 1, slowRate: 0 });
    await fleet.clock.advance('20s');
    await fail(breaker, 2);
    expect(await breaker.state()).toBe('closed');
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('is told whose circuit it is', async () => {
    const fleet = new Fleet({
      nameFor: (circuit, { tenantId }) => `${circuit}/${String(tenantId)}`,
      trip: when(
        { window: { calls: 10 } },
        (_information, { name, circuit, context }) =>
          name === 'pay/acme' && circuit === 'pay' && context.tenantId === 'acme',
      ),
    });
    const { factory } = fleet.join();
    const [acme, globex] = ['acme', 'globex'].map((tenantId) => factory.breakerFor('pay', { tenantId }));
    for (const breaker of [acme, globex]) if (breaker !== undefined) await fail(breaker);
    expect([await acme?.state(), await globex?.state()]).toEqual(['open', 'closed']);
  });

  test('beside another window is shown its own, and all of them in windows', async () => {
    const seen: Information[] = [];
    const fleet = new Fleet({
      trip: anyOf(
        failureRate({ threshold: 1, minimumCalls: 1_000, window: '10s' }),
        when({ window: '60s' }, (information) => {
          seen.push(information);
          return false;
        }),
      ),
    });
    const { breaker } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('30s');
    await fail(breaker);
    expect(seen.at(-1)?.window).toMatchObject({ calls: 2, failures: 2 });
    expect(seen.at(-1)?.windows.map(({ calls }) => calls)).toEqual([1, 2]);
    const { window, windows } = await breaker.information();
    expect(window).toMatchObject({ calls: 1 });
    expect(windows.map(({ calls }) => calls)).toEqual([1, 2]);
  });

  test('that throws trips nothing, and is told', async () => {
    const fleet = new Fleet({
      trip: when({ window: '10s' }, () => {
        throw new Error('of mine');
      }),
    });
    const { breaker, events } = fleet.join();
    await fail(breaker);
    expect(await breaker.state()).toBe('closed');
    expect(events.of('fault')).toMatchObject([{ setting: 'trip', name: 'c' }]);
  });
});

describe('information.windows', () => {
  test('has every window once, also of rules that are no rates', async () => {
    const fleet = new Fleet({
      trip: anyOf(
        failureCount({ threshold: 9, window: '30s' }),
        failureRate({ threshold: 1, minimumCalls: 9, window: '60s' }),
        failureRate({ threshold: 0.9, minimumCalls: 10, window: '60s' }),
      ),
    });
    const { breaker } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('45s');
    await succeed(breaker);
    const { window, windows } = await breaker.information();
    expect(windows.map(({ calls, failures }) => ({ calls, failures }))).toEqual([
      { calls: 2, failures: 1 },
      { calls: 1, failures: 0 },
    ]);
    expect(window).toEqual(windows[0]);
  });

  test('is empty without a window, and window null', async () => {
    const { breaker } = new Fleet().join();
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({ window: null, windows: [] });
  });
});

describe('minimumCalls', () => {
  const opensAfter = async (options: Partial<FactoryOptions>): Promise<number> => {
    const { breaker } = new Fleet(options).join();
    let failures = 0;
    for (; (await breaker.state()) === 'closed' && failures < 200; failures += 1) await fail(breaker);
    return failures;
  };

  test.each([
    ["the window's calls where those are fewer", { calls: 10 }, 10],
    ['20 of a longer window of calls', { calls: 100 }, 20],
    ['20 of a window of time', '60s', 20],
  ] as const)('is %s where nobody says', async (_what, window, expected) => {
    expect(await opensAfter({ trip: failureRate({ threshold: 0.5, window }) })).toBe(expected);
  });
});

describe('allowAfter as a function', () => {
  test('is asked with the openings in a row, and told whose circuit it is and what broke it', async () => {
    const asked: unknown[] = [];
    const fleet = new Fleet({
      failureCountThreshold: 1,
      nameFor: (circuit, { tenantId }) => `${circuit}/${String(tenantId)}`,
      allowAfter: (openings, { name, circuit, context, lastFailure }) => {
        asked.push({ openings, name, circuit, tenantId: context.tenantId as unknown, lastFailure });
        return lastFailure === 'RangeError' ? '5m' : '1m';
      },
    });
    const { factory } = fleet.join();
    const breaker = factory.breakerFor('pay', { tenantId: 'acme' });
    await breaker.settle(() => Promise.reject(new RangeError('x')));
    expect(asked.at(-1)).toEqual({
      openings: 1,
      name: 'pay/acme',
      circuit: 'pay',
      tenantId: 'acme',
      lastFailure: 'RangeError',
    });
    expect(Number((await breaker.information()).expiresAfter) - fleet.clock.now()).toBe(300_000);
    await fleet.clock.advance('5m');
    await fail(breaker);
    expect(asked.at(-1)).toMatchObject({ openings: 2, lastFailure: 'Error' });
    expect(Number((await breaker.information()).expiresAfter) - fleet.clock.now()).toBe(60_000);
  });
});

describe('a flapping dependency', () => {
  const flapping: Partial<FactoryOptions> = {
    failureCountThreshold: 1,
    allowAfter: exponential('30s', { max: '30m' }),
  };

  /** It lets a trial pass and fails right after, again and again. */
  async function pauses(more: Partial<FactoryOptions>, healthy: number, times: number): Promise<number[]> {
    const fleet = new Fleet({ ...flapping, ...more });
    const { breaker } = fleet.join();
    const found = [];
    for (let k = 0; k < times; k += 1) {
      await fail(breaker);
      const pause = Number((await breaker.information()).expiresAfter) - fleet.clock.now();
      found.push(pause / 1_000);
      await fleet.clock.advance(pause);
      const trial = await breaker.start();
      await fleet.clock.advance(1);
      await trial.succeed();
      await fleet.clock.advance(healthy);
    }
    return found;
  }

  test('is left alone for longer and longer, although each trial succeeds', async () => {
    expect(await pauses({}, 1_000, 8)).toEqual([30, 60, 120, 240, 480, 960, 1_800, 1_800]);
  });

  test('begins with the shortest pause again after five calm minutes, and not a moment before', async () => {
    expect(await pauses({}, 299_999, 3)).toEqual([30, 60, 120]);
    expect(await pauses({}, 300_000, 3)).toEqual([30, 30, 30]);
  });

  test('by the calm period that was set; with none each close is the end of it', async () => {
    expect(await pauses({ calmPeriod: '1h' }, 3_599_999, 3)).toEqual([30, 60, 120]);
    expect(await pauses({ calmPeriod: '1h' }, 3_600_000, 3)).toEqual([30, 30, 30]);
    expect(await pauses({ calmPeriod: 0 }, 0, 3)).toEqual([30, 30, 30]);
  });

  test('shows its openings while it is closed, until the calm period is over', async () => {
    const fleet = new Fleet(flapping);
    const { breaker } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('30s');
    const trial = await breaker.start();
    await fleet.clock.advance(1);
    await trial.succeed();
    await fleet.clock.advance(299_999);
    expect((await breaker.information()).openings).toBe(1);
    await fleet.clock.advance(1);
    expect((await breaker.information()).openings).toBe(0);
  });
});
