import { describe, expect, test } from '@jest/globals';
import { retryAfterOf, type FactoryOptions } from '@circuitry/core';
import { failing, Holding } from '../breaker/support/failing-backend.js';
import { fail, Fleet, isAdmitted, refusal, succeed, t0, type Breaker } from '../breaker/support/fleet.js';

const tooMany = (seconds: string): Error =>
  Object.assign(new Error('HTTP 429'), { status: 429, headers: { 'retry-after': seconds } });

/** What a user writes: any error is a failure, and is believed where it says when to come back. */
const believing: Partial<FactoryOptions> = {
  errorMatcher: (error) => ({ kind: 'failure', openFor: retryAfterOf(error) ?? 0 }),
};

function told(breaker: Breaker, seconds = '600'): Promise<unknown> {
  return breaker.settle(() => Promise.reject(tooMany(seconds)));
}

describe('a dependency that says when to come back', () => {
  const manners: [string, Partial<FactoryOptions>][] = [
    ['in strict mode', {}],
    ['in bounded mode', { consistency: { maxStaleness: 250 } }],
    ['in exclusive mode', { exclusive: true }],
    ["under counting: 'failures'", { counting: 'failures' }],
    ['with a sample of trials', { closeThreshold: { trials: 5, successRate: 0.6 } }],
  ];
  test.each(manners)(
    'opens the circuit for the whole fleet until then, and not a call earlier, %s',
    async (_how, more) => {
      const fleet = new Fleet({ ...believing, ...more, failureCountThreshold: 100 });
      const first = fleet.join();
      const other = fleet.join();
      await succeed(first.breaker);
      await succeed(other.breaker);
      await fleet.clock.advance(1_000);
      await told(first.breaker);
      // Longer than any view may be old.
      await fleet.clock.advance(250);
      expect((await refusal(first.breaker)).retryAfter).toBe(599_750);
      expect((await refusal(other.breaker)).retryAfter).toBe(599_750);
      await fleet.clock.advance(599_749);
      expect((await refusal(other.breaker)).retryAfter).toBe(1);
      await fleet.clock.advance(1);
      expect(await isAdmitted(other.breaker)).toBe(true);
      expect(fleet.announced[0]).toMatchObject({ from: 'closed', to: 'open', reason: 'told' });
      await first.factory.close();
      await other.factory.close();
    },
  );

  test('is told by a value that did not throw as well', async () => {
    const fleet = new Fleet({
      resultMatcher: (value) =>
        value instanceof Response && value.status === 429
          ? { kind: 'failure', openFor: retryAfterOf(value) ?? 0 }
          : 'success',
    });
    const { breaker } = fleet.join();
    await breaker.execute(() => new Response(null, { status: 429, headers: { 'retry-after': '600' } }));
    expect((await refusal(breaker)).retryAfter).toBe(600_000);
  });

  test('is told by permit.fail, and null says nothing', async () => {
    const fleet = new Fleet();
    const { breaker, events } = fleet.join();
    await (await breaker.start()).fail(new Error('HTTP 500'), { openFor: null });
    await (await breaker.start()).fail(new Error('HTTP 500'), {});
    expect(await breaker.state()).toBe('closed');
    await (await breaker.start()).fail(tooMany('600'), { openFor: retryAfterOf(tooMany('600')) });
    expect((await refusal(breaker)).retryAfter).toBe(600_000);
    expect(events.of('fault')).toEqual([]);
  });

  test('is believed up to maxOpenFor: 135,734 s are capped to an hour, or to what is set', async () => {
    for (const [maxOpenFor, expected] of [
      [undefined, 3_600_000],
      ['10m', 600_000],
      ['7d', 135_734_000],
    ] as const) {
      const fleet = new Fleet({ ...believing, ...(maxOpenFor === undefined ? {} : { maxOpenFor }) });
      const { breaker } = fleet.join();
      await told(breaker, '135734');
      expect((await refusal(breaker)).retryAfter).toBe(expected);
    }
  });

  test('says no time with nonsense in its header: an ordinary failure', async () => {
    const fleet = new Fleet(believing);
    const { breaker } = fleet.join();
    for (const text of ['soon', '-600', '1e9', '']) await told(breaker, text);
    const { state, consecutiveFailures } = await breaker.information();
    expect({ state, consecutiveFailures }).toEqual({ state: 'closed', consecutiveFailures: 4 });
    expect(await fleet.counters()).not.toHaveProperty(['told.until']);
  });

  test.each([Number.NaN, -1, 'soon', {}, '10 m', 10n, true, Symbol('x')])(
    'is an ordinary failure, and a fault that is told, where a matcher answers %p',
    async (openFor) => {
      const fleet = new Fleet({ errorMatcher: () => ({ kind: 'failure', openFor: openFor as number }) });
      const { breaker, events } = fleet.join();
      await told(breaker);
      expect(await breaker.state()).toBe('closed');
      expect((await breaker.information()).consecutiveFailures).toBe(1);
      expect(events.of('fault')).toMatchObject([{ setting: 'errorMatcher', name: 'c' }]);
    },
  );

  test('opens for maxOpenFor where it says for ever', async () => {
    const fleet = new Fleet({ errorMatcher: () => ({ kind: 'failure', openFor: Infinity }) });
    const { breaker } = fleet.join();
    await told(breaker);
    const { state, expiresAfter } = await breaker.information();
    expect({ state, until: Number(expiresAfter) }).toEqual({ state: 'open', until: t0 + 3_600_000 });
  });

  test('goes half-open afterwards, and closes, like any other', async () => {
    const fleet = new Fleet({ ...believing, closeThreshold: 2 });
    const { breaker } = fleet.join();
    await told(breaker);
    await fleet.clock.advance('600s');
    expect(await breaker.state()).toBe('half-open');
    await succeed(breaker, 2);
    expect(await breaker.state()).toBe('closed');
    // What was told is over: an ordinary failure is one again.
    await fail(breaker);
    expect(await breaker.state()).toBe('closed');
    expect(fleet.changes).toEqual(['closed>open', 'open>half-open', 'half-open>closed']);
  });

  test('reopens a half-open circuit until then, and counts as an opening', async () => {
    const fleet = new Fleet({ ...believing, closeThreshold: 5 });
    const { breaker } = fleet.join();
    await told(breaker, '60');
    await fleet.clock.advance('60s');
    await succeed(breaker, 2);
    await told(breaker);
    const { state, openings, expiresAfter } = await breaker.information();
    expect({ state, openings, expiresAfter: Number(expiresAfter) }).toEqual({
      state: 'open',
      openings: 2,
      expiresAfter: t0 + 660_000,
    });
    expect((await refusal(breaker)).retryAfter).toBe(600_000);
    expect(fleet.announced.at(-1)).toMatchObject({ from: 'half-open', to: 'open', reason: 'told' });
  });

  test('reopens at once a sample that could still have been passed', async () => {
    const fleet = new Fleet({ ...believing, closeThreshold: { trials: 10, successRate: 0.1 } });
    const { breaker } = fleet.join();
    await told(breaker, '60');
    await fleet.clock.advance('60s');
    await succeed(breaker);
    expect(await breaker.state()).toBe('closed');
    await told(breaker, '60');
    await fleet.clock.advance('60s');
    await told(breaker);
    expect((await refusal(breaker)).retryAfter).toBe(600_000);
  });

  test('is believed with one call of many in flight; the others then come late and change nothing', async () => {
    const fleet = new Fleet(believing);
    const { breaker, events } = fleet.join();
    const slow = await breaker.start();
    await told(breaker);
    await slow.fail(tooMany('1200'), { openFor: '20m' });
    expect((await refusal(breaker)).retryAfter).toBe(600_000);
    expect(events.of('lateOutcome')).toHaveLength(1);
  });

  test('is told by several at once: the first opens it, the others come late', async () => {
    const fleet = new Fleet(believing);
    const { breaker, events } = fleet.join();
    await Promise.all([told(breaker, '60'), told(breaker, '600'), told(breaker, '300')]);
    expect((await refusal(breaker)).retryAfter).toBe(60_000);
    expect(events.of('lateOutcome')).toHaveLength(2);
    expect(fleet.changes).toEqual(['closed>open']);
  });

  test('opens nothing while an operator holds the circuit closed', async () => {
    const fleet = new Fleet(believing);
    const { breaker } = fleet.join();
    await breaker.forceClosed({ reason: 'we know better' });
    await told(breaker);
    expect(await breaker.state()).toBe('closed');
    await breaker.release();
    expect(await isAdmitted(breaker)).toBe(true);
  });
});

