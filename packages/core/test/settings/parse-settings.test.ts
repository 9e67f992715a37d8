import { describe, expect, test } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import {
  allOf,
  anyOf,
  consecutiveFailures,
  failureCount,
  failureRate,
  MemoryBackend,
  slowCallRate,
  systemClock,
  when,
  type FactoryOptions,
  type Information,
  type InvalidSettingsError,
} from '@circuitry/core';
import { parseSettings } from '../../src/settings/parse-settings.js';
import type { TripRule } from '../../src/machine/rules/trip.js';
import type { WindowSums } from '../../src/machine/window/window-row.js';
import { timeWindow, callsWindow, type WindowSpec } from '../../src/machine/window/window-spec.js';

const backend = new MemoryBackend();

function faultOf(options: unknown): InvalidSettingsError | null {
  try {
    parseSettings(options as FactoryOptions);
    return null;
  } catch (error) {
    return error as InvalidSettingsError;
  }
}

/** The names of what is wrong, with a backend that is right. */
function problemsOf(options: object): string[] {
  return (faultOf({ backend, ...options })?.problems ?? []).map(({ name }) => name);
}

describe('settings that nobody gives', () => {
  const settings = parseSettings({ backend });

  test('have the default that is documented', () => {
    expect(settings).toMatchObject({
      backend,
      closeThreshold: { kind: 'consecutive-successes', successes: 1 },
      allowAfter: 60_000,
      cyclicClearAfter: null,
      trialLease: 60_000,
      longestTrial: 1_200_000,
      slowCallAfter: Infinity,
      workTimeout: null,
      consistency: null,
      onStorageFailure: 'local',
      storageTimeout: 1_000,
      retention: 86_400_000,
      exclusive: null,
      counting: 'all',
      retryJitter: 0.1,
      clock: systemClock,
      random: Math.random,
      maxCircuits: 10_000,
    });
    expect(settings.nameFor('send-mail', {})).toBe('send-mail');
    expect(settings.errorMatchers.size).toBe(0);
  });

  test('are frozen, and may be given as undefined', () => {
    expect(Object.isFrozen(settings)).toBe(true);
    const options = Object.fromEntries(
      Object.keys(settings)
        .filter((name) => name !== 'ownMode')
        .map((name) => [name, undefined]),
    );
    expect(parseSettings({ ...options, backend })).toMatchObject({
      allowAfter: 60_000,
      maxCircuits: 10_000,
    });
  });
});

test('settings are read in ms', () => {
  const pause = (): number => 5;
  const settings = parseSettings({
    backend,
    failureCountThreshold: 15,
    closeThreshold: { trials: 10, successRate: 0.7 },
    allowAfter: '30m',
    cyclicClearAfter: '12h',
    trialLease: '10ms',
    slowCallAfter: '2s',
    workTimeout: 1,
    consistency: { maxStaleness: '250ms' },
    onStorageFailure: 'throw',
    storageTimeout: 1,
    retention: '1m',
    exclusive: { lease: '5s' },
    counting: 'failures',
    retryJitter: 0,
    maxCircuits: 1,
    errorMatchers: { mail: () => 'ignored' },
  });
  expect(settings).toMatchObject({
    closeThreshold: { kind: 'sample', trials: 10, successRate: 0.7 },
    allowAfter: 1_800_000,
    cyclicClearAfter: 43_200_000,
    trialLease: 10,
    longestTrial: 200,
    slowCallAfter: 2_000,
    workTimeout: 1,
    consistency: 250,
    storageTimeout: 1,
    retention: 60_000,
    exclusive: { lease: 5_000, wait: 10_000 },
    retryJitter: 0,
  });
  expect(settings.errorMatchers.has('mail')).toBe(true);
  expect(parseSettings({ backend, exclusive: true }).exclusive).toEqual({ lease: 30_000, wait: 10_000 });
  expect(parseSettings({ backend, exclusive: { wait: 0 } }).exclusive).toEqual({ lease: 30_000, wait: 0 });
  expect(parseSettings({ backend, exclusive: false, consistency: 'strict' })).toMatchObject({
    exclusive: null,
    consistency: null,
  });
  expect(parseSettings({ backend, allowAfter: pause }).allowAfter).toBe(pause);
  expect(parseSettings({ backend, retryJitter: 1 }).retryJitter).toBe(1);
});

