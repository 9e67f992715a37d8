import { describe, expect, test } from '@jest/globals';
import {
  anyOf,
  consecutiveFailures,
  exponential,
  failureCount,
  failureRate,
  MemoryBackend,
  slowCallRate,
  when,
  type FactoryOptions,
  type Information,
} from '@circuitry/core';
import { informationOf } from '../../src/machine/record/information-of.js';
import type { Counts } from '../../src/machine/rules/trip.js';
import type { Rules } from '../../src/machine/rules/rules.js';
import { callsWindow, timeWindow } from '../../src/machine/window/window-spec.js';
import { parseSettings } from '../../src/settings/parse-settings.js';
import { asksUserCode, rulesFor } from '../../src/settings/rules.js';
import { t0 } from '../support/machine.js';

interface Fault {
  readonly setting: string;
  readonly message: string;
  readonly name: string | null;
}

function rulesOf(options: Partial<FactoryOptions>): { rules: Rules; faults: Fault[] } {
  const faults: Fault[] = [];
  const settings = parseSettings({ backend: new MemoryBackend(), random: () => 0.5, ...options });
  const rules = rulesFor(
    settings,
    { name: 'mail/acme', circuit: 'mail', context: { tenantId: 'acme' } },
    (setting, error, name) => {
      faults.push({ setting, message: (error as Error).message, name });
    },
  );
  return { rules, faults };
}

describe('the rules of a circuit', () => {
  test('ask anew each time how far apart clocks may be: whether the store has one shows with its first answer', () => {
    let error = 600_000;
    const settings = parseSettings({ backend: new MemoryBackend() });
    const subject = { name: 'mail', circuit: 'mail', context: undefined };
    const rules = rulesFor(
      settings,
      subject,
      () => {},
      () => error,
    );
    expect(rules.clockError).toBe(600_000);
    error = 5_000;
    expect(rules.clockError).toBe(5_000);
  });

  test('are the settings as the machine reads them', () => {
    const { rules } = rulesOf({
      allowAfter: '30s',
      cyclicClearAfter: '1h',
      trialLease: '5s',
      retention: '2m',
      closeThreshold: 3,
    });
    expect(rules).toMatchObject({
      closing: { kind: 'consecutive-successes', successes: 3 },
      windows: [],
      slowTrialsFail: false,
      cyclicClearAfter: 3_600_000,
      trialLease: 5_000,
      retention: 120_000,
    });
    expect(rules.allowAfter(9, null)).toBe(30_000);
  });

  test('count into each window once, however many rules ask about it', () => {
    const trip = anyOf(
      failureRate({ window: '10s' }),
      anyOf(failureCount({ threshold: 3, window: '10s' }), failureCount({ threshold: 3, window: { calls: 10 } })),
      consecutiveFailures(3),
    );
    expect(rulesOf({ trip }).rules.windows).toEqual([timeWindow(10_000, 10), callsWindow(10)]);
  });

  test('let a slow trial fail only with a rate of slow calls among them', () => {
    expect(rulesOf({ trip: anyOf(failureRate(), slowCallRate()), slowCallAfter: '1s' }).rules.slowTrialsFail).toBe(
      true,
    );
    expect(rulesOf({ trip: failureRate(), slowCallAfter: '1s' }).rules.slowTrialsFail).toBe(false);
  });
});