describe('where a worker dies between its write and the transition', () => {
  test('whoever calls next opens the circuit until the time that was told', async () => {
    const fleet = new Fleet(believing);
    const dying = fleet.join();
    const living = fleet.join();
    await succeed(dying.breaker);
    const holding = new Holding('store');
    dying.backend.conduct = holding.conduct;
    void told(dying.breaker);
    await fleet.turn();
    expect(holding.size).toBe(1);
    expect(await fleet.counters()).toMatchObject({ 'told.until': t0 + 600_000 });
    await fleet.clock.advance(500);
    expect((await refusal(living.breaker)).retryAfter).toBe(599_500);
    expect(living.events.of('stateChange')).toMatchObject([{ from: 'closed', to: 'open', reason: 'told' }]);
    await fleet.clock.advance(599_499);
    expect(await isAdmitted(living.breaker)).toBe(false);
    await fleet.clock.advance(1);
    expect(await isAdmitted(living.breaker)).toBe(true);
  });

  test.each([
    ['the one that dies was told more, and wrote first', '600', '60'],
    ['the one that dies was told less, and wrote first', '60', '600'],
  ])(
    'another that was told as well, and had read before, takes nothing from the longer wait: %s',
    async (_what, first, then) => {
      const fleet = new Fleet(believing);
      const [dying, other, third] = [fleet.join(), fleet.join(), fleet.join()];
      await succeed(dying.breaker);
      const [dyingPermit, otherPermit] = [await dying.breaker.start(), await other.breaker.start()];
      const dead = new Holding('store');
      dying.backend.conduct = dead.conduct;
      void dyingPermit.end(tooMany(first));
      await fleet.turn();
      expect(dead.size).toBe(1);
      // The other one dies as well, or lives on: whoever comes next sees both waits.
      const alsoDead = new Holding('store');
      other.backend.conduct = alsoDead.conduct;
      void otherPermit.end(tooMany(then));
      await fleet.turn();
      expect(await fleet.counters()).toMatchObject({ 'told.until': t0 + Number(then) * 1_000, 'total.failures': 2 });
      expect((await refusal(third.breaker)).retryAfter).toBe(600_000);
      alsoDead.letAllGo();
      await fleet.turn();
      await fleet.clock.advance(599_999);
      expect((await refusal(third.breaker)).retryAfter).toBe(1);
      await fleet.clock.advance(1);
      expect(await isAdmitted(third.breaker)).toBe(true);
    },
  );

  test('a time that is over when somebody comes decides nothing', async () => {
    const fleet = new Fleet(believing);
    const dying = fleet.join({ storageTimeout: '1d' });
    const living = fleet.join();
    await succeed(dying.breaker);
    const holding = new Holding('store');
    dying.backend.conduct = holding.conduct;
    void told(dying.breaker);
    await fleet.clock.advance('600s');
    expect(await living.breaker.state()).toBe('closed');
    expect(await isAdmitted(living.breaker)).toBe(true);
    expect(living.events.of('stateChange')).toEqual([]);
  });
});

