import { describe, expect, test } from '@jest/globals';
import { failing, once } from '../breaker/support/failing-backend.js';
import { fail, Fleet, rejection, succeed } from '../breaker/support/fleet.js';

describe('A store that got no answer', () => {
  test('but happened is found by its own by at the next read, and announced then, once', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const one = fleet.join();
    await succeed(one.breaker);
    one.backend.conduct = once('store', failing('lost-answer'));
    await fail(one.breaker);
    expect((await fleet.record())?.state).toBe('open');
    expect(fleet.changes).toEqual([]);
    await fleet.clock.advance('1s');
    await rejection(one.breaker.start());
    expect(fleet.changes).toEqual(['closed>open']);
    expect(fleet.announced[0]?.information.consecutiveFailures).toBe(1);
    await rejection(one.breaker.start());
    expect(fleet.changes).toEqual(['closed>open']);
  });

  test('and did not happen is announced by whoever finishes the transition, once', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const [one, two] = [fleet.join(), fleet.join()];
    await succeed(one.breaker);
    one.backend.conduct = once('store', failing('lost-request'));
    await fail(one.breaker);
    expect((await fleet.record())?.state).toBe('closed');
    await rejection(two.breaker.start());
    await fleet.clock.advance('1s');
    await rejection(one.breaker.start());
    expect(fleet.changes).toEqual(['closed>open']);
    expect(one.events.of('stateChange')).toEqual([]);
  });

  test('and was overtaken is never announced: nobody knows whether it happened', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const [one, two] = [fleet.join(), fleet.join()];
    await succeed(one.breaker);
    one.backend.conduct = once('store', failing('lost-answer'));
    await fail(one.breaker);
    await two.breaker.reset();
    await fleet.clock.advance('1s');
    await succeed(one.breaker);
    expect(one.events.of('stateChange')).toEqual([]);
  });

  test('is not announced by a read that was on its way before it failed', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, backend, factory } = fleet.join();
    await succeed(breaker);
    let deliver: () => void = () => {};
    backend.conduct = async (call, make) => {
      if (call.verb === 'retrieve') {
        const answer = await make();
        await new Promise<void>((resolve) => (deliver = resolve));
        return answer;
      }
      return call.verb === 'store' ? failing('lost-answer')(call, make) : make();
    };
    const permitting = breaker.start();
    await fleet.turn();
    deliver();
    const permit = await permitting;
    const reading = breaker.state();
    await fleet.turn();
    await permit.fail();
    deliver();
    expect(await reading).toBe('closed');
    expect(fleet.changes).toEqual([]);
    backend.conduct = (_call, make) => make();
    await fleet.clock.advance('1s');
    expect(await breaker.state()).toBe('open');
    expect(fleet.changes).toEqual(['closed>open']);
    await factory.close();
  });

  test('of a round: its lost ticket is mended by the lease', async () => {
    const fleet = new Fleet({
      failureCountThreshold: 1,
      allowAfter: '1s',
      trialLease: '10s',
      onStorageFailure: 'throw',
    });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    backend.conduct = once('store', failing('lost-answer'));
    expect(await rejection(breaker.start())).toMatchObject({ code: 'ERR_STORAGE' });
    fleet.clock.step(9_999);
    expect(await rejection(breaker.start())).toMatchObject({ code: 'ERR_TOO_MANY_TRIALS' });
    fleet.clock.step(1);
    await succeed(breaker);
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });
});

describe('After an ambiguous error nothing is sent again: counts are at most once', () => {
  test.each([
    ['lost-answer', 2],
    ['lost-request', 1],
  ] as const)('an apply with a %s', async (failure, failures) => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    backend.forget();
    backend.conduct = once('apply', failing(failure));
    await fail(breaker);
    await fleet.clock.advance('10s');
    await succeed(breaker);
    await fleet.turn();
    expect(await breaker.information()).toMatchObject({ totalFailures: failures, totalSuccesses: 1 });
  });

  test.each([
    ['lost-answer', 1],
    ['lost-request', 0],
  ] as const)('the store that creates the record with a %s', async (failure, failures) => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    backend.conduct = once('store', failing(failure));
    await fail(breaker);
    await fleet.clock.advance('10s');
    await succeed(breaker);
    await fleet.turn();
    expect(await breaker.information()).toMatchObject({ totalFailures: failures, totalSuccesses: 1 });
  });

  test('a returned ticket is not returned again', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 2 });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    fleet.clock.step(1_000);
    const trial = await breaker.start();
    backend.conduct = once('apply', failing('lost-answer'));
    await trial[Symbol.asyncDispose]();
    await fleet.clock.advance('10s');
    expect((await fleet.counters())['trials.started']).toBe(0);
  });
});
