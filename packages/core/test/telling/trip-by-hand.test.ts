import { describe, expect, test } from '@jest/globals';
import { exponential } from '@circuitry/core';
import { failing } from '../breaker/support/failing-backend.js';
import { fail, Fleet, isAdmitted, refusal, rejection, succeed, t0 } from '../breaker/support/fleet.js';

describe('breaker.trip', () => {
  test('opens the circuit for the whole fleet, for allowAfter, and announces it', async () => {
    const fleet = new Fleet({ allowAfter: '30s' });
    const { breaker } = fleet.join();
    const other = fleet.join();
    await breaker.trip({ reason: 'provider maintenance', by: 'ada' });
    expect((await refusal(other.breaker)).retryAfter).toBe(30_000);
    expect(fleet.announced).toMatchObject([{ from: 'closed', to: 'open', reason: 'tripped-by-operator' }]);
  });

  test('is tried again in the ordinary way: as many trials as a round has, and one failure reopens', async () => {
    const fleet = new Fleet({ allowAfter: '30s' });
    const { breaker } = fleet.join();
    await breaker.trip({ for: '10m' });
    await fleet.clock.advance('10m');
    const runs = await Promise.all(
      Array.from({ length: 50 }, () => breaker.settle(() => Promise.reject(new Error('still down')))),
    );
    expect(runs.filter(({ status }) => status !== 'refused')).toHaveLength(1);
    expect((await refusal(breaker)).retryAfter).toBe(30_000);
    await fleet.clock.advance('30s');
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('is no override, and counts as an opening', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: exponential('30s') });
    const { breaker } = fleet.join();
    await breaker.trip();
    const { override, state, openings, expiresAfter } = await breaker.information();
    expect({ override, state, openings, until: Number(expiresAfter) }).toEqual({
      override: null,
      state: 'open',
      openings: 1,
      until: t0 + 30_000,
    });
    await fleet.clock.advance('30s');
    await fail(breaker);
    expect((await breaker.information()).openings).toBe(2);
  });

  test('tells whoever is refused who did it and why', async () => {
    const fleet = new Fleet();
    const { breaker } = fleet.join();
    await breaker.trip({ reason: 'provider maintenance', by: 'ada' });
    expect((await refusal(breaker)).message).toContain('provider maintenance');
  });

  test('may go past maxOpenFor: an operator is no dependency', async () => {
    const fleet = new Fleet();
    const { breaker } = fleet.join();
    await breaker.trip({ for: '7d' });
    expect(Number((await breaker.information()).expiresAfter)).toBe(t0 + 7 * 86_400_000);
  });

  test('makes what was in flight late', async () => {
    const fleet = new Fleet();
    const { breaker, events } = fleet.join();
    const permit = await breaker.start();
    await breaker.trip();
    await permit.succeed();
    expect(events.of('lateOutcome')).toHaveLength(1);
    expect(await isAdmitted(breaker)).toBe(false);
  });

  test('ends an override: the last word of an operator holds', async () => {
    const fleet = new Fleet();
    const { breaker } = fleet.join();
    await breaker.forceClosed({ reason: 'stay' });
    await breaker.trip();
    const { override, state } = await breaker.information();
    expect({ override, state }).toEqual({ override: null, state: 'open' });
    expect(await isAdmitted(breaker)).toBe(false);
  });

  test('asks the store, and rejects where it can not be asked', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('unreachable');
    expect(await rejection(breaker.trip())).toMatchObject({ code: 'ERR_STORAGE' });
  });

  test.each([{ for: 'soon' }, { for: 0 }, { for: -1 }, { for: Infinity }, { reason: 5 }, { by: {} }, null, 'x'])(
    'refuses %p before it asks',
    async (options) => {
      const fleet = new Fleet();
      const { breaker, backend } = fleet.join();
      expect(await rejection(breaker.trip(options as object))).toMatchObject({ code: 'ERR_INVALID_SETTINGS' });
      expect(backend.calls).toEqual([]);
    },
  );

  test('of an open circuit sets its time anew', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    await fail(breaker);
    await breaker.trip({ for: '10m' });
    expect((await refusal(breaker)).retryAfter).toBe(600_000);
    // The same opening, not one more.
    expect((await breaker.information()).openings).toBe(1);
  });
});