describe("a user's trip function", () => {
  const information = informationOf(null, t0, rulesOf({}).rules);
  const sums = { calls: 4, failures: 1, slow: 2 };
  const counts: Counts = {
    consecutiveFailures: 0,
    total: 1,
    windowSums: () => sums,
    information: () => information,
  };
  const tripsOf = (trip: FactoryOptions['trip']): { answer: boolean; faults: Fault[] } => {
    const { rules, faults } = rulesOf(trip === undefined ? {} : { trip });
    return { answer: rules.trip.trips(counts), faults };
  };

  test('is asked about its circuit', () => {
    const asked: unknown[] = [];
    const trip = (...given: unknown[]): boolean => asked.push(given) > 0;
    expect(tripsOf(trip).answer).toBe(true);
    expect(tripsOf(anyOf(trip)).answer).toBe(true);
    expect(asked).toEqual([
      [information, { name: 'mail/acme', circuit: 'mail', context: { tenantId: 'acme' } }],
      [information, { name: 'mail/acme', circuit: 'mail', context: { tenantId: 'acme' } }],
    ]);
  });

  test('in when has a window of its own, which is its first', () => {
    const asked: Information[] = [];
    const trip = when<unknown>({ window: { calls: 10 } }, (given) => asked.push(given) > 0);
    expect(tripsOf(anyOf(consecutiveFailures(9), trip)).answer).toBe(true);
    expect(asked).toEqual([{ ...information, window: { ...sums, failureRate: 0.25, slowRate: 0.5 } }]);
    expect(rulesOf({ trip }).rules.windows).toEqual([callsWindow(10)]);
  });

  test('is not even asked without any counted outcome', () => {
    const { rules } = rulesOf({ trip: () => true });
    expect(rules.trip.trips({ ...counts, total: 0 })).toBe(false);
  });

  test('that answers anything but true does not trip', () => {
    expect(tripsOf(() => 1 as unknown as boolean)).toEqual({ answer: false, faults: [] });
  });

  test('that throws does not trip, and is told of', () => {
    const trip = (): never => {
      throw new Error('no idea');
    };
    expect(tripsOf(trip)).toEqual({
      answer: false,
      faults: [{ setting: 'trip', message: 'no idea', name: 'mail/acme' }],
    });
  });
});

describe("a user's allowAfter", () => {
  test('is asked with the openings and the dice, and may answer any duration', () => {
    const asked: unknown[] = [];
    const about = { name: 'mail/acme', circuit: 'mail', context: { tenantId: 'acme' } };
    const { rules, faults } = rulesOf({
      allowAfter: (openings, { random, ...subject }) => {
        asked.push([openings, random(), subject]);
        return openings === 1 ? '30s' : 1;
      },
    });
    expect([rules.allowAfter(1, null), rules.allowAfter(2, 'HTTP 503')]).toEqual([30_000, 1]);
    expect(asked).toEqual([
      [1, 0.5, { ...about, lastFailure: null }],
      [2, 0.5, { ...about, lastFailure: 'HTTP 503' }],
    ]);
    expect(faults).toEqual([]);
    expect(rulesOf({ allowAfter: exponential('10s', { jitter: true }) }).rules.allowAfter(2, null)).toBe(15_000);
  });

  test.each([0, -1, NaN, Infinity, 'soon', null, undefined])(
    'that answers %p is told of; the circuit stays open for a minute',
    (answer) => {
      const { rules, faults } = rulesOf({ allowAfter: () => answer as number });
      expect(rules.allowAfter(3, null)).toBe(60_000);
      expect(faults).toEqual([
        {
          setting: 'allowAfter',
          message: `allowAfter(3) answered ${String(answer)}, not a duration from 1 ms`,
          name: 'mail/acme',
        },
      ]);
    },
  );

  test('that throws is told of; the circuit stays open for a minute', () => {
    const { rules, faults } = rulesOf({
      allowAfter: () => {
        throw new Error('no idea');
      },
    });
    expect(rules.allowAfter(1, null)).toBe(60_000);
    expect(faults).toEqual([{ setting: 'allowAfter', message: 'no idea', name: 'mail/acme' }]);
  });
});

test('circuits share their rules unless user code is asked about each', () => {
  const asks = (options: Partial<FactoryOptions>): boolean =>
    asksUserCode(parseSettings({ backend: new MemoryBackend(), ...options }));
  expect(asks({})).toBe(false);
  expect(asks({ trip: anyOf(consecutiveFailures(1), failureRate()) })).toBe(false);
  expect(asks({ trip: () => false })).toBe(true);
  expect(
    asks({
      trip: anyOf(
        consecutiveFailures(1),
        anyOf(() => false),
      ),
    }),
  ).toBe(true);
  expect(asks({ allowAfter: () => 1 })).toBe(true);
});
