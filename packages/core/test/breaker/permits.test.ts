import { describe, expect, test } from '@jest/globals';
import { CircuitOpenError, PermitEndedError, expected } from '@circuitry/core';
import { revoked, thrower } from '../isolation/support/nonsense.js';
import { failing } from './support/failing-backend.js';
import { down, fail, Fleet, rejection } from './support/fleet.js';

describe('A permit', () => {
  test.each([
    ['succeed', 'totalSuccesses'],
    ['fail', 'totalFailures'],
    ['ignore', 'totalIgnored'],
  ] as const)('ended by %s counts in %s', async (end, total) => {
    const { breaker } = new Fleet().join();
    const permit = await breaker.start();
    expect([permit.circuitName, permit.decidedBy, permit.isTrial, permit.fencingToken]).toEqual([
      'c',
      'store',
      false,
      null,
    ]);
    await permit[end]();
    const totals = { totalSuccesses: 0, totalFailures: 0, totalIgnored: 0, [total]: 1 };
    expect(await breaker.information()).toMatchObject(totals);
  });

  test.each([
    ['nothing', undefined, 'success'],
    ['null', null, 'success'],
    ['an error', down, 'failure'],
    ['an expected error', expected(down), 'success'],
    ['an error that its matcher ignores', new RangeError(), 'ignored'],
  ])('ended with %s asks the matchers', async (_what, error, outcome) => {
    const { breaker, events } = new Fleet({
      errorMatchers: { c: (thrown) => (thrown instanceof RangeError ? 'ignored' : (undefined as never)) },
    }).join();
    await (await breaker.start()).end(error);
    expect(events.of('settled')[0]?.outcome).toBe(outcome);
  });

  const ends = ['succeed', 'fail', 'ignore', 'end'] as const;
  test.each(ends.flatMap((first) => ends.map((second) => [first, second] as const)))(
    'ended by %s can’t be ended again by %s, and nothing is counted twice',
    async (first, second) => {
      const fleet = new Fleet();
      const { breaker, backend } = fleet.join();
      const permit = await breaker.start();
      await permit[first]();
      const before = await fleet.record();
      backend.forget();
      const error = await rejection(permit[second]());
      expect(error).toBeInstanceOf(PermitEndedError);
      expect(error).toMatchObject({ code: 'ERR_PERMIT_ENDED', circuitName: 'c' });
      expect(backend.calls).toEqual([]);
      expect(await fleet.record()).toEqual(before);
    },
  );

  test('can’t be ended again while its first end is on the way', async () => {
    const { breaker } = new Fleet().join();
    const permit = await breaker.start();
    const ending = permit.fail();
    expect(await rejection(permit.fail())).toBeInstanceOf(PermitEndedError);
    await ending;
    expect((await breaker.information()).totalFailures).toBe(1);
  });

  test('is impossible where the call is refused', async () => {
    const { breaker } = new Fleet({ failureCountThreshold: 1 }).join();
    await fail(breaker);
    expect(await rejection(breaker.start())).toBeInstanceOf(CircuitOpenError);
  });

  test('that is not used counts as nothing when its scope ends', async () => {
    const fleet = new Fleet();
    const { breaker, backend } = fleet.join();
    {
      await using permit = await breaker.start();
      void permit;
    }
    expect(backend.verbs).toEqual(['retrieve']);
    expect(await fleet.record()).toBeNull();
  });

  test('that is used counts once when its scope ends, and can’t be ended after it', async () => {
    const { breaker } = new Fleet().join();
    let kept;
    {
      await using permit = await breaker.start();
      await permit.succeed();
      kept = permit;
    }
    expect((await breaker.information()).total).toBe(1);
    expect(await rejection(kept.succeed())).toBeInstanceOf(PermitEndedError);
  });

  test('that its scope gave back can’t be ended any more', async () => {
    const { breaker } = new Fleet().join();
    const permit = await breaker.start();
    await permit[Symbol.asyncDispose]();
    await permit[Symbol.asyncDispose]();
    expect(await rejection(permit.succeed())).toBeInstanceOf(PermitEndedError);
  });

  test('has a signal that follows the caller’s', async () => {
    const { breaker } = new Fleet().join();
    const caller = new AbortController();
    const permit = await breaker.start({ signal: caller.signal });
    expect(permit.signal.aborted).toBe(false);
    caller.abort('enough');
    expect([permit.signal.aborted, permit.signal.reason]).toEqual([true, 'enough']);
    await permit.ignore();
  });

  test('whose outcome the store never had says so under throw, and keeps it to itself under local', async () => {
    for (const onStorageFailure of ['throw', 'local'] as const) {
      const { breaker, backend } = new Fleet({ onStorageFailure }).join();
      const permit = await breaker.start();
      backend.conduct = failing('unreachable');
      const end = permit.succeed();
      if (onStorageFailure === 'throw') expect(await rejection(end)).toMatchObject({ code: 'ERR_STORAGE' });
      else await end;
    }
  });
});

test.each([
  ['a revoked proxy', revoked],
  ['an object whose openFor throws', () => Object.defineProperty({}, 'openFor', { get: thrower })],
  ['an openFor that is a revoked proxy', () => ({ openFor: revoked() })],
])('a failure that is told with %s counts all the same, and is a fault of its options', async (_, make) => {
  const { breaker, events } = new Fleet({ failureCountThreshold: 1 }).join();
  const permit = await breaker.start();
  await permit.fail(down, make());
  expect(await breaker.state()).toBe('open');
  expect(events.of('fault')).toHaveLength(1);
});
