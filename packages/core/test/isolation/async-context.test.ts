import { describe, expect, test } from '@jest/globals';
import { consecutiveFailures, when, type FactoryOptions } from '@circuitry/core';
import { fail, Fleet, succeed, type Worker } from '../breaker/support/fleet.js';
import { failing, Holding } from '../breaker/support/failing-backend.js';
import { Seen, who } from './support/contexts.js';

const callers = ['alice', 'bob', 'carol'] as const;

const kinds: readonly (readonly [string, Partial<FactoryOptions>])[] = [
  ['strict', {}],
  ['bounded', { consistency: { maxStaleness: '1s' } }],
  ['exclusive', { exclusive: { lease: '10s', wait: '1m' } }],
  ['measured, with a work time-out', { slowCallAfter: '1s', workTimeout: '1m' }],
  ['observing', { mode: 'observe' }],
  ['off', { mode: 'off' }],
];

/** A worker whose factory was made in a context of its own. */
function joinAs(name: string, fleet: Fleet, options: Partial<FactoryOptions> = {}): Worker {
  return who.run(name, () => fleet.join(options));
}

/** All callers at once, each in its context. */
function together<T>(call: (caller: string) => Promise<T>): Promise<T[]> {
  return Promise.all(callers.map((caller) => who.run(caller, () => call(caller))));
}

describe.each(kinds)('In a factory that is %s', (_, options) => {
  test('work runs in the context of the call that brought it, alone and sharing a round trip', async () => {
    const { factory } = joinAs('factory', new Fleet(options));
    const see = async (caller: string): Promise<string> => {
      const breaker = factory.breakerFor('c', {});
      return breaker.execute(async () => {
        const first = who.getStore();
        await Promise.resolve();
        return `${caller} sees ${first}, then ${who.getStore()}`;
      });
    };
    const alone = await who.run('dave', () => see('dave'));
    const shared = await together(see);
    expect([alone, ...shared]).toEqual(['dave', ...callers].map((each) => `${each} sees ${each}, then ${each}`));
  });

  test('those who listen to the work’s signal hear of its time-out in the caller’s, whoever moves the clock', async () => {
    const seen = new Seen();
    const fleet = new Fleet({ ...options, workTimeout: '5s' });
    const { breaker } = joinAs('factory', fleet);
    const settling = who.run('alice', () =>
      breaker.settle(({ signal }) => {
        signal.addEventListener('abort', () => seen.note('abort'));
        return new Promise(() => {});
      }),
    );
    await who.run('somebody', () => fleet.clock.advance('5s'));
    expect(await settling).toMatchObject({ reason: { code: 'ERR_WORK_TIMEOUT' } });
    expect(seen.of('abort')).toEqual(['alice']);
  });

  test('work of settle, start and wrap runs in its caller’s context as well', async () => {
    const { breaker } = joinAs('factory', new Fleet(options));
    const wrapped = breaker.wrap(async () => who.getStore());
    const seen = await together(async () => {
      const settled = await breaker.settle(() => who.getStore());
      const permit = await breaker.start();
      const started = who.getStore();
      await permit.succeed();
      return [settled.status === 'fulfilled' && settled.value, started, who.getStore(), await wrapped()];
    });
    expect(seen).toEqual(callers.map((each) => [each, each, each, each]));
  });

  test('matchers see the context of the call whose end it is, and so do listeners for settled', async () => {
    const seen = new Seen();
    const { factory } = joinAs(
      'factory',
      new Fleet({
        ...options,
        failureCountThreshold: 100,
        resultMatcher: (value) => {
          seen.note(`result of ${String(value)}`);
          return 'success';
        },
        errorMatcher: (error) => {
          seen.note(`error of ${String(error)}`);
          return 'failure';
        },
      }),
    );
    factory.on('settled', (event) => {
      const { by } = event.context;
      seen.note(`settled of ${String(by)}`);
    });
    await together(async (caller) => {
      const breaker = factory.breakerFor('c', { by: caller });
      await breaker.settle(() => caller);
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- anything may be thrown
      await breaker.settle(() => Promise.reject(caller));
    });
    for (const caller of callers)
      for (const what of ['result', 'error', 'settled']) expect(seen.of(`${what} of ${caller}`)).toEqual([caller]);
  });
});

