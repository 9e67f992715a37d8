import { describe, expect, test } from '@jest/globals';
import type { FactoryOptions } from '@circuitry/core';
import { down, fail, Fleet, rejection } from './support/fleet.js';

const boom = new Error('boom');
const bad: Record<string, FactoryOptions['nameFor']> = {
  'an empty name': () => '',
  'a name of 1,025 bytes': () => 'x'.repeat(1_025),
  'half a surrogate pair': () => 'a\uD800',
  'a number': () => 7 as unknown as string,
  nothing: () => undefined as unknown as string,
  'a promise': () => Promise.resolve('c') as unknown as string,
  'a throw': () => {
    throw boom;
  },
};

describe.each(Object.keys(bad))('A nameFor that answers %s', (which) => {
  const nameFor = bad[which] as NonNullable<FactoryOptions['nameFor']>;

  test('is nobody’s circuit: the work runs unprotected and uncounted, and no store is asked', async () => {
    const { breaker, backend, events } = new Fleet({ nameFor, failureCountThreshold: 2 }).join();
    await fail(breaker, 5);
    expect(await breaker.settle(() => 1)).toEqual({ status: 'fulfilled', value: 1, decidedBy: 'allow' });
    expect(backend.calls).toEqual([]);
    expect(events.of('fault')).toMatchObject([{ setting: 'nameFor', name: null }]);
    expect(events.of('storageFailure')).toEqual([]);
    expect(events.of('stateChange')).toEqual([]);
  });

  test('under allow the work runs unprotected, under throw it is refused', async () => {
    const allowing = new Fleet({ nameFor, onStorageFailure: 'allow', failureCountThreshold: 1 }).join();
    await fail(allowing.breaker, 5);
    expect(await allowing.breaker.settle(() => Promise.reject(down))).toEqual({
      status: 'rejected',
      reason: down,
      decidedBy: 'allow',
    });
    const throwing = new Fleet({ nameFor, onStorageFailure: 'throw' }).join();
    expect(await throwing.breaker.settle(() => 1)).toMatchObject({
      status: 'refused',
      error: { code: 'ERR_INVALID_NAME' },
    });
    expect([...allowing.backend.calls, ...throwing.backend.calls]).toEqual([]);
  });

  test('is told to whoever asks for the state or forces the circuit', async () => {
    const { breaker, backend } = new Fleet({ nameFor }).join();
    expect(await rejection(breaker.state())).toMatchObject({ code: 'ERR_INVALID_NAME' });
    expect(await rejection(breaker.forceOpen())).toMatchObject({ code: 'ERR_INVALID_NAME' });
    expect(backend.calls).toEqual([]);
  });

  test('hurts no other circuit', async () => {
    const { factory, backend } = new Fleet({
      nameFor: (circuit, context) => (circuit === 'good' ? circuit : nameFor(circuit, context)),
    }).join();
    await factory.breakerFor('bad', {}).settle(() => 1);
    expect(await factory.breakerFor('good', {}).settle(() => 1)).toEqual({ status: 'fulfilled', value: 1 });
    expect(backend.verbs).toEqual(['retrieve', 'store']);
  });
});

test('A throwing nameFor is reported, with its error as the cause of the refusal', async () => {
  const { breaker, events } = new Fleet({ nameFor: bad['a throw'] as never, onStorageFailure: 'throw' }).join();
  expect(events.of('fault')).toEqual([{ setting: 'nameFor', error: boom, name: null }]);
  const error = await rejection(breaker.execute(() => 1));
  expect(error).toMatchObject({ code: 'ERR_INVALID_NAME', cause: boom });
});

test('Each breakerFor with a throwing nameFor tells the fault', () => {
  const { factory, events } = new Fleet({ nameFor: bad['a throw'] as never }).join();
  const before = events.of('fault').length;
  factory.breakerFor('x', {});
  factory.breakerFor('y', {});
  expect(events.of('fault')).toHaveLength(before + 2);
});

test('A circuit without a name is not taken for one that is really called so', async () => {
  const { factory } = new Fleet({
    nameFor: (_circuit, context) => (context.bad === true ? (7 as never) : '7'),
    failureCountThreshold: 1,
  }).join();
  await fail(factory.breakerFor('x', { bad: true }));
  expect(await factory.breakerFor('x', {}).settle(() => 1)).toMatchObject({ status: 'fulfilled' });
});
