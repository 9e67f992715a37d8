import { describe, expect, test } from '@jest/globals';
import {
  anyOf,
  casLease,
  CircuitBreakerFactory,
  consecutiveFailures,
  exponential,
  failureCount,
  failureRate,
  MemoryBackend,
  mergeSettings,
  slowCallRate,
  systemClock,
  when,
  type InvalidSettingsError,
} from '@circuitry/core';
import { duration, optional, readOptions } from '@circuitry/core/backend';
import { parseSettings } from '../../src/settings/parse-settings.js';

const backend = new MemoryBackend();

function revoked(target: object = {}): never {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy as never;
}

/** An object with a property that throws when it is read. */
function throwing(name: string, others: object = {}, thrown: unknown = new Error('not yet configured')): never {
  const get = (): never => {
    throw thrown;
  };
  return Object.defineProperty({ ...others }, name, { enumerable: true, get }) as never;
}

/** The names of what was refused. Anything but an InvalidSettingsError is the engine's own, and says nothing. */
function refused(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    expect(error).toMatchObject({ code: 'ERR_INVALID_SETTINGS' });
    return (error as InvalidSettingsError).problems.map(({ name }) => name);
  }
  return [];
}

const parse = (options: object) => () => parseSettings({ backend, ...options });

const names = Object.keys(parseSettings({ backend })).filter((name) => name !== 'ownMode');

describe.each(names)('The setting %s', (name) => {
  test('is refused by name where its getter throws, whatever it throws', () => {
    for (const thrown of [new Error('not yet configured'), null])
      expect(refused(() => parseSettings(throwing(name, { backend }, thrown)))).toContain(name);
  });

  test.each([{}, [], () => 1])(
    'is refused by name, or taken as a function, where it is a proxy of %p that was revoked',
    (target) => {
      const isFunction = typeof target === 'function';
      const problems = refused(parse({ [name]: revoked(target) }));
      expect(problems.filter((each) => each.startsWith(name)).length > 0 || isFunction).toBe(true);
    },
  );
});

test('Options that can not be looked at are refused as such', () => {
  expect(refused(() => parseSettings(revoked()))).toContain('options');
  const mute = new Proxy({}, { ownKeys: () => throwing('length') });
  expect(refused(() => parseSettings(mute as never))).toContain('options');
});

test('What threw is told', () => {
  expect(parse({ consistency: throwing('maxStaleness') })).toThrow(
    /consistency\.maxStaleness: expected .* can be read.*"not yet configured"/s,
  );
});

describe('A part of a setting that can not be read is named', () => {
  test.each<[object, string]>([
    [{ consistency: throwing('maxStaleness') }, 'consistency.maxStaleness'],
    [{ exclusive: throwing('lease') }, 'exclusive.lease'],
    [{ closeThreshold: throwing('trials') }, 'closeThreshold.trials'],
    [{ errorMatchers: throwing('mail') }, 'errorMatchers.mail'],
    [{ circuits: throwing('pay') }, 'circuits.pay'],
    [{ circuits: { pay: revoked() } }, 'circuits.pay'],
    [{ circuits: { pay: throwing('allowAfter') } }, 'circuits.pay.allowAfter'],
    [{ circuits: { pay: { exclusive: throwing('lease') } } }, 'circuits.pay.exclusive.lease'],
    [{ trip: throwing('kind') }, 'trip.kind'],
    [{ trip: throwing('threshold', { kind: 'failure-rate' }) }, 'trip.threshold'],
    [{ trip: { kind: 'failure-rate', window: throwing('calls') } }, 'trip.window.calls'],
    [{ trip: { kind: 'any-of', policies: revoked([]) } }, 'trip.policies'],
    [{ trip: anyOf(consecutiveFailures(1), revoked()) }, 'trip.policies[1]'],
  ])('%#', (options, name) => {
    expect(refused(parse(options))).toContain(name);
  });
});

test('Where several can not be read, each is told, once', () => {
  const options = Object.assign(Object.create({ backend }) as object, { retries: 3 });
  for (const name of ['allowAfter', 'retention'])
    Object.defineProperty(options, name, Object.getOwnPropertyDescriptor(throwing(name), name) as PropertyDescriptor);
  expect(refused(() => parseSettings(options as never))).toEqual(['allowAfter', 'retention', 'retries']);
});

describe('Whatever else takes settings refuses them in the same way', () => {
  const factory = new CircuitBreakerFactory({ backend });
  test.each<[string, () => unknown, string]>([
    ['failureRate', () => failureRate(throwing('threshold')), 'failureRate(options).threshold'],
    ['slowCallRate', () => slowCallRate(revoked()), 'slowCallRate(options)'],
    ['failureCount', () => failureCount(throwing('window')), 'failureCount(options).window'],
    ['when', () => when(revoked(), () => true), 'when(options)'],
    ['exponential', () => exponential('1s', throwing('max')), 'exponential(options).max'],
    ['mergeSettings', () => mergeSettings(throwing('allowAfter'), {}), 'allowAfter'],
    ['mergeSettings', () => mergeSettings({}, revoked()), 'options'],
    ['mergeSettings', () => mergeSettings({ errorMatchers: {} }, { errorMatchers: revoked() }), 'errorMatchers'],
    ['readOptions', () => readOptions({ limit: optional(duration(1), 1) }, throwing('limit')), 'limit'],
  ])('%s', (_, make, name) => {
    expect(refused(make)).toContain(name);
  });

  test('an operator', async () => {
    const breaker = factory.breakerFor('mail');
    await expect(breaker.forceOpen(throwing('for'))).rejects.toMatchObject({ problems: [{ name: 'for' }] });
    await expect(breaker.trip(revoked())).rejects.toMatchObject({ code: 'ERR_INVALID_SETTINGS' });
  });
});

describe('Options of what needs none are checked all the same', () => {
  const makers: readonly (readonly [string, (options: never) => unknown, string])[] = [
    ['MemoryBackend', (options) => new MemoryBackend(options), 'clock'],
    ['casLease', (options) => casLease(backend, options), 'random'],
  ];

  test.each(makers)('of %s', (_, make, one) => {
    expect(refused(() => make(revoked()))).toContain('options');
    expect(refused(() => make(throwing(one)))).toContain(one);
    for (const wrong of [null, 'x', 7] as never[]) expect(refused(() => make(wrong))).toEqual(['options']);
    expect(refused(() => make({ [one]: {} } as never))).toEqual([one]);
    expect(() => make({ clok: systemClock } as never)).toThrow('clok: expected no such setting; did you mean clock?');
  });
});

test('A rule of a window that is given something else than options is refused: its defaults are nobody’s wish', () => {
  for (const wrong of [0.9, null, '60s', [0.9]] as never[]) {
    expect(refused(() => failureRate(wrong))).toEqual(['failureRate(options)']);
    expect(refused(() => slowCallRate(wrong))).toEqual(['slowCallRate(options)']);
    expect(refused(() => failureCount(wrong))).toEqual(['failureCount(options)']);
    expect(refused(() => when(wrong, () => true))).toEqual(['when(options)']);
  }
});
