import { describe, expect, test } from '@jest/globals';
import { failing, Holding } from './support/failing-backend.js';
import { fail, Fleet, isAdmitted, refusal, rejection, succeed } from './support/fleet.js';

describe('When the store is back', () => {
  test('it is noticed within the longest pause of 5 s, and announced once', async () => {
    const fleet = new Fleet({ random: () => 0.999 });
    const { breaker, backend, events } = fleet.join();
    backend.conduct = failing('unreachable');
    for (let second = 0; second < 60; second += 1) {
      await succeed(breaker);
      await fleet.clock.advance('1s');
    }
    backend.conduct = (_call, make) => make();
    const back = fleet.clock.now();
    while (events.of('storageRecovered').length === 0) {
      await fleet.clock.advance(100);
      await succeed(breaker);
    }
    expect(fleet.clock.now() - back).toBeLessThanOrEqual(5_000);
    await succeed(breaker, 5);
    expect(events.of('storageRecovered')).toHaveLength(1);
    expect(events.of('storageRecovered')[0]).toMatchObject({ scope: 'store', name: null });
  });

  test('what was counted locally under a fence that still holds goes into the totals, and into nothing else', async () => {
    const fleet = new Fleet({ failureCountThreshold: 5 });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker, 2);
    one.backend.conduct = failing('unreachable');
    await fail(one.breaker, 2);
    await succeed(one.breaker);
    await fail(one.breaker, 2);
    await (await one.breaker.start()).ignore();
    one.backend.conduct = (_call, make) => make();
    await fleet.clock.advance('10s');
    await one.breaker.state();
    await fleet.turn();
    expect(await two.breaker.information()).toMatchObject({
      state: 'closed',
      consecutiveFailures: 2,
      totalFailures: 6,
      totalSuccesses: 1,
      totalIgnored: 1,
    });
  });

  test('a worker that lost store and dependency together trips nobody', async () => {
    const fleet = new Fleet({ failureCountThreshold: 3 });
    const [one, two] = [fleet.join(), fleet.join()];
    await succeed(one.breaker);
    one.backend.conduct = failing('unreachable');
    await fail(one.breaker, 3);
    await refusal(one.breaker);
    one.backend.conduct = (_call, make) => make();
    await fleet.clock.advance('10s');
    expect(await isAdmitted(one.breaker)).toBe(true);
    await fleet.turn();
    expect(await two.breaker.information()).toMatchObject({ state: 'closed', consecutiveFailures: 0, openings: 0 });
    expect(fleet.changes).toEqual([]);
  });

  test('local counts of a state that is over are thrown away', async () => {
    const fleet = new Fleet({ failureCountThreshold: 5 });
    const [one, two] = [fleet.join(), fleet.join()];
    await succeed(one.breaker);
    one.backend.conduct = failing('unreachable');
    await fail(one.breaker, 4);
    await two.breaker.reset();
    one.backend.conduct = (_call, make) => make();
    await fleet.clock.advance('10s');
    await one.breaker.state();
    await fleet.turn();
    expect(await two.breaker.information()).toMatchObject({ total: 0, totalFailures: 0 });
  });

  test('a local trial that ends after it counts nowhere: the store never gave it a ticket', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '10s', closeThreshold: 2 });
    const { breaker, backend, events } = fleet.join();
    await fail(breaker);
    backend.conduct = failing('unreachable');
    await fleet.clock.advance('10s');
    const local = await breaker.start();
    expect(local.isTrial).toBe(true);
    backend.conduct = (_call, make) => make();
    await fleet.clock.advance('5s');
    const trial = await breaker.start();
    await local.fail();
    expect(await breaker.information()).toMatchObject({
      state: 'half-open',
      trials: { started: 1, limit: 2 },
      totalFailures: 0,
    });
    expect(events.of('lateOutcome')).toHaveLength(1);
    await trial.succeed();
  });

  test('what is not known to be uncounted is kept out of the totals', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    await succeed(breaker);
    backend.conduct = failing('lost-answer', 'apply');
    await succeed(breaker);
    backend.conduct = (_call, make) => make();
    await fleet.clock.advance('10s');
    await breaker.state();
    await fleet.turn();
    expect((await breaker.information()).totalSuccesses).toBe(2);
  });

  test('whoever asks for the state notices it at once, pause or not', async () => {
    const fleet = new Fleet();
    const { breaker, backend, events } = fleet.join();
    backend.conduct = failing('unreachable');
    await succeed(breaker);
    backend.conduct = (_call, make) => make();
    expect(await breaker.state()).toBe('closed');
    expect(events.of('storageRecovered')).toHaveLength(1);
  });
});

