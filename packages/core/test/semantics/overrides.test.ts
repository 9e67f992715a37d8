import { describe, expect, test } from '@jest/globals';
import { ForcedOpenError } from '@circuitry/core';
import { fail, Fleet, isAdmitted, refusal, rejection, succeed, t0 } from '../breaker/support/fleet.js';
import { failing } from '../breaker/support/failing-backend.js';

describe('Forced open', () => {
  test('refuses in the whole fleet, and says why, by whom and until when', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.join(), fleet.join()];
    await one.breaker.forceOpen({ reason: 'maintenance', by: 'ops', for: '5m' });
    const error = await refusal(two.breaker);
    expect(error).toBeInstanceOf(ForcedOpenError);
    expect(error).toMatchObject({ code: 'ERR_FORCED_OPEN', state: 'open', retryAfter: 300_000 });
    expect(error.information.override).toEqual({
      state: 'open',
      reason: 'maintenance',
      by: 'ops',
      until: t0 + 300_000,
    });
  });

  test('without an end has null as retryAfter and expiresAfter, and stands for ever', async () => {
    const fleet = new Fleet({ retention: '1m' });
    const { breaker } = fleet.join();
    await breaker.forceOpen();
    fleet.clock.step(365 * 86_400_000);
    expect((await refusal(breaker)).retryAfter).toBeNull();
    expect(await breaker.information()).toMatchObject({ state: 'open', expiresAfter: null });
  });

  test.each([
    ['closed', 0],
    ['open', 1],
  ])('wins over a circuit that is %s', async (_state, failures) => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    await fail(breaker, failures);
    await breaker.forceOpen();
    expect((await refusal(breaker)).code).toBe('ERR_FORCED_OPEN');
    await breaker.release();
    expect(await breaker.information()).toMatchObject({ state: 'closed', openings: 0, total: 0, override: null });
  });

  test.each([
    ['by', { by: 42 }],
    ['reason', { reason: new Error('maintenance') }],
    ['for', { for: 'soon' }],
    ['for', { for: 0 }],
    ['duration', { duration: '5m' }],
    ['options', null],
  ])('is refused before anything is stored where its %s is none', async (name, options) => {
    const fleet = new Fleet();
    const { breaker } = fleet.join();
    for (const force of ['forceOpen', 'forceClosed'] as const) {
      const refused = await rejection(breaker[force](options as never));
      expect(refused).toMatchObject({ code: 'ERR_INVALID_SETTINGS', problems: [{ name }] });
    }
    expect(await fleet.record()).toBeNull();
  });

  test.each([[1e300], [Infinity], ['999999999d']] as const)(
    'may last for %p: everybody can read it',
    async (length) => {
      const fleet = new Fleet();
      const [one, two] = [fleet.join(), fleet.join()];
      await one.breaker.forceOpen({ for: length });
      expect((await refusal(two.breaker)).code).toBe('ERR_FORCED_OPEN');
      await two.breaker.release();
      expect(await one.breaker.state()).toBe('closed');
    },
  );

  test('lapses into a clean closed state, stored by the first start after it', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    await fail(breaker, 3);
    await breaker.forceOpen({ for: '5s' });
    const { generation } = await breaker.information();
    fleet.clock.step(5_000);
    backend.forget();
    expect(await breaker.state()).toBe('closed');
    expect(backend.verbs).toEqual(['retrieve']);
    const permit = await breaker.start();
    expect(backend.verbs).toEqual(['retrieve', 'retrieve', 'store']);
    expect(await fleet.record()).toMatchObject({
      state: 'closed',
      override: null,
      counters: {},
      openings: 0,
      since: t0 + 5_000,
    });
    expect((await breaker.information()).generation).toBe(generation + 1);
    await permit.succeed();
    expect(fleet.announced.at(-1)).toMatchObject({ from: 'open', to: 'closed', reason: 'override-lapsed' });
  });
});

