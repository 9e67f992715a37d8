import { describe, expect, test } from '@jest/globals';
import type { StorageFailurePolicy } from '@circuitry/core';
import { failing, type Failure } from './support/failing-backend.js';
import type { Verb } from './support/recording-backend.js';
import { down, fail, Fleet, refusal, rejection, succeed } from './support/fleet.js';

const failures: Failure[] = ['unreachable', 'lost-request', 'lost-answer', 'hang', 'corrupt', 'unsupported', 'foreign'];
const policies: StorageFailurePolicy[] = ['local', 'allow', 'throw'];
const moments: Record<string, Verb[]> = {
  'at every call': [],
  'at the start': ['retrieve'],
  'at the end': ['apply', 'store'],
};

describe.each(policies)('Under %s', (onStorageFailure) => {
  describe.each(failures)('a store that fails with %s', (failure) => {
    test.each(Object.keys(moments))(
      '%s: the work runs at most once, and its result or error reaches the caller',
      async (moment) => {
        const verbs = moments[moment] as Verb[];
        for (const work of ['succeeds', 'fails']) {
          const fleet = new Fleet({ onStorageFailure });
          const { breaker, backend } = fleet.join();
          await succeed(breaker);
          backend.conduct = failing(failure, ...verbs);
          let runs = 0;
          const settling = breaker.settle(() => {
            runs += 1;
            if (work === 'fails') throw down;
            return 'value';
          });
          await fleet.clock.advance('10s');
          const settled = await settling;
          const isRefused = onStorageFailure === 'throw' && moment !== 'at the end';
          expect(runs).toBe(isRefused ? 0 : 1);
          if (isRefused) {
            expect(settled).toMatchObject({
              status: 'refused',
              error: { code: /^ERR_(STORAGE|CORRUPT_RECORD|UNSUPPORTED_RECORD)$/ } as never,
            });
          } else if (work === 'fails') expect(settled).toMatchObject({ status: 'rejected', reason: down });
          else expect(settled).toMatchObject({ status: 'fulfilled', value: 'value' });
          expect(backend.calls.length).toBeGreaterThan(2);
        }
      },
    );

    test('while the work runs is not noticed by it', async () => {
      const fleet = new Fleet({ onStorageFailure, failureCountThreshold: 1, allowAfter: '1s', trialLease: '10s' });
      const { breaker, backend } = fleet.join();
      await fail(breaker);
      fleet.clock.step(1_000);
      const settling = breaker.settle(async () => {
        backend.conduct = failing(failure);
        await new Promise<void>((resolve) => fleet.clock.after(30_000, resolve));
        backend.conduct = (_call, make) => make();
        return 'value';
      });
      await fleet.clock.advance('1m');
      expect(await settling).toMatchObject({ status: 'fulfilled', value: 'value' });
    });
  });
});

describe('local', () => {
  test('never makes execute reject with a storage error (F7), and protects the dependency all the same', async () => {
    const fleet = new Fleet({ failureCountThreshold: 3, allowAfter: '1m' });
    const { breaker, backend } = fleet.join();
    backend.conduct = failing('unreachable');
    await fail(breaker, 3);
    expect((await refusal(breaker)).code).toBe('ERR_CIRCUIT_OPEN');
    await fleet.clock.advance('1m');
    await succeed(breaker);
    await succeed(breaker);
  });

  test('goes on from the last record it saw: one that was open stays open', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1m' });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(two.breaker);
    await refusal(one.breaker);
    one.backend.conduct = failing('unreachable');
    expect(await refusal(one.breaker)).toMatchObject({ code: 'ERR_CIRCUIT_OPEN', retryAfter: 60_000 });
  });

  test('goes on from the counts it saw', async () => {
    const { breaker, backend } = new Fleet({ failureCountThreshold: 3 }).join();
    await fail(breaker, 2);
    backend.conduct = failing('unreachable');
    await fail(breaker);
    await refusal(breaker);
  });

  test('holds to an override that it saw', async () => {
    const { breaker, backend } = new Fleet().join();
    await breaker.forceOpen();
    backend.conduct = failing('unreachable');
    expect((await refusal(breaker)).code).toBe('ERR_FORCED_OPEN');
  });

  test('lets as many trials through as a round has, of its own', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s', closeThreshold: 2 });
    const { breaker, backend } = fleet.join();
    await fail(breaker);
    backend.conduct = failing('unreachable');
    await fleet.clock.advance('1s');
    const trials = [await breaker.start(), await breaker.start()];
    expect(trials.map(({ isTrial, decidedBy }) => [isTrial, decidedBy])).toEqual(Array(2).fill([true, 'local']));
    expect((await refusal(breaker)).code).toBe('ERR_TOO_MANY_TRIALS');
    for (const trial of trials) await trial.succeed();
    await succeed(breaker, 3);
  });

  test('local transitions are announced to nobody', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '1s' });
    const { breaker, backend, events } = fleet.join();
    backend.conduct = failing('unreachable');
    await fail(breaker);
    await fleet.clock.advance('1s');
    await succeed(breaker);
    expect(fleet.changes).toEqual([]);
    expect(events.of('stateChange')).toEqual([]);
  });
});

describe('allow', () => {
  test('runs the work unprotected, and says that nobody decided', async () => {
    const { breaker, backend } = new Fleet({ failureCountThreshold: 1, onStorageFailure: 'allow' }).join();
    backend.conduct = failing('unreachable');
    await fail(breaker, 10);
    expect(await breaker.settle(() => 1)).toEqual({ status: 'fulfilled', value: 1, decidedBy: 'allow' });
    expect((await breaker.start()).decidedBy).toBe('allow');
  });

  test('says in circuitError that the store did not get the outcome of a call that it had admitted', async () => {
    const { breaker, backend } = new Fleet({ onStorageFailure: 'allow' }).join();
    backend.conduct = failing('unreachable', 'store');
    expect(await breaker.settle(() => 1)).toMatchObject({ status: 'fulfilled', circuitError: { code: 'ERR_STORAGE' } });
  });
});

describe('throw', () => {
  test('refuses with the storage error itself, its cause kept', async () => {
    const { breaker, backend } = new Fleet({ onStorageFailure: 'throw' }).join();
    backend.conduct = failing('foreign');
    const error = await rejection(breaker.execute(() => 1));
    expect(error).toMatchObject({ code: 'ERR_STORAGE', cause: { message: 'client exploded' } });
    expect((error as Error).message).toContain('"c"');
  });

  test('still hands out the value of work whose outcome could not be stored', async () => {
    const { breaker, backend } = new Fleet({ onStorageFailure: 'throw' }).join();
    backend.conduct = failing('unreachable', 'store');
    expect(await breaker.execute(() => 'value')).toBe('value');
  });
});
