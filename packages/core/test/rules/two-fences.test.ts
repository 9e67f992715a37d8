import { describe, expect, test } from '@jest/globals';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';

describe('A long job’s outcome is not orphaned by what changes the revision alone', () => {
  test('it outlives the record’s creation', async () => {
    const fleet = new Fleet();
    const [one, two] = [fleet.join(), fleet.join()];
    const long = await one.breaker.start();
    await succeed(two.breaker);
    await long.fail();
    expect(await two.breaker.information()).toMatchObject({
      totalFailures: 1,
      totalSuccesses: 1,
      consecutiveFailures: 1,
    });
  });

  test('it outlives the record’s expiry, and goes to a record of its own', async () => {
    const fleet = new Fleet({ retention: '1m' });
    const { breaker, events } = fleet.join();
    await succeed(breaker);
    const long = await breaker.start();
    fleet.clock.step(60_000);
    expect(await fleet.record()).toBeNull();
    await long.fail();
    expect(await breaker.information()).toMatchObject({ totalFailures: 1, totalSuccesses: 0 });
    expect(events.of('lateOutcome')).toEqual([]);
  });

  test('it outlives expiry and a new record made by others, also from a closed state that began later than 0', async () => {
    const fleet = new Fleet({ retention: '1m', failureCountThreshold: 1, allowAfter: '1s' });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    fleet.clock.step(1_000);
    await succeed(one.breaker);
    expect((await one.breaker.information()).since).toBeGreaterThan(0);
    const long = await one.breaker.start();
    fleet.clock.step(60_000);
    await succeed(two.breaker);
    await long.ignore();
    expect(await two.breaker.information()).toMatchObject({ totalIgnored: 1, totalSuccesses: 1 });
  });

  test('it outlives a flush of the store', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    await succeed(breaker);
    const long = await breaker.start();
    await fleet.memory.delete('c');
    await long.fail();
    expect(await breaker.state()).toBe('open');
  });

  test('it outlives cyclic clears, however many', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '1h', failureCountThreshold: 1 });
    const [one, two] = [fleet.join(), fleet.join()];
    await succeed(one.breaker);
    const long = await one.breaker.start();
    for (let period = 0; period < 3; period += 1) {
      fleet.clock.step(3_600_000);
      await succeed(two.breaker);
    }
    await long.fail();
    expect(await two.breaker.state()).toBe('open');
  });
});

describe('A late outcome', () => {
  test('is called late only by an answer to a call made for it, never by a cached view', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1h' });
    const { breaker, backend, events } = fleet.join();
    await succeed(breaker);
    const long = await breaker.start();
    await fail(breaker);
    // This process has seen the circuit open. Then the store fails over to a copy from before the trip.
    const before = backend.of('store').find(({ revision }) => revision === null)?.answer?.record;
    await fleet.memory.delete('c');
    await fleet.memory.store('c', null, before as never, { ttl: 3_600_000 });
    backend.forget();
    await long.succeed();
    expect(backend.verbs).toEqual(['apply']);
    expect(events.of('lateOutcome')).toEqual([]);
    expect((await breaker.information()).totalSuccesses).toBe(2);
  });

  test('of a round that was flushed away counts nowhere: no half-open outcome passes for a closed one', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker, events } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    const trial = await breaker.start();
    await fleet.memory.delete('c');
    await trial.fail();
    expect(await fleet.record()).toBeNull();
    expect(events.of('lateOutcome')).toMatchObject([
      { outcome: 'failure', information: { state: 'closed', revision: 0 } },
    ]);
  });

  test('since never repeats, even where two states begin in one ms: an old outcome can’t pass the fence', async () => {
    const fleet = new Fleet();
    const { breaker, events } = fleet.join();
    await breaker.reset();
    const permit = await breaker.start();
    await breaker.reset();
    await permit.fail();
    expect(events.of('lateOutcome')).toHaveLength(1);
    expect((await breaker.information()).totalFailures).toBe(0);
  });
});