describe('trip rules', () => {
  const subject = { name: 'x', circuit: 'x', context: {} };
  const ruleOf = (trip: FactoryOptions['trip'], more = {}): TripRule =>
    parseSettings({ backend, ...more, trip }).trip.bind(subject, () => {});

  /** Whether a rule trips at these counts, in a window that must be its own. */
  const trips = (rule: TripRule, window: WindowSpec | null, counted: Partial<WindowSums>, inARow = 0): boolean =>
    rule.trips({
      consecutiveFailures: inARow,
      total: 1,
      windowSums(spec) {
        expect(spec).toEqual(window);
        return { calls: 0, failures: 0, slow: 0, ...counted };
      },
      information: () => ({}) as Information,
    });

  test('are read with their thresholds and windows', () => {
    expect([2, 3].map((failures) => trips(ruleOf(consecutiveFailures(3)), null, {}, failures))).toEqual([false, true]);
    const minute = timeWindow(60_000, 10);
    const count = ruleOf(failureCount({ threshold: 3 }));
    expect([2, 3].map((failures) => trips(count, minute, { failures }))).toEqual([false, true]);
    const rate = ruleOf(failureRate());
    expect(trips(rate, minute, { calls: 20, failures: 10 })).toBe(true);
    expect(trips(rate, minute, { calls: 19, failures: 19 })).toBe(false);
    expect(trips(rate, minute, { calls: 20, failures: 9 })).toBe(false);
    const policy = slowCallRate({ threshold: 1, minimumCalls: 100, window: { calls: 100 } });
    const slow = ruleOf(policy, { slowCallAfter: '1s' });
    expect(trips(slow, callsWindow(100), { calls: 100, slow: 100 })).toBe(true);
    expect(trips(slow, callsWindow(100), { calls: 100, slow: 99 })).toBe(false);
    expect(trips(slow, callsWindow(100), { calls: 99, slow: 99 })).toBe(false);
    expect(ruleOf(failureRate({ window: '10s', buckets: 100 })).windows).toEqual([timeWindow(10_000, 100)]);
    expect(ruleOf(failureRate({ window: '7d', buckets: 1 })).windows).toEqual([timeWindow(604_800_000, 1)]);
    expect(ruleOf(failureRate({ window: { calls: 10_000 } })).windows).toEqual([callsWindow(10_000)]);
  });

  test('over fewer than 20 calls ask for all of them, where nobody gave a minimum', () => {
    const rate = ruleOf(failureRate({ window: { calls: 10 } }));
    expect(trips(rate, callsWindow(10), { calls: 10, failures: 5 })).toBe(true);
    expect(trips(rate, callsWindow(10), { calls: 9, failures: 9 })).toBe(false);
    const long = ruleOf(failureRate({ window: { calls: 100 } }));
    expect(trips(long, callsWindow(100), { calls: 20, failures: 20 })).toBe(true);
    expect(trips(long, callsWindow(100), { calls: 19, failures: 19 })).toBe(false);
  });

  test('may stand among several, functions too', () => {
    const any = ruleOf(
      anyOf(
        consecutiveFailures(3),
        anyOf(() => true),
      ),
    );
    expect(trips(any, null, {}, 0)).toBe(true);
    const all = ruleOf(allOf(consecutiveFailures(3), () => true));
    expect([2, 3].map((failures) => trips(all, null, {}, failures))).toEqual([false, true]);
    expect(
      trips(
        ruleOf(() => true),
        null,
        {},
      ),
    ).toBe(true);
  });

  test.each<[unknown, string[]]>([
    ['often', ['trip']],
    [null, ['trip']],
    [{ kind: 'sometimes' }, ['trip.kind']],
    [{}, ['trip.kind']],
    [consecutiveFailures(0), ['trip.threshold']],
    [consecutiveFailures(1.5), ['trip.threshold']],
    [consecutiveFailures(undefined as unknown as number), ['trip.threshold']],
    [failureCount({} as { threshold: number }), ['trip.threshold']],
    [failureCount({ threshold: 11, window: { calls: 10 } }), ['trip.threshold']],
    [failureCount({ threshold: 10, window: { calls: 10 } }), []],
    [failureRate({ threshold: 0 }), ['trip.threshold']],
    [failureRate({ threshold: 1.1 }), ['trip.threshold']],
    [failureRate({ minimumCalls: 0 }), ['trip.minimumCalls']],
    [failureRate({ minimumCalls: 11, window: { calls: 10 } }), ['trip.minimumCalls']],
    [failureRate({ window: 9 }), ['trip.window']],
    [failureRate({ window: 10 }), []],
    [failureRate({ window: '8d' }), ['trip.window']],
    [failureRate({ window: null as unknown as number }), ['trip.window']],
    [failureRate({ window: { calls: 0 } }), ['trip.window.calls', 'trip.minimumCalls'].slice(0, 1)],
    [failureRate({ window: { calls: 10_001 } }), ['trip.window.calls']],
    [failureRate({ buckets: 0 }), ['trip.buckets']],
    [failureRate({ buckets: 101 }), ['trip.buckets']],
    [failureRate({ windw: '10s' } as object), ['trip.windw']],
    [{ kind: 'failure-rate', window: { calls: 100, seconds: 10 } }, ['trip.window.seconds']],
    [anyOf(), ['trip.policies']],
    [allOf(consecutiveFailures(1), failureCount({ threshold: 0 })), ['trip.policies[1].threshold']],
    [when({ window: 9 }, () => false), ['trip.window']],
    [when({}, 'never' as unknown as () => boolean), ['trip.function']],
    [{ kind: 'any-of', policies: 'all' }, ['trip.policies']],
    [
      anyOf(consecutiveFailures(3), anyOf(consecutiveFailures(-1), failureRate({ threshold: 2 }))),
      ['trip.policies[1].policies[0].threshold', 'trip.policies[1].policies[1].threshold'],
    ],
  ])('%j: wrong are %j', (trip, problems) => {
    expect(problemsOf({ trip })).toEqual(problems);
  });
});

