import { describe, expect, test } from '@jest/globals';
import { failing, Holding, once } from '../breaker/support/failing-backend.js';
import { fail, Fleet, succeed } from '../breaker/support/fleet.js';
import { bounded, failTogether, joinUnpushed, joinWarm, maxStaleness } from './support/bounded.js';

describe('Successes that wait', () => {
  test('are merged, and sent by time as one write', async () => {
    const fleet = new Fleet(bounded);
    const { breaker, backend } = await joinWarm(fleet);
    await succeed(breaker, 30);
    await fleet.clock.advance(maxStaleness - 1);
    expect(backend.calls).toEqual([]);
    await fleet.clock.advance(1);
    expect(backend.of('apply')).toMatchObject([
      { delta: { add: { 'total.successes': 30, 'consecutive.successes': 30 }, set: {} } },
    ]);
  });

  test('are sent by flush(), which resolves once they are in the store', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker, backend } = await joinWarm(fleet);
    await succeed(breaker, 3);
    await factory.flush();
    expect(backend.verbs).toEqual(['apply']);
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 4 });
    await fleet.clock.advance('2s');
    expect(backend.verbs).toEqual(['apply']);
  });

  test('are sent by close(), those that end during it and after it too', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker, backend } = await joinWarm(fleet);
    const [during, after] = [await breaker.start(), await breaker.start()];
    await succeed(breaker, 3);
    const held = new Holding('apply');
    backend.conduct = held.conduct;
    const closing = factory.close();
    const ended = during.succeed();
    await fleet.turn();
    held.letGo();
    await fleet.turn();
    held.letGo();
    await Promise.all([closing, ended]);
    backend.conduct = (_call, make) => make();
    await after.succeed();
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 6 });
    await fleet.clock.advance('2s');
    expect(fleet.clock.pending).toBe(0);
  });

  test('of many circuits are all sent by one flush', async () => {
    const fleet = new Fleet(bounded);
    const { factory } = joinUnpushed(fleet);
    const names = Array.from({ length: 40 }, (_, tenant) => `t${tenant}`);
    await Promise.all(names.map((name) => succeed(factory.breakerFor(name, {}), 2)));
    await factory.flush();
    for (const name of names) expect(await fleet.counters(name)).toMatchObject({ 'total.successes': 2 });
  });

  test('make the circuit’s record, and the loser of that race adds to the winner’s', async () => {
    const fleet = new Fleet(bounded);
    const workers = [joinUnpushed(fleet), joinUnpushed(fleet), joinUnpushed(fleet)];
    for (const { breaker } of workers) await succeed(breaker, 5);
    expect(await fleet.record()).toBeNull();
    await Promise.all(workers.map(({ factory }) => factory.flush()));
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 15 });
  });

  test('that come while a flush is on the wire wait for the next one', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker, backend } = await joinWarm(fleet);
    const held = new Holding('apply');
    backend.conduct = held.conduct;
    await succeed(breaker, 2);
    const flushing = factory.flush();
    await fleet.turn();
    await succeed(breaker, 3);
    held.letGo();
    await flushing;
    expect(backend.count('apply')).toBe(1);
    const later = fleet.clock.advance(maxStaleness);
    await fleet.turn();
    await fleet.turn();
    held.letGo();
    await later;
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 6 });
  });

  test('outlive a cyclic clear that another worker stored, and count after it', async () => {
    const fleet = new Fleet({ consistency: { maxStaleness: '1h' }, cyclicClearAfter: '1h' });
    const { factory, breaker } = await joinWarm(fleet);
    await succeed(breaker, 3);
    fleet.clock.step(3_600_000);
    await succeed(joinUnpushed(fleet, { consistency: 'strict' }).breaker);
    await factory.flush();
    expect(await breaker.information()).toMatchObject({ generation: 1, totalSuccesses: 4 });
  });

  test('outlive a store that was emptied', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker, events } = await joinWarm(fleet);
    await succeed(breaker, 3);
    await fleet.memory.delete('c');
    await factory.flush();
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 3 });
    expect(events.of('lateOutcome')).toEqual([]);
  });

  test('are never sent twice: after an answer that got lost they are given up', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker, backend } = await joinWarm(fleet);
    await succeed(breaker, 3);
    backend.conduct = once('apply', failing('lost-answer'));
    await factory.flush();
    await fleet.clock.advance('10s');
    await breaker.state();
    await fleet.turn();
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 4 });
  });

  test('that the store could not take are in its totals once it is back', async () => {
    const fleet = new Fleet(bounded);
    const { factory, breaker, backend, events } = await joinWarm(fleet);
    await succeed(breaker, 3);
    backend.conduct = failing('unreachable');
    await factory.flush();
    expect(events.of('storageFailure')).toHaveLength(1);
    backend.conduct = (_call, make) => make();
    await fleet.clock.advance('10s');
    // Only a write shows that writing works again.
    await succeed(breaker);
    await factory.flush();
    await fleet.turn();
    expect(await fleet.counters()).toMatchObject({ 'total.successes': 5 });
  });
});

