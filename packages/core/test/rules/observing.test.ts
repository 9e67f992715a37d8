import { describe, expect, test } from '@jest/globals';
import { failing } from '../breaker/support/failing-backend.js';
import { fail, Fleet, refusal, rejection } from '../breaker/support/fleet.js';

describe('Observing never writes', () => {
  test('making a breaker, asking its state, being refused', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, backend } = fleet.join();
    await breaker.state();
    await breaker.information();
    expect(await fleet.record()).toBeNull();
    await fail(breaker);
    const before = await fleet.record();
    backend.forget();
    await breaker.state();
    await breaker.information();
    await refusal(breaker);
    expect(new Set(backend.verbs)).toEqual(new Set(['retrieve']));
    expect(await fleet.record()).toEqual(before);
  });

  test('not even what is due: the state is shown as half-open, and nobody is told', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    backend.forget();
    expect(await breaker.state()).toBe('half-open');
    expect((await breaker.information()).trials).toEqual({ started: 0, limit: 1 });
    expect(backend.verbs).toEqual(['retrieve', 'retrieve']);
    expect(fleet.changes).toEqual(['closed>open']);
    expect((await fleet.record())?.state).toBe('open');
  });

  test('asking the state of an unknown circuit makes no record', async () => {
    const fleet = new Fleet();
    const { factory } = fleet.join();
    for (let tenant = 0; tenant < 20; tenant += 1) await factory.breakerFor(`t${tenant}`, {}).state();
    const names: string[] = [];
    for await (const { name } of fleet.memory.list()) names.push(name);
    expect(names).toEqual([]);
  });

  test('state and information reject with the storage error, whatever the policy', async () => {
    for (const onStorageFailure of ['local', 'allow', 'throw'] as const) {
      const { breaker, backend } = new Fleet({ onStorageFailure }).join();
      backend.conduct = failing('unreachable');
      expect(await rejection(breaker.state())).toMatchObject({ code: 'ERR_STORAGE' });
      expect(await rejection(breaker.information())).toMatchObject({ code: 'ERR_STORAGE' });
      expect(backend.count('retrieve')).toBe(2);
    }
  });
});