describe('Forced closed', () => {
  test('admits everything and goes on counting, but nothing trips', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 2 }).join();
    await breaker.forceClosed({ reason: 'we know' });
    await fail(breaker, 10);
    expect(await breaker.information()).toMatchObject({ state: 'closed', consecutiveFailures: 10, totalFailures: 10 });
    expect(await isAdmitted(breaker)).toBe(true);
  });

  test('closes a circuit that is open', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    await fail(breaker);
    await breaker.forceClosed();
    await succeed(breaker);
    expect(fleet.changes).toEqual(['closed>open', 'open>closed']);
  });

  test('goes back to a clean closed state at its release: what was counted under it trips nothing afterwards', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 3 }).join();
    await breaker.forceClosed();
    await fail(breaker, 10);
    await breaker.release();
    await fail(breaker, 2);
    expect(await breaker.information()).toMatchObject({ state: 'closed', consecutiveFailures: 2, openings: 0 });
  });

  test('lapses inclusively, to the ms', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    await breaker.forceClosed({ for: '5s' });
    fleet.clock.step(4_999);
    await fail(breaker);
    expect((await breaker.information()).override).not.toBeNull();
    fleet.clock.step(1);
    expect((await breaker.information()).override).toBeNull();
    await fail(breaker);
    expect(await breaker.state()).toBe('open');
  });

  test('is never cleared cyclically: its operator sees the counts as they are', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '1h' });
    const { breaker } = fleet.join();
    await breaker.forceClosed();
    await fail(breaker, 2);
    fleet.clock.step(2 * 3_600_000);
    await fail(breaker);
    expect((await breaker.information()).totalFailures).toBe(3);
  });
});

describe('Operators', () => {
  test('release does nothing, and writes nothing, where there is no override', async () => {
    const { breaker, backend } = new Fleet({ failureCountThreshold: 1 }).join();
    await fail(breaker);
    backend.forget();
    await breaker.release();
    expect(backend.verbs).toEqual(['retrieve']);
    expect(await breaker.state()).toBe('open');
  });

  test('reset starts an open circuit afresh', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    await fail(breaker);
    await breaker.reset();
    expect(await breaker.information()).toMatchObject({ state: 'closed', openings: 0, total: 0, override: null });
    expect(fleet.announced.at(-1)).toMatchObject({ from: 'open', to: 'closed', reason: 'reset' });
  });

  test('each control is one more generation', async () => {
    const { breaker } = new Fleet().join();
    const generations: number[] = [];
    for (const control of ['forceOpen', 'forceClosed', 'release', 'reset'] as const) {
      await breaker[control]();
      generations.push((await breaker.information()).generation);
    }
    expect(generations).toEqual([1, 2, 3, 4]);
  });

  test('a later override replaces an earlier one', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.join(), fleet.join()];
    await one.breaker.forceOpen({ by: 'one' });
    await two.breaker.forceClosed({ by: 'two' });
    expect((await one.breaker.information()).override).toMatchObject({ state: 'closed', by: 'two', until: null });
  });

  test('forcing what already is so changes no effective state and announces nothing', async () => {
    const fleet = new Fleet();
    const { breaker } = fleet.join();
    await breaker.forceClosed();
    await breaker.release();
    expect(fleet.changes).toEqual([]);
  });

  test('an override stands against workers that write at the same time', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.join(), fleet.join()];
    await succeed(two.breaker);
    await Promise.all([...Array.from({ length: 20 }, () => fail(two.breaker)), one.breaker.forceOpen()]);
    expect((await refusal(two.breaker)).code).toBe('ERR_FORCED_OPEN');
  });

  test.each(['forceOpen', 'forceClosed', 'release', 'reset'] as const)(
    '%s fails loudly when the store can’t be reached, whatever the policy',
    async (control) => {
      for (const onStorageFailure of ['local', 'allow', 'throw'] as const) {
        const { breaker, backend } = new Fleet({ onStorageFailure }).join();
        await breaker.forceClosed();
        backend.conduct = failing('unreachable');
        expect(await rejection(breaker[control]())).toMatchObject({ code: 'ERR_STORAGE' });
        // Known to be down by now: it is asked all the same.
        expect(await rejection(breaker[control]())).toMatchObject({ code: 'ERR_STORAGE' });
        expect(backend.verbs.slice(-2)).toEqual(['retrieve', 'retrieve']);
      }
    },
  );

  test.each([0, -1, Number.NaN, '5 parsecs', '0s'])(
    'an override for %p is refused as a wrong setting',
    async (length) => {
      const { breaker, backend } = new Fleet().join();
      expect(await rejection(breaker.forceOpen({ for: length as number }))).toMatchObject({
        code: 'ERR_INVALID_SETTINGS',
        problems: [{ name: 'for', value: length }],
      });
      expect(backend.calls).toEqual([]);
    },
  );

  test('an override outlives any ttl by its own length, and for ever without end', async () => {
    const fleet = new Fleet({ retention: '1m' });
    const { breaker, backend } = fleet.join();
    await breaker.forceOpen({ for: '7d' });
    await breaker.forceOpen();
    await breaker.forceClosed();
    await fail(breaker);
    expect(backend.calls.filter(({ ttl }) => ttl !== undefined).map(({ ttl }) => ttl)).toEqual([
      7 * 86_400_000 + 60_000,
      Infinity,
      Infinity,
      Infinity,
    ]);
  });
});
