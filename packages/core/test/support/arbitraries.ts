import fc from 'fast-check';
import type { CircuitRecord, Counters } from '@circuitry/core';
import type { ClosingPolicy } from '../../src/machine/rules/closing.js';
import { counter } from '../../src/machine/facts/counter-names.js';
import type { Outcome } from '../../src/machine/facts/outcome.js';
import type { Rules } from '../../src/machine/rules/rules.js';
import { callsWindow, timeWindow, type WindowSpec } from '../../src/machine/window/window-spec.js';
import type { TripRule } from '../../src/machine/rules/trip.js';
import { rulesOf, t0 } from './machine.js';
import { consecutiveFailuresRule } from '../../src/settings/trip/kinds/consecutive-failures.js';
import { failureCountRule } from '../../src/settings/trip/kinds/failure-count.js';
import { failureRateRule } from '../../src/settings/trip/kinds/failure-rate.js';
import { slowCallRateRule } from '../../src/settings/trip/kinds/slow-call-rate.js';
import { anyOfRule } from '../../src/settings/trip/kinds/any-of.js';
import { allOfRule } from '../../src/settings/trip/kinds/all-of.js';

/** Around t0, and the far ends of time that a broken clock may claim. */
export const anyNow: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: t0 - 100_000, max: t0 + 100_000 }) },
  fc.double({ min: -1e16, max: 1e16, noNaN: true }),
  fc.constantFrom(0, -1, 1, 8.64e15, Number.MAX_SAFE_INTEGER),
);

const anyWindow: fc.Arbitrary<WindowSpec> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 10, max: 60_000 }), fc.integer({ min: 1, max: 20 }))
    .map(([length, buckets]) => timeWindow(length, buckets)),
  fc.integer({ min: 1, max: 400 }).map(callsWindow),
);

const few = fc.integer({ min: 1, max: 4 });

const anyRule: fc.Arbitrary<TripRule> = fc.oneof(
  few.map(consecutiveFailuresRule),
  fc.tuple(few, anyWindow).map((args) => failureCountRule(...args)),
  fc
    .tuple(
      fc.constantFrom(failureRateRule, slowCallRateRule),
      fc.constantFrom(0.25, 0.5, 1),
      fc.integer({ min: 1, max: 5 }),
      anyWindow,
    )
    .map(([make, ...args]) => make(...args)),
  few.map((failures): TripRule => {
    const trips: TripRule['trips'] = (counts) => counts.information().totalFailures >= failures;
    return { windows: [], needsSuccesses: true, needsSlowCalls: false, trips };
  }),
);

const anyClosing: fc.Arbitrary<ClosingPolicy> = fc.oneof(
  fc.record({ kind: fc.constant('consecutive-successes' as const), successes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constant('sample' as const),
    trials: fc.integer({ min: 1, max: 6 }),
    successRate: fc.constantFrom(0.1, 0.5, 0.7, 1),
  }),
);

export const anyRules: fc.Arbitrary<Rules> = fc
  .record({
    trip: fc.oneof(
      anyRule,
      fc.array(anyRule, { minLength: 1, maxLength: 3 }).map(anyOfRule),
      fc.array(anyRule, { minLength: 1, maxLength: 3 }).map(allOfRule),
    ),
    closing: anyClosing,
    slowTrialsFail: fc.boolean(),
    pause: fc.constantFrom(1, 500, 30_000, 1e300),
    cyclicClearAfter: fc.constantFrom(null, 1, 10_000, 1e300),
  })
  .map(({ pause, ...rules }) => rulesOf({ ...rules, allowAfter: (openings) => pause * openings }));

/** Room for counting on: whoever counts a thousand calls a second needs 140,000 years to leave it. */
const anyValue = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.integer({ min: -(2 ** 52), max: 2 ** 52 }));

const anyCounterName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...Object.values(counter)) },
  fc
    .tuple(
      fc.constantFrom('w1000x10:', 'w5x3:', 'n3:', 'n100:'),
      fc.integer({ min: -5, max: t0 }),
      fc.constantFrom('.c', '.f', '.s', '', '.x'),
    )
    .map(([prefix, index, end]) => `${prefix}${index}${end}`),
  fc.constantFrom('w0x1:3.c', 'n3:9007199254740991.c', 'w', '', 'constructor', 'toString'),
  fc.string(),
);

/** Counters whose names are any of core's or a stranger's. */
const anyCounters: fc.Arbitrary<Counters> = fc
  .array(fc.tuple(anyCounterName, anyValue), { maxLength: 12 })
  .map((entries) => Object.fromEntries(entries));

const anyMoment = fc.oneof(
  fc.integer({ min: t0 - 100_000, max: t0 + 100_000 }),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 }),
);

/** Any record that `checkRecord` takes, but for revisions and generations at the very end of all integers. */
export const anyRecord: fc.Arbitrary<CircuitRecord> = fc
  .record({
    revision: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER - 1 }),
    state: fc.constantFrom('closed', 'open', 'half-open'),
    generation: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 }),
    openings: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER - 1 }),
    since: anyMoment,
    expiresAt: anyMoment,
    endless: fc.boolean(),
    override: fc.option(
      fc.record({
        state: fc.constantFrom('open', 'closed'),
        reason: fc.option(fc.string()),
        by: fc.option(fc.string()),
        until: fc.option(anyMoment),
      }),
      { freq: 5 },
    ),
    by: fc.string(),
    lastFailure: fc.option(fc.string()),
    counters: anyCounters,
  })
  .map(({ endless, ...record }) => {
    return endless && record.state === 'closed' ? { ...record, expiresAt: null } : record;
  });

export const anyOutcome: fc.Arbitrary<Outcome> = fc
  .record({
    kind: fc.constantFrom('success', 'failure', 'ignored'),
    slow: fc.boolean(),
    at: anyNow,
    openFor: fc.option(fc.integer({ min: 1, max: 3_600_000 })),
    failure: fc.option(fc.string()),
  })
  .map((outcome) => {
    if (outcome.kind === 'failure') return outcome;
    return { ...outcome, slow: outcome.slow && outcome.kind === 'success', openFor: null, failure: null };
  });

/** Outcomes that came one after the other from t0 on. */
export const outcomesInOrder: fc.Arbitrary<Outcome[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('success', 'failure', 'failure', 'ignored'),
      slow: fc.boolean(),
      gap: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 20_000 })),
      openFor: fc.option(fc.integer({ min: 1, max: 30_000 }), { freq: 8 }),
      failure: fc.option(fc.constantFrom('a', 'b')),
    }),
    { maxLength: 40 },
  )
  .map((steps) => {
    let at = t0;
    return steps.map(({ kind, slow, gap, openFor, failure }): Outcome => {
      at += gap;
      if (kind === 'failure') return { kind, slow, at, openFor, failure };
      return { kind, slow: slow && kind === 'success', at, openFor: null, failure: null };
    });
  });