describe('A success that waited', () => {
  test('never sets consecutive failures: another worker’s newer ones survive its flush', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 5 });
    const [one, two] = [await joinWarm(fleet), joinUnpushed(fleet)];
    await succeed(one.breaker, 10);
    await fail(two.breaker, 4);
    await one.factory.flush();
    expect(await fleet.counters()).toMatchObject({ 'consecutive.failures': 4, 'total.successes': 11 });
    await fail(two.breaker);
    expect(await two.breaker.state()).toBe('open');
  });

  test('is not one that came after failures: that is sent at once, and ends their run', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 5 });
    const { breaker, backend } = await joinWarm(fleet);
    await fail(breaker, 4);
    backend.forget();
    await succeed(breaker);
    expect(backend.verbs).toEqual(['apply']);
    expect(await fleet.counters()).toMatchObject({ 'consecutive.failures': 0 });
    await succeed(breaker, 5);
    expect(backend.verbs).toEqual(['apply']);
  });
});

describe('A failure', () => {
  test('is sent at once and awaited, behind what waited before it, in one write', async () => {
    const fleet = new Fleet(bounded);
    const { breaker, backend } = await joinWarm(fleet);
    await succeed(breaker, 7);
    await fail(breaker);
    expect(backend.of('apply')).toMatchObject([
      {
        delta: {
          add: { 'total.successes': 7, 'total.failures': 1, 'consecutive.failures': 1 },
          set: { 'consecutive.successes': 0 },
        },
      },
    ]);
    await fleet.clock.advance('2s');
    expect(backend.count('apply')).toBe(1);
  });

  test('that trips is in the store with all that waited, and the announcement counts them', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 2 });
    const { breaker } = await joinWarm(fleet);
    await succeed(breaker, 7);
    await fail(breaker, 2);
    expect(fleet.announced).toMatchObject([{ to: 'open', information: { totalSuccesses: 8, totalFailures: 2 } }]);
  });

  test('is not hidden by the success behind it, though others’ failures were seen since the first success waited', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 5 });
    const { factory, breaker, backend } = await joinWarm(fleet);
    const two = joinUnpushed(fleet);
    const held = new Holding('apply');
    backend.conduct = held.conduct;
    // A flush is on the wire; then a success waits that knows of no failure.
    await succeed(breaker);
    const flushing = factory.flush();
    await fleet.turn();
    await succeed(breaker);
    await fail(two.breaker, 2);
    await breaker.state();
    const rest = failTogether(breaker, 3);
    await fleet.turn();
    const last = breaker.settle(() => 'fine');
    await fleet.turn();
    for (let turn = 0; turn < 4; turn += 1) {
      held.letAllGo();
      await fleet.turn();
    }
    await Promise.all([flushing, rest, last]);
    expect(await fleet.record()).toMatchObject({ state: 'open' });
  });
});

describe('The fence of what waits', () => {
  test('a trip elsewhere meanwhile makes it late: told once, with how many they were', async () => {
    const fleet = new Fleet({ ...bounded, failureCountThreshold: 1, allowAfter: '1h' });
    const [one, two] = [await joinWarm(fleet), joinUnpushed(fleet)];
    await succeed(one.breaker, 9);
    await fail(two.breaker);
    await one.factory.flush();
    expect(one.events.of('lateOutcome')).toMatchObject([
      { name: 'c', outcome: 'success', count: 9, information: { state: 'open' } },
    ]);
    expect(await two.breaker.information()).toMatchObject({ state: 'open', total: 0 });
  });

  test('what waited of a state that is over goes apart from what came after it', async () => {
    const fleet = new Fleet({ consistency: { maxStaleness: '1h' } });
    const { factory, breaker, events } = await joinWarm(fleet);
    await succeed(breaker, 3);
    await breaker.reset();
    await succeed(breaker, 2);
    await factory.flush();
    expect(events.of('lateOutcome')).toMatchObject([{ count: 3 }]);
    expect(await breaker.information()).toMatchObject({ totalSuccesses: 2 });
  });
});
