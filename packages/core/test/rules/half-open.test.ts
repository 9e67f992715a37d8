import { beforeEach, describe, expect, test } from '@jest/globals';
import { Holding } from '../breaker/support/failing-backend.js';
import { fail, Fleet, rejection, succeed, t0, type Worker } from '../breaker/support/fleet.js';

describe('A half-open round', () => {
  let fleet: Fleet;
  let one: Worker;
  let two: Worker;

  beforeEach(async () => {
    fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 2, trialLease: '10s' });
    one = fleet.join();
    two = fleet.join();
    await fail(one.breaker);
    fleet.clock.step(1_000);
    one.backend.forget();
    two.backend.forget();
  });

  test('begins with the first ticket for its own caller, in the store that begins it', async () => {
    const permit = await one.breaker.start();
    expect(one.backend.verbs).toEqual(['retrieve', 'store']);
    expect(one.backend.of('store')[0]?.next?.counters).toEqual({
      'trials.started': 1,
      'trials.limit': 2,
      'trials.deadline': t0 + 11_000,
    });
    expect(permit.isTrial).toBe(true);
  });

  test('takes a further ticket and moves the deadline in one and the same apply', async () => {
    await one.breaker.start();
    fleet.clock.step(2_000);
    await two.breaker.start();
    expect(two.backend.of('apply').map(({ delta }) => delta)).toEqual([
      { add: { 'trials.started': 1 }, set: { 'trials.deadline': t0 + 13_000 } },
    ]);
  });

  test('refuses from the record read when its tickets are gone, without a write', async () => {
    await one.breaker.start();
    await one.breaker.start();
    two.backend.forget();
    expect(await rejection(two.breaker.start())).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS' });
    expect(two.backend.verbs).toEqual(['retrieve']);
  });

  test('decides a ticket by the atomic counter: of two who read one left, one gets it, and the over-taking is given back once', async () => {
    await one.breaker.start();
    const holdings = [one, two].map(({ backend }) => {
      const holding = new Holding('apply');
      backend.conduct = holding.conduct;
      return holding;
    });
    const starts = [one, two].map(({ breaker }) => breaker.start());
    await fleet.turn();
    expect(holdings.map(({ size }) => size)).toEqual([1, 1]);
    for (const { backend } of [one, two]) backend.conduct = (_call, make) => make();
    for (const holding of holdings) holding.letAllGo();
    const settled = await Promise.allSettled(starts);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(two.backend.of('apply').map(({ delta }) => delta?.add)).toEqual([
      { 'trials.started': 1 },
      { 'trials.started': -1 },
    ]);
    expect((await fleet.counters())['trials.started']).toBe(2);
  });

  test('is over only when the later of its own end and its trials’ deadline is', async () => {
    await one.breaker.start();
    fleet.clock.step(6_000);
    await one.breaker.start();
    fleet.clock.step(9_999);
    expect(await rejection(two.breaker.start())).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS', retryAfter: 1 });
    fleet.clock.step(1);
    expect((await two.breaker.start()).isTrial).toBe(true);
  });

  test('is not taken from under a trial that renews at the last moment', async () => {
    const trial = await one.breaker.start();
    await one.breaker.start();
    fleet.clock.step(10_000);
    const holding = new Holding('store');
    two.backend.conduct = holding.conduct;
    const starting = rejection(two.breaker.start());
    // Its timers were late: the renewal reaches the store before the new round does.
    await fleet.turn();
    await fleet.clock.advance(0);
    holding.letAllGo();
    expect(await starting).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS' });
    await trial.succeed();
    expect((await fleet.record())?.counters['trials.succeeded']).toBe(1);
  });

  test('counts openings and keeps the generation when it reopens', async () => {
    const before = await fleet.record();
    await fail(one.breaker);
    expect(await fleet.record()).toMatchObject({ state: 'open', openings: 2, generation: before?.generation });
  });

  test('closes into a clean closed state of the next generation', async () => {
    const before = await fleet.record();
    await succeed(one.breaker, 2);
    expect(await fleet.record()).toMatchObject({
      state: 'closed',
      openings: 1,
      generation: (before?.generation ?? 0) + 1,
      counters: {},
      expiresAt: null,
    });
  });
});

describe('A new round', () => {
  test('carries the sample so far, and its limit is what is missing', async () => {
    const closeThreshold = { trials: 5, successRate: 0.8 };
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold, trialLease: '10s' });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    fleet.clock.step(1_000);
    await succeed(one.breaker, 2);
    await fail(one.breaker);
    await one.breaker.start();
    fleet.clock.step(10_000);
    expect((await two.breaker.information()).trials).toEqual({ started: 0, limit: 2 });
    await succeed(two.breaker, 2);
    expect(await two.breaker.state()).toBe('closed');
    expect(fleet.announced.at(-1)?.information).toMatchObject({ totalSuccesses: 4, totalFailures: 1 });
  });

  test('needs successes in a row across rounds: N - 1 of the old round are not lost', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 3, trialLease: '10s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    await succeed(breaker, 2);
    await fleet.join().breaker.start();
    fleet.clock.step(10_000);
    expect((await breaker.information()).trials).toEqual({ started: 0, limit: 1 });
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
  });

  test('passes only if no trial settled meanwhile, or its outcome would be lost', async () => {
    const closeThreshold = { trials: 4, successRate: 1 };
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold, trialLease: '10s' });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    fleet.clock.step(1_000);
    const trial = await one.breaker.start();
    fleet.clock.step(10_000);
    const holding = new Holding('store');
    two.backend.conduct = holding.conduct;
    const starting = two.breaker.start();
    await fleet.turn();
    await trial.succeed();
    two.backend.conduct = (_call, make) => make();
    holding.letAllGo();
    await starting;
    expect((await fleet.counters())['trials.succeeded']).toBe(1);
    expect(two.backend.of('store')[0]?.expect).toMatchObject({ 'trials.started': 1, 'trials.succeeded': 0 });
  });
});
