import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyDelta, type Counters } from '@circuitry/core';
import type { Outcome } from '../../../src/machine/facts/outcome.js';
import { callsWindow, timeWindow, type WindowSpec } from '../../../src/machine/window/window-spec.js';
import type { WindowSums } from '../../../src/machine/window/window-row.js';
import { Window } from '../../../src/machine/window/window.js';
import { outcomesInOrder } from '../../support/arbitraries.js';
import { success, t0 } from '../../support/machine.js';

const settled = outcomesInOrder.map((outcomes) => outcomes.filter(({ kind }) => kind !== 'ignored'));

function sumsOf(outcomes: readonly Outcome[]): WindowSums {
  return {
    calls: outcomes.length,
    failures: outcomes.filter(({ kind }) => kind === 'failure').length,
    slow: outcomes.filter(({ slow }) => slow).length,
  };
}

/** Counted in batches, each read from the counters and written to them. */
function counted(spec: WindowSpec, outcomes: readonly Outcome[], size: number): Counters {
  let counters: Counters = {};
  for (let start = 0; start < outcomes.length; start += size) {
    const batch = outcomes.slice(start, start + size);
    const window = new Window(spec, counters, (batch[0] as Outcome).at);
    for (const outcome of batch) window.add(outcome);
    counters = applyDelta(counters, { add: Object.fromEntries(window.added), drop: [] });
    const drop = window.stale.filter((name) => !window.added.has(name));
    counters = applyDelta(counters, { drop });
  }
  return counters;
}

test('a time window holds the outcomes of its last buckets: exactly those of a list of all', () => {
  const lengths = fc.integer({ min: 10, max: 30_000 });
  const args = [
    settled,
    lengths,
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 0, max: 40_000 }),
    fc.integer({ min: 1, max: 9 }),
  ] as const;
  fc.assert(
    fc.property(...args, (outcomes, length, buckets, later, size) => {
      const spec = timeWindow(length, buckets);
      const now = (outcomes.at(-1)?.at ?? t0) + later;
      const bucketOf = (at: number): number => Math.floor(at / spec.bucketLength);
      const inside = (at: number): Outcome[] =>
        outcomes.filter((each) => bucketOf(at) - bucketOf(each.at) < spec.buckets);
      const window = new Window(spec, counted(spec, outcomes, size), now);
      expect(window.sumsAt(now)).toEqual(sumsOf(inside(now)));
      const newest = outcomes.at(-1)?.at ?? t0;
      const isOver = bucketOf(now) - bucketOf(newest) >= spec.buckets;
      expect(window.sumsAsOfNewest(now)).toEqual(sumsOf(isOver ? [] : inside(newest)));
    }),
    { numRuns: 800 },
  );
});

test('a window of calls holds the last N of them, exact to a segment', () => {
  fc.assert(
    fc.property(settled, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9 }), (outcomes, calls, size) => {
      const spec = callsWindow(calls);
      expect(new Window(spec, counted(spec, outcomes, size), t0).sumsAt(t0)).toEqual(sumsOf(outcomes.slice(-calls)));
    }),
    { numRuns: 400 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 101, max: 400 }), fc.integer({ min: 0, max: 900 }), (calls, count) => {
      const spec = callsWindow(calls);
      const window = new Window(spec, {}, t0);
      for (let index = 0; index < count; index += 1) window.add(success);
      const held = window.sumsAt(t0).calls;
      expect(held).toBeLessThan(calls + spec.perSegment);
      expect(held).toBeGreaterThan(Math.min(count, calls) - spec.perSegment);
    }),
    { numRuns: 100 },
  );
});
