import { describe, expect, test } from '@jest/globals';
import { CircuitOpenError, isCircuitryError } from '@circuitry/core';
import { failing } from './support/failing-backend.js';
import { down, fail, Fleet, rejection, succeed } from './support/fleet.js';

describe('execute', () => {
  test('resolves with the work’s value and rejects with the work’s own error, the very objects', async () => {
    const { breaker } = new Fleet().join();
    const value = { of: 'work' };
    expect(await breaker.execute(() => value)).toBe(value);
    expect(await rejection(breaker.execute(() => Promise.reject(down)))).toBe(down);
  });

  test('rejects with a CircuitOpenError that tells a queue when to come back, and does not run the work', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '30m', nameFor: (circuit) => `acme/${circuit}` });
    const { breaker } = fleet.join();
    await fail(breaker);
    fleet.clock.step(60_000);
    let runs = 0;
    const error = await rejection(breaker.execute(() => (runs += 1)));
    expect(runs).toBe(0);
    expect(error).toBeInstanceOf(CircuitOpenError);
    expect(error).toMatchObject({
      circuitName: 'acme/c',
      state: 'open',
      retryAfter: 29 * 60_000,
      code: 'ERR_CIRCUIT_OPEN',
    });
    expect((error as CircuitOpenError).message).toMatch(/acme\/c.*is open.*29 min/);
  });

  test('runs the work once per call', async () => {
    const { breaker } = new Fleet().join();
    let runs = 0;
    await Promise.all(Array.from({ length: 100 }, () => breaker.execute(() => (runs += 1))));
    expect(runs).toBe(100);
    expect((await breaker.information()).total).toBe(100);
  });
});

describe('fallback', () => {
  test('answers for a refusal, with its error', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    await fail(breaker);
    const answer = await breaker.execute(() => 'ran', { fallback: (error) => ['instead', error.code] });
    expect(answer).toEqual(['instead', 'ERR_CIRCUIT_OPEN']);
    expect(await breaker.execute(() => 'ran', { fallback: async () => 'later' })).toBe('later');
  });

  test('does not answer for the work’s own error, the tripping one included', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    let calls = 0;
    expect(await rejection(breaker.execute(() => Promise.reject(down), { fallback: () => (calls += 1) }))).toBe(down);
    expect(calls).toBe(0);
  });

  test('does not answer for a cancelled call', async () => {
    const { breaker } = new Fleet().join();
    const reason = new Error('cancelled');
    const options = { signal: AbortSignal.abort(reason), fallback: () => 'instead' };
    expect(await rejection(breaker.execute(() => 'ran', options))).toBe(reason);
  });

  test('that throws rejects with what it threw', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    await fail(breaker);
    const options = {
      fallback: (): never => {
        throw down;
      },
    };
    expect(await rejection(breaker.execute(() => 'ran', options))).toBe(down);
  });

  test('answers for the storage error that refused a call under throw', async () => {
    const { breaker, backend } = new Fleet({ onStorageFailure: 'throw' }).join();
    backend.conduct = failing('unreachable');
    expect(await breaker.execute(() => 'ran', { fallback: ({ code }) => code })).toBe('ERR_STORAGE');
  });
});

describe('settle', () => {
  test('never rejects, and tells the three results apart', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    expect(await breaker.settle(() => 1)).toEqual({ status: 'fulfilled', value: 1 });
    expect(await breaker.settle(() => Promise.reject(down))).toEqual({ status: 'rejected', reason: down });
    const refused = await breaker.settle(() => 1);
    expect(refused).toMatchObject({ status: 'refused', error: { code: 'ERR_CIRCUIT_OPEN' } });
    expect(isCircuitryError((refused as { error: unknown }).error, 'ERR_CIRCUIT_OPEN')).toBe(true);
  });

  test('says in circuitError what kept the outcome from the store, and who admitted the call', async () => {
    const { breaker, backend } = new Fleet().join();
    backend.conduct = failing('unreachable', 'apply', 'store');
    expect(await breaker.settle(() => 1)).toMatchObject({
      status: 'fulfilled',
      value: 1,
      circuitError: { code: 'ERR_STORAGE' },
    });
    expect(await breaker.settle(() => Promise.reject(down))).toMatchObject({
      status: 'rejected',
      reason: down,
      decidedBy: 'local',
    });
  });
});

describe('wrap', () => {
  test('protects a function with the same arguments and this', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    const mailer = {
      host: 'mx',
      send: breaker.wrap(function (this: { host: string }, to: string, times: number) {
        if (times < 0) throw down;
        return `${this.host}:${to}x${times}`;
      }),
    };
    expect(await mailer.send('ada', 2)).toBe('mx:adax2');
    expect(await rejection(mailer.send('ada', -1))).toBe(down);
    expect(await rejection(mailer.send('ada', 2))).toMatchObject({ code: 'ERR_CIRCUIT_OPEN' });
  });
});

describe('A breaker', () => {
  test('knows its name in the store, its circuit and its context', () => {
    const { factory } = new Fleet({ nameFor: (circuit, context) => `${context.tenant}/${circuit}` }).join();
    const context = { tenant: 'acme' };
    const breaker = factory.breakerFor('mail', context);
    expect([breaker.name, breaker.circuit]).toEqual(['acme/mail', 'mail']);
    expect(breaker.context).toBe(context);
  });

  test('is told apart from another circuit with the same name in the store: matchers and events are its own', async () => {
    const { factory, events } = new Fleet({
      nameFor: () => 'shared',
      errorMatchers: { mail: () => 'ignored', sms: () => 'success' },
    }).join();
    const breakers = ['mail', 'sms'].map((circuit, job) => factory.breakerFor(circuit, { job }));
    expect(breakers.map(({ name, circuit, context }) => [name, circuit, context])).toEqual([
      ['shared', 'mail', { job: 0 }],
      ['shared', 'sms', { job: 1 }],
    ]);
    for (const breaker of breakers) await breaker.settle(() => Promise.reject(down));
    expect(events.of('settled').map(({ circuit, context, outcome }) => [circuit, context, outcome])).toEqual([
      ['mail', { job: 0 }, 'ignored'],
      ['sms', { job: 1 }, 'success'],
    ]);
  });

  test('is the same circuit as another of the same name, in this process and in others', async () => {
    const fleet = new Fleet({ failureCountThreshold: 3 });
    const [one, two] = [fleet.join(), fleet.join()];
    await fail(one.breaker);
    await fail(one.factory.breakerFor('c', {}));
    await fail(two.breaker);
    expect(await one.breaker.state()).toBe('open');
    await succeed(one.factory.breakerFor('another', {}));
  });

  test('making one does no I/O', () => {
    const { factory, backend } = new Fleet().join();
    for (let tenant = 0; tenant < 100; tenant += 1) factory.breakerFor(`t${tenant}`, {});
    expect(backend.calls).toEqual([]);
  });
});

test('A fallback that is no function takes no refusal from its caller', async () => {
  const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
  await fail(breaker);
  for (const fallback of [null, 'cached', 7])
    expect(await rejection(breaker.execute(() => 1, { fallback: fallback as never }))).toMatchObject({
      code: 'ERR_CIRCUIT_OPEN',
    });
});