describe('a setting that is wrong is named', () => {
  test.each<[object, string[]]>([
    [{ allowAftr: '30s' }, ['allowAftr']],
    [{ nameFor: 'x' }, ['nameFor']],
    [{ failureCountThreshold: 0 }, ['failureCountThreshold']],
    [{ failureCountThreshold: '5' }, ['failureCountThreshold']],
    [{ closeThreshold: 0 }, ['closeThreshold']],
    [{ closeThreshold: null }, ['closeThreshold']],
    [{ closeThreshold: {} }, ['closeThreshold.trials', 'closeThreshold.successRate']],
    [{ closeThreshold: { trials: 0, successRate: 0 } }, ['closeThreshold.trials', 'closeThreshold.successRate']],
    [{ closeThreshold: { trials: 1, successRate: 1, rate: 1 } }, ['closeThreshold.rate']],
    [{ allowAfter: 0 }, ['allowAfter']],
    [{ allowAfter: 0.4 }, ['allowAfter']],
    [{ allowAfter: Infinity }, ['allowAfter']],
    [{ allowAfter: '30 s' }, ['allowAfter']],
    [{ allowAfter: null }, ['allowAfter']],
    [{ cyclicClearAfter: 0 }, ['cyclicClearAfter']],
    [{ trialLease: 9 }, ['trialLease']],
    [{ longestTrial: '59s' }, ['longestTrial']],
    [{ longestTrial: '60s' }, []],
    [{ errorMatcher: {} }, ['errorMatcher']],
    [{ errorMatchers: { mail: 1, sms: () => 'ignored' } }, ['errorMatchers.mail']],
    [{ errorMatchers: null }, ['errorMatchers']],
    [{ errorMatchers: new Map([['mail', () => 'ignored']]) }, ['errorMatchers']],
    [{ errorMatchers: [() => 'ignored'] }, ['errorMatchers']],
    [{ errorMatchers: new (class Matchers {})() }, ['errorMatchers']],
    [{ errorMatchers: Object.create({ mail: () => 'ignored' }) as object }, ['errorMatchers']],
    [{ errorMatchers: Object.assign(Object.create(null) as object, { mail: () => 'ignored' }) }, []],
    [{ errorMatchers: runInNewContext('({ mail: () => "ignored" })') as object }, []],
    [{ exclusive: new Map([['lease', 9]]) }, ['exclusive']],
    [{ resultMatcher: 1 }, ['resultMatcher']],
    [{ slowCallAfter: 0 }, ['slowCallAfter']],
    [
      { slowCallAfter: '5s', workTimeout: '5s', trip: slowCallRate({ threshold: 0.5, window: '10s' }) },
      ['slowCallAfter'],
    ],
    [{ slowCallAfter: '4s', workTimeout: '5s', trip: slowCallRate({ threshold: 0.5, window: '10s' }) }, []],
    [{ workTimeout: -1 }, ['workTimeout']],
    [{ consistency: 'loose' }, ['consistency']],
    [{ consistency: {} }, ['consistency']],
    [{ consistency: null }, ['consistency']],
    [{ consistency: { maxStaleness: 0 } }, ['consistency.maxStaleness']],
    [{ consistency: { maxStaleness: 1, other: 2 } }, ['consistency.other']],
    [{ onStorageFailure: 'panic' }, ['onStorageFailure']],
    [{ storageTimeout: 0 }, ['storageTimeout']],
    [{ retention: '59s' }, ['retention']],
    [{ exclusive: null }, ['exclusive']],
    [{ exclusive: 'yes' }, ['exclusive']],
    [{ exclusive: { lease: 9, wait: -1 } }, ['exclusive.lease', 'exclusive.wait']],
    [{ exclusive: { leese: '1s' } }, ['exclusive.leese']],
    [{ onStateChange: 'x' }, ['onStateChange']],
    [{ logger: {} }, ['logger']],
    [{ logger: null }, ['logger']],
    [{ counting: 'some' }, ['counting']],
    [{ retryJitter: 1.1 }, ['retryJitter']],
    [{ retryJitter: -0.1 }, ['retryJitter']],
    [{ retryJitter: NaN }, ['retryJitter']],
    [{ clock: {} }, ['clock']],
    [{ random: 0.5 }, ['random']],
    [{ maxCircuits: 0 }, ['maxCircuits']],
    [{ maxCircuits: 2 ** 53 }, ['maxCircuits']],
  ])('%j: %j', (options, problems) => {
    expect(problemsOf(options)).toEqual(problems);
  });

  test.each([undefined, null, {}, 'memory', { ...backend, contractVersion: 1 }])(
    'a backend that is none: %p',
    (given) => {
      expect(faultOf({ backend: given })?.problems.map(({ name }) => name)).toContain('backend');
    },
  );

  test('a backend that lacks a few methods, by those', () => {
    const lacking = Object.create(backend, { lock: { value: undefined }, list: { value: 'x' } }) as MemoryBackend;
    expect(faultOf({ backend: lacking })?.problems).toMatchObject([
      { name: 'backend', expected: 'an object with lock, list' },
    ]);
  });

  test('a backend of another contract', () => {
    const newer = Object.create(backend, { contractVersion: { value: 2 } }) as MemoryBackend;
    expect(faultOf({ backend: newer })?.problems).toMatchObject([{ name: 'backend.contractVersion', value: 2 }]);
    expect(faultOf({ backend: newer })?.message).toContain('take matching versions of core and backend');
  });

  test.each([undefined, null, 'x', 7])('options that are none at all: %p', (options) => {
    expect(faultOf(options)?.problems).toMatchObject([{ name: 'options' }]);
  });
});

