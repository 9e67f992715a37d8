import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyDelta, type Counters } from '@circuitry/core';
import type { Outcome } from '../../../src/machine/facts/outcome.js';
import {
  callsWindow,
  timeWindow,
  type CallsWindowSpec,
  type WindowSpec,
} from '../../../src/machine/window/window-spec.js';
import type { WindowSums } from '../../../src/machine/window/window-row.js';
import { Window } from '../../../src/machine/window/window.js';
import { outcomesInOrder } from '../../support/arbitraries.js';
import { addedBy, success, t0 } from '../../support/machine.js';

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
    counters = applyDelta(counters, { add: addedBy(window), drop: [] });
    const drop = window.stale.filter((name) => !(name in addedBy(window)));
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

/** How many of the last `count` calls a window of calls holds: the fewest whole segments, the newest first, that are enough. */
function heldOf({ calls, perSegment }: CallsWindowSpec, count: number): number {
  let held = count === 0 ? 0 : ((count - 1) % perSegment) + 1;
  while (held < Math.min(calls, count)) held += perSegment;
  return held;
}

test('a window of calls holds the last N of them, and no more than the rest of a segment', () => {
  const sizes = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 21, max: 70 }));
  fc.assert(
    fc.property(settled, sizes, fc.integer({ min: 1, max: 9 }), (outcomes, calls, size) => {
      const spec = callsWindow(calls);
      const held = heldOf(spec, outcomes.length);
      expect(held).toBeGreaterThanOrEqual(Math.min(outcomes.length, calls));
      expect(held).toBeLessThan(calls + spec.perSegment);
      const window = new Window(spec, counted(spec, outcomes, size), t0);
      expect(window.sumsAt(t0)).toEqual(sumsOf(held === 0 ? [] : outcomes.slice(-held)));
    }),
    { numRuns: 400 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 900 }), (calls, count) => {
      const spec = callsWindow(calls);
      const window = new Window(spec, {}, t0);
      for (let index = 0; index < count; index += 1) window.add(success);
      expect(window.sumsAt(t0).calls).toBe(heldOf(spec, count));
    }),
    { numRuns: 100 },
  );
});

/** One writer's outcome, and how many writes of others the record it writes on has missed. */
interface Late {
  readonly outcome: Outcome;
  readonly missed: number;
}

/** Applied in turn, each computed on a record that is some writes old. */
function countedLate(spec: WindowSpec, writes: readonly Late[]): { counters: Counters; most: number } {
  const versions: Counters[] = [{}];
  for (const { outcome, missed } of writes) {
    const window = new Window(spec, versions[Math.max(0, versions.length - 1 - missed)] as Counters, outcome.at);
    window.add(outcome);
    const drop = window.stale.filter((name) => !(name in addedBy(window)));
    versions.push(applyDelta(versions.at(-1) as Counters, { add: addedBy(window), drop }));
  }
  return {
    counters: versions.at(-1) as Counters,
    most: Math.max(...versions.map((each) => Object.keys(each).length)),
  };
}

const late = fc
  .tuple(settled, fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 }))
  .map(([outcomes, misses]): Late[] =>
    outcomes.map((outcome, index) => ({ outcome, missed: misses[index % misses.length] as number })),
  );

test('writers who write at once, on records that are out of date, lose nothing of a time window and leave nothing behind', () => {
  const lengths = fc.integer({ min: 10, max: 30_000 });
  fc.assert(
    fc.property(late, lengths, fc.integer({ min: 1, max: 12 }), (writes, length, buckets) => {
      const spec = timeWindow(length, buckets);
      const { counters, most } = countedLate(spec, writes);
      const now = writes.at(-1)?.outcome.at ?? t0;
      const bucketOf = (at: number): number => Math.floor(at / spec.bucketLength);
      const inside = writes
        .map(({ outcome }) => outcome)
        .filter(({ at }) => bucketOf(now) - bucketOf(at) < spec.buckets);
      expect(new Window(spec, counters, now).sumsAt(now)).toEqual(sumsOf(inside));
      // What a late writer brings back leaves with the next write but a few.
      expect(most).toBeLessThanOrEqual(3 * (spec.buckets + 6));
    }),
    { numRuns: 400 },
  );
});

test('writers who write at once, on records that are out of date, never make a window of calls hold too few', () => {
  fc.assert(
    fc.property(late, fc.integer({ min: 12, max: 60 }), (writes, calls) => {
      const spec = callsWindow(calls);
      const { counters, most } = countedLate(spec, writes);
      const held = new Window(spec, counters, t0).sumsAt(t0).calls;
      expect(held).toBeGreaterThanOrEqual(Math.min(writes.length, calls));
      expect(held).toBeLessThan(calls + spec.perSegment + 6);
      expect(most).toBeLessThanOrEqual(3 * (spec.segments + 6));
    }),
    { numRuns: 400 },
  );
});
