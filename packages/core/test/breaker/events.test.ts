import { describe, expect, test } from '@jest/globals';
import { failing } from './support/failing-backend.js';
import { down, fail, Fleet, refusal, succeed } from './support/fleet.js';

describe('Events', () => {
  test('stateChange tells each transition with circuit, context, reason and counts', async () => {
    const fleet = new Fleet({
      failureCountThreshold: 2,
      allowAfter: '1s',
      nameFor: (c, { tenant }) => `${tenant}/${c}`,
    });
    const { factory, events } = fleet.join();
    const context = { tenant: 'acme' };
    const breaker = factory.breakerFor('mail', context);
    await fail(breaker, 2);
    fleet.clock.step(1_000);
    await fail(breaker);
    fleet.clock.step(1_000);
    await succeed(breaker);
    const changes = events.of('stateChange');
    expect(changes.map(({ from, to, reason }) => [from, to, reason])).toEqual([
      ['closed', 'open', 'tripped'],
      ['open', 'half-open', 'trial-round'],
      ['half-open', 'open', 'trials-failed'],
      ['open', 'half-open', 'trial-round'],
      ['half-open', 'closed', 'trials-succeeded'],
    ]);
    expect(changes[0]).toMatchObject({ name: 'acme/mail', circuit: 'mail', information: { consecutiveFailures: 2 } });
    expect(changes[0]?.context).toBe(context);
    expect(changes).toEqual(fleet.announced);
  });

  test('refused tells each refusal with its error', async () => {
    const { breaker, events } = new Fleet({ failureCountThreshold: 1 }).join();
    await fail(breaker);
    const error = await refusal(breaker);
    expect(events.of('refused')).toEqual([{ name: 'c', circuit: 'c', context: {}, error, enforced: true }]);
    expect(events.of('refused')[0]?.error).toBe(error);
  });

  test('settled tells each ended call: outcome, duration, whether it was slow, who admitted it', async () => {
    const fleet = new Fleet({ slowCallAfter: '1s' });
    const { breaker, events } = fleet.join();
    await breaker.execute(() => fleet.clock.step(1_500));
    await fail(breaker);
    const subject = { name: 'c', circuit: 'c', context: {} };
    expect(events.of('settled')).toEqual([
      { ...subject, outcome: 'success', slow: true, duration: 1_500, decidedBy: 'store' },
      { ...subject, outcome: 'failure', slow: false, duration: 0, decidedBy: 'store', error: down },
    ]);
  });

  test('settled says that nobody decided under allow, and this process under local', async () => {
    for (const onStorageFailure of ['allow', 'local'] as const) {
      const { breaker, backend, events } = new Fleet({ onStorageFailure }).join();
      backend.conduct = failing('unreachable');
      await succeed(breaker);
      expect(events.of('settled')[0]?.decidedBy).toBe(onStorageFailure);
    }
  });

  test('storageFailure and storageRecovered tell an outage, its policy and its length', async () => {
    const fleet = new Fleet({ onStorageFailure: 'allow' });
    const { breaker, backend, events } = fleet.join();
    backend.conduct = failing('unreachable');
    await succeed(breaker);
    backend.conduct = (_call, make) => make();
    await fleet.clock.advance('3s');
    await succeed(breaker);
    expect(events.of('storageFailure')).toMatchObject([
      { error: { code: 'ERR_STORAGE' }, scope: 'store', policy: 'allow', name: 'c' },
    ]);
    expect(events.of('storageRecovered')).toEqual([{ scope: 'store', downFor: 3_000, name: null }]);
  });

  test('observed tells records that others stored: overrides, clears and new rounds too', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', cyclicClearAfter: '1h' });
    const [one, two] = [fleet.join(), fleet.join()];
    await succeed(one.breaker);
    await succeed(two.breaker);
    fleet.clock.step(3_600_000);
    await succeed(one.breaker);
    await succeed(two.breaker);
    await fail(one.breaker);
    await refusal(two.breaker);
    expect(two.events.of('observed').map(({ information }) => [information.state, information.generation])).toEqual([
      ['closed', 0],
      ['closed', 1],
      ['open', 2],
    ]);
    expect(two.events.of('stateChange')).toEqual([]);
  });

  test('a listener that was removed hears nothing more, and removing it twice is no error', async () => {
    const { breaker, factory } = new Fleet().join();
    let heard = 0;
    const stop = factory.on('settled', () => (heard += 1));
    const stopOther = factory.on('settled', () => (heard += 10));
    await succeed(breaker);
    stop();
    stop();
    await succeed(breaker);
    stopOther();
    await succeed(breaker);
    expect(heard).toBe(21);
  });

  test.each(['statechange', 'toString', '', undefined])('an event that there is not is refused: %p', (event) => {
    const { factory } = new Fleet().join();
    const listening = (): unknown => factory.on(event as 'settled', () => {});
    expect(listening).toThrow(
      expect.objectContaining({
        code: 'ERR_INVALID_SETTINGS',
        problems: [
          {
            name: 'on(event)',
            value: event,
            expected:
              'one of stateChange, refused, settled, lateOutcome, trialGivenUp, storageFailure, storageRecovered, observed, fault',
          },
        ],
      }),
    );
  });

  test('a listener that removes itself keeps no other from hearing', async () => {
    const { breaker, factory } = new Fleet().join();
    const heard: string[] = [];
    const stop = factory.on('settled', () => {
      heard.push('once');
      stop();
    });
    factory.on('settled', () => heard.push('always'));
    await succeed(breaker, 2);
    expect(heard).toEqual(['once', 'always', 'always']);
  });

  test('a listener that calls the breaker again is served', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker, factory } = fleet.join();
    const nested: Promise<unknown>[] = [];
    factory.on('stateChange', () => void nested.push(breaker.settle(() => 1)));
    expect(await breaker.settle(() => Promise.reject(down))).toMatchObject({ status: 'rejected' });
    expect(await nested[0]).toMatchObject({ status: 'refused' });
  });
});

describe('onStateChange', () => {
  test('is called once in the whole fleet per transition', async () => {
    const fleet = new Fleet({ failureCountThreshold: 5, allowAfter: '1s', closeThreshold: 2 });
    const workers = [fleet.join(), fleet.join(), fleet.join()];
    await Promise.all(
      workers
        .flatMap(({ breaker }) => [breaker, breaker, breaker])
        .map((breaker) => breaker.settle(() => Promise.reject(down))),
    );
    fleet.clock.step(1_000);
    await Promise.all(workers.map(({ breaker }) => breaker.settle(() => 1)));
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });

  test('is called after the store has it', async () => {
    const stored: unknown[] = [];
    const fleet = new Fleet({
      failureCountThreshold: 1,
      onStateChange: () => void fleet.record().then((record) => stored.push(record?.state)),
    });
    await fail(fleet.join().breaker);
    await fleet.turn();
    expect(stored).toEqual(['open']);
  });

  test('that is slow keeps nobody waiting', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, onStateChange: () => new Promise(() => {}) as never });
    const { breaker, factory } = fleet.join();
    expect(await breaker.settle(() => Promise.reject(down))).toEqual({ status: 'rejected', reason: down });
    await factory.close();
  });

  test('hears nothing of clears and of new rounds', async () => {
    const fleet = new Fleet({ failureCountThreshold: 2, cyclicClearAfter: '1h', allowAfter: '1s', trialLease: '10s' });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(3_600_000);
    await succeed(breaker);
    expect(fleet.changes).toEqual([]);
    await fail(breaker, 2);
    fleet.clock.step(1_000);
    await breaker.start();
    fleet.clock.step(10_000);
    await breaker.start();
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open']);
  });
});