describe('settings that are right each by itself and wrong together', () => {
  test.each<[object, string[]]>([
    [{ trip: consecutiveFailures(3), failureCountThreshold: 3 }, ['failureCountThreshold']],
    [{ trip: failureRate(), counting: 'failures' }, ['counting']],
    [{ trip: () => false, counting: 'failures' }, ['counting']],
    [{ trip: when({}, () => false), counting: 'failures' }, ['counting']],
    [{ trip: anyOf(consecutiveFailures(1), failureRate()), counting: 'failures' }, ['counting']],
    [{ trip: failureCount({ threshold: 3, window: { calls: 10 } }), counting: 'failures' }, ['counting']],
    [{ trip: failureCount({ threshold: 3 }), counting: 'failures' }, []],
    [{ trip: failureRate(), counting: 'all' }, []],
    [{ trip: slowCallRate() }, ['slowCallAfter']],
    [{ trip: anyOf(slowCallRate()) }, ['slowCallAfter']],
    [{ trip: slowCallRate(), slowCallAfter: '1s' }, []],
    [{ slowCallAfter: '1s' }, []],
  ])('%j: %j', (options, problems) => {
    expect(problemsOf(options)).toEqual(problems);
  });
});

test('all that is wrong is told at once, each with what was given and what was expected', () => {
  const fault = faultOf({ backend, allowAfter: '30 s', retryJitter: 2, maxCircuits: -1, colour: 'red' });
  expect(fault?.code).toBe('ERR_INVALID_SETTINGS');
  expect(fault?.message).toBe(
    [
      '4 settings are wrong; nothing was made:',
      `  colour: expected no such setting, got "red"`,
      `  allowAfter: expected a duration from 1 ms (ms, or a string like '30s'), got "30 s"`,
      '  retryJitter: expected a number from 0 to 1, got 2',
      '  maxCircuits: expected an integer from 1, got -1',
    ].join('\n'),
  );
});
