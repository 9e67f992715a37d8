import { describe, expect, test } from '@jest/globals';
import {
  CircuitBreakerFactory,
  InvalidSettingsError,
  MemoryBackend,
  mergeSettings,
  SettingsConflictError,
} from '@circuitry/core';
import { succeed } from './support/fleet.js';

/** What a function throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}

describe('mergeSettings', () => {
  const backend = new MemoryBackend();

  test('makes one new object of both, that a factory takes', async () => {
    const base = { backend, failureCountThreshold: 3 };
    const merged = mergeSettings(base, { allowAfter: '30m' });
    expect(merged).toEqual({ backend, failureCountThreshold: 3, allowAfter: '30m' });
    expect(base).toEqual({ backend, failureCountThreshold: 3 });
    const factory = new CircuitBreakerFactory(merged);
    await succeed(factory.breakerFor('x'));
    await factory.close();
  });

  test('refuses to override silently, and names each setting that both give', () => {
    const merging = (): unknown =>
      mergeSettings({ backend, allowAfter: '1m', retention: '1d' }, { allowAfter: '1m', retention: '2d' });
    const error = thrownBy(merging);
    expect(error).toBeInstanceOf(SettingsConflictError);
    expect(error).toMatchObject({ code: 'ERR_SETTINGS_CONFLICT', settings: ['allowAfter', 'retention'] });
  });

  test('joins errorMatchers circuit by circuit, and refuses two for one circuit', () => {
    const one = (): 'failure' => 'failure';
    const two = (): 'ignored' => 'ignored';
    const merged = mergeSettings({ errorMatchers: { mail: one } }, { errorMatchers: { sms: two } });
    expect(merged.errorMatchers).toEqual({ mail: one, sms: two });
    const conflict = thrownBy(() => mergeSettings({ errorMatchers: { mail: one } }, { errorMatchers: { mail: two } }));
    expect(conflict).toMatchObject({ settings: ['errorMatchers.mail'] });
  });

  test.each<[unknown, unknown, string]>([
    [undefined, {}, 'options'],
    [{}, null, 'options'],
    [{ errorMatchers: null }, { errorMatchers: {} }, 'errorMatchers'],
    [{ errorMatchers: {} }, { errorMatchers: new Map() }, 'errorMatchers'],
  ])('refuses what it can not join: %p and %p', (base, more, name) => {
    expect(thrownBy(() => mergeSettings(base as object, more as object))).toMatchObject({
      code: 'ERR_INVALID_SETTINGS',
      problems: [{ name }],
    });
  });

  test('takes a setting that is undefined as not given', () => {
    expect(mergeSettings({ allowAfter: '1m' }, { allowAfter: undefined } as never)).toEqual({ allowAfter: '1m' });
  });
});

describe('A factory', () => {
  test('lists every wrong setting at once', () => {
    const wrong = { failureCountThreshold: 0, allowAfter: '5 min', retention: '1s', typo: true };
    const error = thrownBy(() => new CircuitBreakerFactory(wrong as never)) as InvalidSettingsError;
    expect(error).toBeInstanceOf(InvalidSettingsError);
    const names = error.problems.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['allowAfter', 'backend', 'failureCountThreshold', 'retention', 'typo']),
    );
  });

  test('refuses a backend of a contract that it does not know, by its version', () => {
    const foreign = Object.assign(new MemoryBackend(), { contractVersion: 2 });
    expect(() => new CircuitBreakerFactory({ backend: foreign })).toThrow(/contractVersion.*2/s);
  });
});