describe('While the store is down', () => {
  test('it is asked again on a growing, jittered pause of at most 5 s', async () => {
    for (const [random, share] of [
      [() => 0, 0.5],
      [() => 0.999_999, 1],
    ] as const) {
      const fleet = new Fleet({ random });
      const { breaker, backend } = fleet.join();
      backend.conduct = failing('unreachable');
      const asked: number[] = [];
      for (let ms = 0; ms < 30_000; ms += 10) {
        const before = backend.calls.length;
        await succeed(breaker);
        if (backend.calls.length > before) asked.push(fleet.clock.now());
        fleet.clock.step(10);
      }
      const pauses = asked.slice(1).map((at, index) => at - (asked[index] as number));
      expect(pauses.length).toBeGreaterThan(6);
      expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
      expect(pauses[0]).toBeLessThanOrEqual(110);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(5_010 * share);
      expect(Math.max(...pauses)).toBeGreaterThanOrEqual(4_900 * share);
    }
  });

  test('one caller at a time asks; calls in between pay nothing', async () => {
    const fleet = new Fleet({ storageTimeout: '1s' });
    const { factory, backend } = fleet.join();
    backend.conduct = failing('hang');
    // So many in a row, with nobody answered meanwhile, prove that it is the store.
    const first = Array.from({ length: 8 }, (_, index) => factory.breakerFor(`first${index}`, {}).settle(() => 1));
    await fleet.clock.advance('2s');
    await Promise.all(first);
    backend.forget();
    await fleet.clock.advance('10s');
    const calls = Array.from({ length: 100 }, (_, tenant) => factory.breakerFor(`t${tenant}`, {}).settle(() => 1));
    await fleet.turn();
    // One of them waits for an answer; the others have run.
    expect(backend.calls).toHaveLength(1);
    const done = await Promise.all(calls.slice(1));
    expect(new Set(done.map(({ status }) => status))).toEqual(new Set(['fulfilled']));
    await fleet.clock.advance('1s');
    await Promise.all(calls);
    expect(backend.calls).toHaveLength(1);
  });

  test('only StorageError marks it as down: a corrupt or newer record concerns that circuit alone', async () => {
    for (const failure of ['corrupt', 'unsupported'] as const) {
      const fleet = new Fleet();
      const { breaker, factory, backend, events } = fleet.join();
      const other = factory.breakerFor('other', {});
      backend.conduct = (call, make) => (call.name === 'c' ? failing(failure)(call, make) : make());
      expect(await breaker.settle(() => 1)).toMatchObject({ status: 'fulfilled', decidedBy: 'local' });
      expect(await other.settle(() => 1)).toEqual({ status: 'fulfilled', value: 1 });
      expect(events.of('storageFailure')).toMatchObject([{ scope: 'circuit', name: 'c' }]);
      backend.conduct = (_call, make) => make();
      await fleet.clock.advance('5s');
      expect(await breaker.settle(() => 1)).toEqual({ status: 'fulfilled', value: 1 });
      expect(events.of('storageRecovered')).toEqual([{ scope: 'circuit', name: 'c', downFor: 5_000 }]);
    }
  });

  test('a circuit of a corrupt record follows the policy: it is neither always admitted nor refused for ever', async () => {
    const throwing = new Fleet({ onStorageFailure: 'throw' }).join();
    throwing.backend.conduct = failing('corrupt');
    expect(await rejection(throwing.breaker.execute(() => 1))).toMatchObject({
      code: 'ERR_CORRUPT_RECORD',
      circuitName: 'c',
      field: 'state',
    });
    const local = new Fleet({ failureCountThreshold: 2 }).join();
    local.backend.conduct = failing('corrupt');
    await fail(local.breaker, 2);
    expect((await refusal(local.breaker)).code).toBe('ERR_CIRCUIT_OPEN');
  });
});

describe('storageTimeout', () => {
  test('goes through the injected clock, and a hanging call has no more than it', async () => {
    const fleet = new Fleet({ storageTimeout: '2s', onStorageFailure: 'throw' });
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('hang');
    let settled: unknown = null;
    void breaker.settle(() => 1).then((result) => (settled = result));
    await fleet.clock.advance(1_799);
    expect(settled).toBeNull();
    await fleet.clock.advance(201);
    expect(settled).toMatchObject({ status: 'refused', error: { code: 'ERR_STORAGE', ambiguous: false } });
    expect(backend.calls[0]?.signal?.aborted).toBe(true);
  });

  test('a write that hangs is ambiguous, a read that hangs is not', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('hang', 'store');
    const settling = breaker.settle(() => 1);
    await fleet.clock.advance('1s');
    expect(await settling).toMatchObject({ circuitError: { code: 'ERR_STORAGE', ambiguous: true } });
  });

  test('an answer in time leaves no timer behind for long', async () => {
    const fleet = new Fleet({ storageTimeout: '5s' });
    await succeed(fleet.join().breaker);
    await fleet.clock.advance('5s');
    expect(fleet.clock.pending).toBe(0);
  });

  test('a process that was frozen hears what came meanwhile before it calls the store down', async () => {
    for (const comes of [true, false]) {
      const fleet = new Fleet({ storageTimeout: '1s' });
      const { breaker, backend, events } = fleet.join();
      const held = new Holding('retrieve');
      backend.conduct = held.conduct;
      const settling = breaker.settle(() => 1);
      await fleet.turn();
      fleet.clock.step(5_000);
      // Awake: the timer comes first, then the answer.
      await fleet.clock.advance(0);
      if (comes) held.letAllGo();
      await fleet.clock.advance(100);
      expect(await settling).toMatchObject({ status: 'fulfilled', value: 1 });
      expect(events.of('storageFailure')).toHaveLength(comes ? 0 : 1);
    }
  });

  test('an answer that comes after it changes nothing', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    let answer: () => void = () => {};
    backend.conduct = async (call, make) => {
      if (call.verb === 'retrieve') await new Promise<void>((resolve) => (answer = resolve));
      return make();
    };
    const settling = breaker.settle(() => 'value');
    await fleet.clock.advance('1s');
    expect(await settling).toMatchObject({ status: 'fulfilled', decidedBy: 'local' });
    answer();
    await fleet.turn();
    expect(backend.verbs).toEqual(['retrieve']);
  });
});