describe.each(kinds.slice(0, 4))('Where a %s factory refuses', (_, options) => {
  test('fallbacks and listeners for refused run in the context of the refused call', async () => {
    const seen = new Seen();
    const { factory, breaker } = joinAs('factory', new Fleet({ ...options, failureCountThreshold: 1 }));
    await fail(breaker);
    factory.on('refused', (event) => {
      const { by } = event.context;
      seen.note(`refused of ${String(by)}`);
    });
    const answers = await together((caller) =>
      factory.breakerFor('c', { by: caller }).execute(() => 'ran', { fallback: async () => who.getStore() }),
    );
    expect(answers).toEqual([...callers]);
    for (const caller of callers) expect(seen.of(`refused of ${caller}`)).toEqual([caller]);
  });

  test('the trip function, allowAfter and listeners for the change run in the context of the failing call', async () => {
    const seen = new Seen();
    const { factory } = joinAs(
      'factory',
      new Fleet({
        ...options,
        trip: (information) => {
          seen.note('trip');
          return information.consecutiveFailures >= 2;
        },
        allowAfter: () => {
          seen.note('allowAfter');
          return '1m';
        },
        onStateChange: () => seen.note('onStateChange'),
        describeFailure: () => {
          seen.note('describeFailure');
          return 'down';
        },
      }),
    );
    factory.on('stateChange', () => seen.note('stateChange'));
    await who.run('bob', () => fail(factory.breakerFor('c', {}), 2));
    for (const what of ['trip', 'allowAfter', 'onStateChange', 'stateChange', 'describeFailure'])
      expect({ what, seen: seen.of(what) }).toEqual({ what, seen: ['bob'] });
  });
});

test('A failure that trips by what others counted since is described in the context of its own call', async () => {
  const seen = new Seen();
  const fleet = new Fleet({ failureCountThreshold: 3, onStateChange: () => seen.note('onStateChange') });
  const describeFailure = (): string => {
    seen.note('describeFailure');
    return 'down';
  };
  const [one, other] = [joinAs('factory', fleet, { describeFailure }), joinAs('other', fleet)];
  const permit = await who.run('alice', () => one.breaker.start());
  await fail(other.breaker, 2);
  await who.run('bob', () => permit.fail(new Error('the third')));
  expect((await fleet.record())?.lastFailure).toBe('down');
  for (const what of ['describeFailure', 'onStateChange'])
    expect({ what, seen: seen.of(what) }).toEqual({ what, seen: ['bob'] });
});

test('Those who listen to the signal of exclusive work hear of a lost lease in the context of its call', async () => {
  const seen = new Seen();
  const fleet = new Fleet({ exclusive: { lease: '3s', wait: 0 }, storageTimeout: 500 });
  const { breaker, backend } = joinAs('factory', fleet);
  const permit = await who.run('alice', async () => {
    const begun = await breaker.start();
    begun.signal.addEventListener('abort', () => seen.note('abort'));
    return begun;
  });
  backend.conduct = failing('hang', 'extend');
  await who.run('timer', () => fleet.clock.advance('4s'));
  expect(seen.of('abort')).toEqual(['alice']);
  await permit.ignore();
});

test('Ends that share a write each ask the trip rule in their own context', async () => {
  const seen = new Seen();
  const fleet = new Fleet({
    trip: when({ window: '60s' }, () => {
      seen.note('when');
      return false;
    }),
  });
  const { breaker, backend } = joinAs('factory', fleet);
  await who.run('dave', () => succeed(breaker));
  backend.forget();
  const holding = new Holding('apply');
  backend.conduct = holding.conduct;
  const ends = together(() => fail(breaker));
  await fleet.turn();
  holding.letAllGo();
  await ends;
  expect(backend.count('apply')).toBe(1);
  expect(seen.of('when')).toEqual(['alice', 'bob', 'carol', 'dave']);
});

