import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyDelta, type CircuitRecord } from '@circuitry/core';
import { Draft } from '../../../src/machine/counting/draft.js';
import type { Outcome } from '../../../src/machine/facts/outcome.js';
import { rowOf } from '../../../src/machine/window/window-row.js';
import { callsWindow, timeWindow } from '../../../src/machine/window/window-spec.js';
import { anyOfRule } from '../../../src/settings/trip/kinds/any-of.js';
import { failureRateRule } from '../../../src/settings/trip/kinds/failure-rate.js';
import { closedRecord, outcome, rulesOf, t0 } from '../../support/machine.js';

const specs = [timeWindow(60_000, 4), callsWindow(6), callsWindow(50)];
const rules = rulesOf({ trip: anyOfRule(specs.map((spec) => failureRateRule(1, 1_000, spec))) });

const anyOutcome = fc.record({
  kind: fc.constantFrom('success' as const, 'failure' as const, 'ignored' as const),
  // The last is a broken clock's.
  after: fc.oneof(fc.integer({ min: 0, max: 30_000 }), fc.constantFrom(500_000, 90_000_000)),
  slow: fc.boolean(),
});
const anyWrite = fc.record({
  outcomes: fc.array(anyOutcome, { minLength: 1, maxLength: 8 }),
  /** How many writes of others its record is behind. */
  missed: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
});
/** By a stranger's hand. */
const anyStart = fc.dictionary(
  fc.constantFrom(
    'n6:3.c',
    'n6:2.f',
    'n50:1.c',
    'n50:x',
    'n9:1.c',
    `w15000x4:${Math.floor(t0 / 15_000)}.c`,
    'w1x9:1.c',
  ),
  fc.integer({ min: -2, max: 4 }),
);

test('what a writer knows of the windows it has counted into is what whoever reads them finds', () => {
  let known = 0;
  fc.assert(
    fc.property(anyStart, fc.array(anyWrite, { maxLength: 30 }), (start, writes) => {
      const versions: CircuitRecord[] = [closedRecord(start)];
      let now = t0;
      for (const { outcomes, missed } of writes) {
        const base = versions[Math.max(0, versions.length - 1 - missed)] as CircuitRecord;
        const settled = outcomes.map(({ kind, after, slow }): Outcome => outcome(kind, now + after, slow));
        now += 4_000;
        const draft = new Draft(base, now, rules);
        for (const each of settled) draft.add(each);
        const newest = versions.at(-1) as CircuitRecord;
        const record = { ...newest, counters: applyDelta(newest.counters, draft.delta()) };
        draft.became(record);
        for (const spec of specs) {
          const row = rowOf(spec, record.counters);
          const found = rowOf(spec, { ...record.counters });
          expect(row).toEqual({ ...found, hasOthers: row.hasOthers });
          // It may say so where there are none: then somebody looks in vain.
          expect(row.hasOthers || !found.hasOthers).toBe(true);
        }
        versions.push(record);
        known += missed === 0 ? 1 : 0;
      }
    }),
    { numRuns: 400 },
  );
  expect(known).toBeGreaterThan(1_000);
});

test('a writer whose record another has written to meanwhile reads it', () => {
  const [, spec] = specs as [unknown, (typeof specs)[1]];
  const base = closedRecord({ 'n6:1.c': 1, 'total.successes': 1 });
  const draft = new Draft(base, t0, rules);
  draft.add(outcome('success'));
  const other = new Draft(base, t0, rules);
  other.add(outcome('ignored'));
  const { counters } = base;
  const both = applyDelta(applyDelta(applyDelta(counters, draft.delta()), other.delta()), { add: { 'n6:1.f': 1 } });
  draft.became({ ...base, counters: both });
  expect(rowOf(spec, both).sums).toEqual({ calls: 2, failures: 1, slow: 0 });
});
