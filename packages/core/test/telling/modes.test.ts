import { describe, expect, test } from '@jest/globals';
import { isCircuitryError, type FactoryOptions } from '@circuitry/core';
import { failing } from '../breaker/support/failing-backend.js';
import { fail, Fleet, isAdmitted, rejection, succeed } from '../breaker/support/fleet.js';

const manners: [string, Partial<FactoryOptions>][] = [
  ['strict', {}],
  ['bounded', { consistency: { maxStaleness: 250 } }],
];

describe("mode: 'observe'", () => {
  test.each(manners)('what would be refused is told, and runs (%s)', async (_how, more) => {
    const fleet = new Fleet({ ...more, failureCountThreshold: 1, mode: 'observe' });
    const { breaker, events, factory } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance(250);
    expect(await breaker.state()).toBe('open');
    expect(await breaker.execute(() => 'ran')).toBe('ran');
    const permit = await breaker.start();
    await permit.succeed();
    const told = events.of('refused');
    expect(told.map(({ enforced }) => enforced)).toEqual([false, false]);
    expect(told[0]?.error).toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
    await factory.close();
  });

  test("the fleet's record moves as if: what runs in spite of a refusal counts for nothing", async () => {
    const fleet = new Fleet({ failureCountThreshold: 2, closeThreshold: 2, mode: 'observe' });
    const { breaker } = fleet.join();
    await fail(breaker, 2);
    const before = await fleet.record();
    await succeed(breaker, 3);
    await fail(breaker, 3);
    expect(await fleet.record()).toEqual(before);
    await fleet.clock.advance('60s');
    // Two trials for the whole fleet, and a third call that would be refused, but runs.
    const trials = [await breaker.start(), await breaker.start()];
    expect(trials.map(({ isTrial }) => isTrial)).toEqual([true, true]);
    const beside = await breaker.start();
    expect(beside.isTrial).toBe(false);
    await beside.fail(new Error('counts for nothing'));
    for (const trial of trials) await trial.succeed();
    expect(await breaker.state()).toBe('closed');
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });

  test('beside a process that enforces, each does as it says', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const observing = fleet.join({ mode: 'observe' });
    const enforcing = fleet.join();
    await fail(observing.breaker);
    expect(await isAdmitted(enforcing.breaker)).toBe(false);
    expect(await isAdmitted(observing.breaker)).toBe(true);
    expect(enforcing.events.of('refused')).toMatchObject([{ enforced: true }]);
  });

  test("an operator's forced open circuit is told and runs as well", async () => {
    const fleet = new Fleet({ mode: 'observe' });
    const { breaker, events } = fleet.join();
    await breaker.forceOpen();
    await succeed(breaker);
    expect(events.of('refused')).toMatchObject([{ enforced: false, error: { code: 'ERR_FORCED_OPEN' } }]);
  });

  test("runs what a store that is down would refuse under 'throw'", async () => {
    const fleet = new Fleet({ mode: 'observe', onStorageFailure: 'throw' });
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('unreachable');
    expect((await breaker.settle(() => 'ran')).status).toBe('fulfilled');
  });

  test('does not run what its caller has cancelled, or what comes after close', async () => {
    const fleet = new Fleet({ mode: 'observe', failureCountThreshold: 1 });
    const { breaker, factory } = fleet.join();
    await fail(breaker);
    const reason = new Error('enough');
    expect(await rejection(breaker.execute(() => 1, { signal: AbortSignal.abort(reason) }))).toBe(reason);
    await factory.close();
    expect(isCircuitryError(await rejection(breaker.execute(() => 1)), 'ERR_CLOSED')).toBe(true);
  });

  test('asks no fallback', async () => {
    const fleet = new Fleet({ mode: 'observe', failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    await fail(breaker);
    expect(await breaker.execute(() => 'work', { fallback: () => 'fallback' })).toBe('work');
  });
});

describe("mode: 'off'", () => {
  test.each(manners)('work runs, and no store is asked (%s)', async (_how, more) => {
    const fleet = new Fleet({ ...more, failureCountThreshold: 1, mode: 'off' });
    const { breaker, backend, events, factory } = fleet.join();
    await fail(breaker, 3);
    await succeed(breaker, 3);
    const permit = await breaker.start();
    expect(permit.decidedBy).toBe('off');
    await permit.fail(new Error('x'), { openFor: '1h' });
    await factory.flush();
    expect(backend.calls).toEqual([]);
    expect(events.of('settled').map(({ decidedBy }) => decidedBy)).toEqual(Array.from({ length: 7 }, () => 'off'));
    await factory.close();
  });

  test('takes no exclusive lock', async () => {
    const fleet = new Fleet({ mode: 'off', exclusive: { wait: 0 } });
    const { breaker, backend } = fleet.join();
    const permit = await breaker.start();
    await succeed(breaker);
    await permit.succeed();
    expect(backend.calls).toEqual([]);
  });

  test('keeps a workTimeout, for that is between the caller and the work', async () => {
    const fleet = new Fleet({ mode: 'off', workTimeout: '1s' });
    const { breaker } = fleet.join();
    const hanging = breaker.settle(() => new Promise(() => {}));
    await fleet.clock.advance('1s');
    expect(await hanging).toMatchObject({ status: 'rejected', reason: { code: 'ERR_WORK_TIMEOUT' } });
  });
});

describe('setMode', () => {
  test('changes at once, in this process alone, and back', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, factory } = fleet.join();
    const other = fleet.join();
    await fail(breaker);
    expect(await isAdmitted(breaker)).toBe(false);
    factory.setMode('observe');
    expect(await isAdmitted(breaker)).toBe(true);
    factory.setMode('off');
    expect(await breaker.settle(() => 1)).toMatchObject({ status: 'fulfilled', decidedBy: 'off' });
    expect(await isAdmitted(other.breaker)).toBe(false);
    factory.setMode('enforce');
    expect(await isAdmitted(breaker)).toBe(false);
  });

  test('leaves a circuit its own mode, but under off', async () => {
    const fleet = new Fleet({
      failureCountThreshold: 1,
      circuits: { new: { mode: 'observe' }, strict: { mode: 'enforce' } },
    });
    const { factory } = fleet.join();
    const breakers = ['new', 'strict', 'other'].map((name) => factory.breakerFor(name));
    for (const breaker of breakers) await fail(breaker);
    const run = () => Promise.all(breakers.map(isAdmitted));
    expect(await run()).toEqual([true, false, false]);
    factory.setMode('observe');
    expect(await run()).toEqual([true, false, true]);
    factory.setMode('off');
    expect(await run()).toEqual([true, true, true]);
  });

  test('a circuit may be off by itself', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, circuits: { x: { mode: 'off' } } });
    const { factory, backend } = fleet.join();
    await fail(factory.breakerFor('x'), 3);
    expect(backend.calls).toEqual([]);
    await fail(factory.breakerFor('y'));
    expect(await isAdmitted(factory.breakerFor('y'))).toBe(false);
  });

  test('work that was admitted under one mode reports as it was admitted', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, factory } = fleet.join();
    const counted = await breaker.start();
    factory.setMode('off');
    const uncounted = await breaker.start();
    factory.setMode('enforce');
    await uncounted.fail();
    expect(await breaker.state()).toBe('closed');
    factory.setMode('off');
    await counted.fail();
    expect(await breaker.state()).toBe('open');
  });

  test.each(['on', undefined, null, 'OFF', {}])('refuses %p', (mode) => {
    const { factory } = new Fleet().join();
    expect(() => factory.setMode(mode as 'off')).toThrow(expect.objectContaining({ code: 'ERR_INVALID_SETTINGS' }));
  });
});