test('A call that joins another’s read goes on in its own context, whoever sent it', async () => {
  const fleet = new Fleet();
  const { breaker, backend } = joinAs('factory', fleet);
  const holding = new Holding('retrieve');
  backend.conduct = holding.conduct;
  const first = who.run('alice', () => breaker.execute(() => who.getStore()));
  await fleet.turn();
  const second = who.run('bob', () => breaker.execute(() => who.getStore()));
  const third = who.run('carol', () => breaker.execute(() => who.getStore()));
  while (holding.size > 0) {
    holding.letAllGo();
    await fleet.turn();
  }
  expect(await Promise.all([first, second, third])).toEqual(['alice', 'bob', 'carol']);
});

test('An outcome that came too late is told in the context of its own call', async () => {
  const seen = new Seen();
  const fleet = new Fleet();
  const { factory, breaker } = joinAs('factory', fleet);
  factory.on('lateOutcome', () => seen.note('lateOutcome'));
  const permit = await who.run('alice', () => breaker.start());
  await who.run('bob', () => breaker.reset());
  await who.run('carol', () => permit.fail(new Error('late')));
  expect(seen.of('lateOutcome')).toEqual(['carol']);
});

describe('What nobody’s call causes runs in the factory’s context', () => {
  /** Notes in whose context the backend is asked. */
  const watchVerbs = (worker: Worker, seen: Seen): void => {
    worker.backend.conduct = (call, make) => {
      seen.note(call.verb);
      return make();
    };
  };

  test('reads, which calls share', async () => {
    const seen = new Seen();
    const worker = joinAs('factory', new Fleet());
    watchVerbs(worker, seen);
    await together(() => succeed(worker.breaker));
    expect(seen.of('retrieve')).toEqual(['factory']);
  });

  test('the flush of what waited in memory', async () => {
    const seen = new Seen();
    const fleet = new Fleet({ consistency: { maxStaleness: '1s' } });
    const worker = joinAs('factory', fleet);
    await who.run('alice', () => succeed(worker.breaker));
    await worker.factory.flush();
    watchVerbs(worker, seen);
    await who.run('alice', () => succeed(worker.breaker, 5));
    await who.run('timer', () => fleet.clock.advance('2s'));
    expect(seen.of('apply')).toEqual(['factory']);
  });

  test('the heartbeats of a trial and of an exclusive lease', async () => {
    const seen = new Seen();
    const fleet = new Fleet({
      trip: consecutiveFailures(1),
      allowAfter: '1s',
      trialLease: '3s',
      exclusive: { lease: '3s', wait: 0 },
    });
    const worker = joinAs('factory', fleet);
    await fail(worker.breaker);
    await fleet.clock.advance('1s');
    const permit = await who.run('alice', () => worker.breaker.start());
    watchVerbs(worker, seen);
    await who.run('timer', () => fleet.clock.advance('2s'));
    expect(seen.of('extend')).toEqual(['factory']);
    expect(seen.of('apply')).toEqual(['factory']);
    await permit.succeed();
  });

  test('what a push brings', async () => {
    const seen = new Seen();
    const fleet = new Fleet();
    const [one, two] = [joinAs('factory', fleet), joinAs('other', fleet)];
    await succeed(one.breaker);
    one.factory.on('observed', () => seen.note('observed'));
    await fleet.turn();
    watchVerbs(one, seen);
    await who.run('alice', () => two.breaker.forceOpen());
    await fleet.turn();
    expect(seen.of('observed')).toEqual(['factory']);
    expect(seen.of('retrieve')).toEqual(['factory']);
  });

  test('a trial that is given up', async () => {
    const seen = new Seen();
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', trialLease: '3s', longestTrial: '6s' });
    const { factory, breaker } = joinAs('factory', fleet);
    factory.on('trialGivenUp', () => seen.note('trialGivenUp'));
    await fail(breaker);
    await fleet.clock.advance('1s');
    const permit = await who.run('alice', () => breaker.start());
    await who.run('timer', () => fleet.clock.advance('7s'));
    expect(seen.of('trialGivenUp')).toEqual(['factory']);
    await permit.succeed();
  });
});