describe("under 'local', while the store is down", () => {
  test.each([{}, { consistency: { maxStaleness: 250 } }] as Partial<FactoryOptions>[])(
    'this process opens for itself until then, and not a call earlier: %j',
    async (more) => {
      const fleet = new Fleet({ ...believing, ...more });
      const { breaker, backend, factory } = fleet.join();
      await succeed(breaker);
      await factory.flush();
      await fleet.clock.advance('1s');
      backend.conduct = failing('unreachable');
      const before = fleet.clock.now();
      await told(breaker);
      expect((await refusal(breaker)).retryAfter).toBe(600_000 - (fleet.clock.now() - before));
      await fleet.clock.advance(599_999 - (fleet.clock.now() - before));
      expect(await isAdmitted(breaker)).toBe(false);
      await fleet.clock.advance(1);
      expect(await isAdmitted(breaker)).toBe(true);
      await factory.close();
    },
  );

  test('a store that can be read and not written is no way round it', async () => {
    const fleet = new Fleet(believing);
    const { breaker, backend } = fleet.join();
    await succeed(breaker);
    backend.conduct = failing('unreachable', 'apply', 'store');
    await told(breaker);
    expect((await refusal(breaker)).retryAfter).toBe(600_000);
  });
});

describe('two workers that are told to wait at once', () => {
  test.each([
    ['the other one tells less before this one opens it', 'apply'],
    ['the other one opens it for less long', 'store'],
  ] as const)('wait as long as either was told: %s', async (_what, until) => {
    const fleet = new Fleet({ failureCountThreshold: 100 });
    const [long, short] = [fleet.join(), fleet.join()];
    await succeed(long.breaker);
    const [longPermit, shortPermit] = [await long.breaker.start(), await short.breaker.start()];
    const opening = new Holding('store');
    long.backend.conduct = opening.conduct;
    const longEnd = longPermit.fail(new Error('HTTP 429'), { openFor: '600s' });
    await fleet.turn();
    const shortOpening = new Holding('store');
    if (until === 'apply') short.backend.conduct = shortOpening.conduct;
    const shortEnd = shortPermit.fail(new Error('HTTP 429'), { openFor: '60s' });
    await fleet.turn();
    long.backend.conduct = (_call, make) => make();
    opening.letAllGo();
    await longEnd;
    short.backend.conduct = (_call, make) => make();
    shortOpening.letAllGo();
    await shortEnd;
    expect((await refusal(fleet.join().breaker)).retryAfter).toBe(600_000);
    expect(fleet.announced.filter(({ to }) => to === 'open')).toHaveLength(1);
  });
});
