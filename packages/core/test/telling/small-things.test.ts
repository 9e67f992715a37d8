import { describe, expect, test } from '@jest/globals';
import { circuitName, circuitParts, isCircuitryError, type FactoryOptions } from '@circuitry/core';
import { fail, Fleet, refusal, rejection, succeed, t0 } from '../breaker/support/fleet.js';

describe('wrap', () => {
  test('keeps the name, the length, the arguments and this', async () => {
    const { breaker } = new Fleet().join();
    async function sendMail(this: { from: string }, to: string, text: string): Promise<string> {
      return Promise.resolve(`${this.from} to ${to}: ${text}`);
    }
    const wrapped = breaker.wrap(sendMail);
    expect(wrapped.name).toBe('sendMail');
    expect(wrapped).toHaveLength(2);
    expect(await wrapped.call({ from: 'ada' }, 'bob', 'hi')).toBe('ada to bob: hi');
  });

  test('of a function without a name has none', () => {
    const { breaker } = new Fleet().join();
    expect(
      breaker.wrap(
        (
          () => () =>
            1
        )(),
      ).name,
    ).toBe('');
    expect(breaker.wrap((...all: number[]) => all)).toHaveLength(0);
  });
});

describe('isCircuitryError', () => {
  test('with a code is true of that code alone', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker } = fleet.join();
    await fail(breaker);
    const error: unknown = await rejection(breaker.execute(() => 1));
    expect(isCircuitryError(error)).toBe(true);
    expect(isCircuitryError(error, 'ERR_TOO_MANY_TRIALS')).toBe(false);
    expect(isCircuitryError(error, 'ERR_CIRCUIT_OPEN')).toBe(true);
    if (isCircuitryError(error, 'ERR_CIRCUIT_OPEN')) {
      const wait: number | null = error.retryAfter;
      expect(wait).toBe(60_000);
    }
  });

  test.each([undefined, null, 'ERR_CIRCUIT_OPEN', { code: 'ERR_CIRCUIT_OPEN' }, new Error('x')])(
    'is false of %p',
    (value) => {
      expect(isCircuitryError(value, 'ERR_CIRCUIT_OPEN')).toBe(false);
    },
  );
});

describe('circuitParts', () => {
  test.each([
    [['a']],
    [['send-mail', 'acme']],
    [['a/b', '%2F', 'c%']],
    [['ü', '日本', '𝒳']],
    [['a', 'b', 'c', 'd']],
    [[' ', '\u202e']],
  ])('takes %j out of the name that circuitName made of it', (parts) => {
    expect(circuitParts(circuitName(...(parts as [string])))).toEqual(parts);
  });
});

describe('a circuit that is due', () => {
  test('shows when it became due, the same at every read, whenever that is', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1, allowAfter: '30s' });
    const { breaker } = fleet.join();
    const other = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('30s');
    const first = await breaker.information();
    expect(first).toMatchObject({ state: 'half-open', since: t0 + 30_000 });
    for (const pause of ['10s', '1h'] as const) {
      await fleet.clock.advance(pause);
      for (const worker of [breaker, other.breaker]) {
        const { state, since, expiresAfter } = await worker.information();
        expect({ state, since, expiresAfter }).toEqual({
          state: 'half-open',
          since: first.since,
          expiresAfter: first.expiresAfter,
        });
      }
    }
  });

  test('writes nothing for being looked at', async () => {
    const fleet = new Fleet({ failureCountThreshold: 1 });
    const { breaker, events } = fleet.join();
    await fail(breaker);
    await fleet.clock.advance('1h');
    const before = await fleet.record();
    await breaker.information();
    await breaker.state();
    expect(await fleet.record()).toEqual(before);
    expect(events.of('stateChange')).toHaveLength(1);
  });
});

describe('a cyclic clear that is due', () => {
  test('is shown by information: counts afresh, and the next clear', async () => {
    const fleet = new Fleet({ cyclicClearAfter: '30s' });
    const { breaker } = fleet.join();
    await succeed(breaker);
    await fleet.clock.advance(29_999);
    await fail(breaker);
    expect(await breaker.information()).toMatchObject({ total: 2, totalFailures: 1, consecutiveFailures: 1 });
    await fleet.clock.advance(1);
    const due = await breaker.information();
    expect(due).toMatchObject({ total: 0, totalFailures: 0, consecutiveFailures: 0, state: 'closed' });
    await fleet.clock.advance(1);
    expect(await breaker.information()).toEqual(due);
    await fleet.clock.advance('1h');
    expect((await breaker.information()).total).toBe(0);
    await succeed(breaker);
    expect((await breaker.information()).total).toBe(1);
  });
});

describe('settings that can not work', () => {
  const problems = (options: Partial<FactoryOptions>): { name: string; expected: string }[] => {
    try {
      new Fleet().join(options);
    } catch (error) {
      if (isCircuitryError(error, 'ERR_INVALID_SETTINGS')) return [...error.problems];
      throw error;
    }
    return [];
  };

  test.each([
    ['a lease as long as the default storageTimeout', { exclusive: { lease: '1s' } }],
    ['a lease of less', { exclusive: { lease: '800ms' } }],
    ['a lease that is over before its first heartbeat can be answered', { exclusive: { lease: '1400ms' } }],
    ['a storageTimeout longer than the default lease', { exclusive: true, storageTimeout: '45s' }],
    ['a storageTimeout as long as the lease', { exclusive: { lease: '5s' }, storageTimeout: '5s' }],
  ] as [string, Partial<FactoryOptions>][])('are refused by name, with the reason: %s', (_what, options) => {
    const found = problems(options);
    expect(found.map(({ name }) => name)).toEqual(['exclusive']);
    expect(found[0]?.expected).toContain('storageTimeout');
  });

  test("are refused in one circuit's settings as well", () => {
    expect(problems({ circuits: { pay: { exclusive: { lease: '1s' } } } }).map(({ name }) => name)).toEqual([
      'circuits.pay.exclusive',
    ]);
  });

  test('but a lease that suits its storageTimeout is taken', () => {
    expect(problems({ exclusive: { lease: '30s' } })).toEqual([]);
    expect(problems({ exclusive: { lease: '900ms' }, storageTimeout: '100ms' })).toEqual([]);
  });

  test.each([
    ['alowAfter', 'allowAfter'],
    ['allowafter', 'allowAfter'],
    ['failureThreshold', 'failureCountThreshold'],
    ['onStateChanged', 'onStateChange'],
    ['maxStaleness', null],
  ])('an unknown option %s is refused, with the nearest right name', (name, nearest) => {
    const found = problems({ [name]: 1 });
    expect(found.map((each) => each.name)).toEqual([name]);
    if (nearest !== null) expect(found[0]?.expected).toContain(nearest);
  });
});

test('a refusal keeps retryAfter and message through a copy', async () => {
  const fleet = new Fleet({ failureCountThreshold: 1 });
  const { breaker } = fleet.join();
  await fail(breaker);
  const { message, retryAfter } = await refusal(breaker);
  const settled = await breaker.settle(() => 1);
  const copy = JSON.parse(JSON.stringify(settled)) as unknown;
  expect(copy).toMatchObject({ status: 'refused', code: 'ERR_CIRCUIT_OPEN', message, retryAfter });
});
