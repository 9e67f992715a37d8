import { describe, expect, test } from '@jest/globals';
import { applyDelta, type Counters } from '@circuitry/core';
import { isLeftOver } from '../../../src/machine/window/left-over.js';
import { timeWindow } from '../../../src/machine/window/window-spec.js';
import { Window } from '../../../src/machine/window/window.js';
import { addedBy, outcome, t0 } from '../../support/machine.js';

/** 10 buckets of 1 s. */
const spec = timeWindow(10_000, 10);
const second = t0 / 1_000;

/** The counters after outcomes at these moments, each read and written by itself. */
function counted(times: readonly number[], start: Counters = {}): Counters {
  return times.reduce((counters, at) => {
    const window = new Window(spec, counters, at);
    window.add(outcome('failure', at));
    return applyDelta(counters, { add: addedBy(window), drop: window.stale });
  }, start);
}

function callsAt(counters: Counters, now: number): number {
  return new Window(spec, counters, now).sumsAt(now).calls;
}

describe('the description of a time window', () => {
  test('has parts of equal whole milliseconds', () => {
    expect(timeWindow(60_000, 10)).toEqual({ kind: 'time', prefix: 'w6000x10:', bucketLength: 6_000, buckets: 10 });
    expect(timeWindow(1_001, 10)).toMatchObject({ bucketLength: 100, buckets: 10 });
  });

  test('has no more parts than milliseconds', () => {
    expect(timeWindow(10, 100)).toMatchObject({ bucketLength: 1, buckets: 10 });
    expect(timeWindow(10.9, 100)).toMatchObject({ bucketLength: 1, buckets: 10 });
  });
});

describe('an outcome in a time window', () => {
  test('goes to the bucket of its time, edges counted since the epoch', () => {
    expect(counted([t0 - 1])).toEqual({ [`w1000x10:${second - 1}.c`]: 1, [`w1000x10:${second - 1}.f`]: 1 });
    expect(counted([t0, t0 + 999])).toEqual({ [`w1000x10:${second}.c`]: 2, [`w1000x10:${second}.f`]: 2 });
    expect(counted([t0 + 1_000])).toHaveProperty([`w1000x10:${second + 1}.c`], 1);
  });

  test('is counted by what it was', () => {
    const window = new Window(spec, {}, t0);
    window.add(outcome('success'));
    window.add(outcome('success', t0, true));
    window.add(outcome('failure', t0));
    window.add(outcome('failure', t0, true));
    expect(window.sumsAt(t0)).toEqual({ calls: 4, failures: 2, slow: 2 });
    expect(addedBy(window)).toEqual({
      [`w1000x10:${second}.c`]: 4,
      [`w1000x10:${second}.f`]: 2,
      [`w1000x10:${second}.s`]: 2,
    });
  });

  test.each([
    [0, 9_999, 1],
    [0, 10_000, 0],
    [0, 10_001, 0],
    [999, 9_999, 1],
    [999, 10_000, 0],
  ])('that came %i ms after an edge is seen %i ms after that edge: %i', (after, later, calls) => {
    expect(callsAt(counted([t0 + after]), t0 + later)).toBe(calls);
  });

  test('leaves by age alone: an hour of silence empties the window at once', () => {
    const hour = 3_600_000;
    const busy = counted([t0, t0 + 1_000, t0 + 2_000]);
    expect(callsAt(busy, t0 + hour)).toBe(0);
    const after = counted([t0 + hour], busy);
    expect(callsAt(after, t0 + hour)).toBe(1);
    expect(Object.keys(after)).toHaveLength(2);
  });

  test('takes with it only the buckets that left', () => {
    const counters = counted([t0, t0 + 1_000, t0 + 10_500]);
    expect(callsAt(counters, t0 + 10_500)).toBe(2);
    expect(counters).not.toHaveProperty([`w1000x10:${second}.c`]);
    expect(counters).toHaveProperty([`w1000x10:${second + 1}.c`], 1);
  });

  test('goes to the newest bucket when its clock is behind: a step back never moves the window back', () => {
    const counters = counted([t0 + 5_000, t0]);
    expect(counters).toHaveProperty([`w1000x10:${second + 5}.c`], 2);
    expect(callsAt(counters, t0)).toBe(2);
  });

  test('counts in the very first bucket of all', () => {
    const window = new Window(spec, {}, 0);
    window.add(outcome('failure', 0));
    expect(addedBy(window)).toEqual({ 'w1000x10:0.c': 1, 'w1000x10:0.f': 1 });
  });
});

describe('a bucket of a clock that runs ahead', () => {
  test.each([
    [10, 1, []],
    [11, 0, [`w1000x10:${second + 11}.c`]],
  ])('by %i buckets counts %i and leaves %j to be dropped', (ahead, calls, stale) => {
    const window = new Window(spec, { [`w1000x10:${second + ahead}.c`]: 1 }, t0);
    expect(window.sumsAt(t0).calls).toBe(calls);
    expect(window.stale).toEqual(stale);
  });
});

describe('the sums as of the newest outcome', () => {
  const counters = counted([t0, t0 + 4_000]);
  const sums = (now: number): number => new Window(spec, counters, now).sumsAsOfNewest(now).calls;

  test('hold all that was in the window then, though some of it has left since', () => {
    expect(callsAt(counters, t0 + 13_999)).toBe(1);
    expect(sums(t0 + 13_999)).toBe(2);
  });

  test('are nothing once the newest outcome itself has left', () => {
    expect(sums(t0 + 14_000)).toBe(0);
    expect(new Window(spec, counters, t0 + 14_000).sumsAsOfNewest(t0 + 14_000)).toEqual({
      calls: 0,
      failures: 0,
      slow: 0,
    });
  });

  test('of an empty window are nothing', () => {
    expect(new Window(spec, {}, t0).sumsAsOfNewest(t0)).toEqual({ calls: 0, failures: 0, slow: 0 });
  });
});

describe('counters that a window reads', () => {
  test('are those of its own prefix', () => {
    const window = new Window(
      spec,
      { [`w1000x100:${second}.c`]: 5, [`w100x10:${second}.c`]: 5, 'total.failures': 1 },
      t0,
    );
    expect(window.sumsAt(t0).calls).toBe(0);
    expect(window.stale).toEqual([]);
  });

  test.each([
    'w1000x10:x.c',
    `w1000x10:${second}.z`,
    `w1000x10:${second}`,
    'w1000x10:1.5.c',
    'w1000x10:9007199254740992.c',
  ])('that nobody could have written (%s) are dropped', (name) => {
    const window = new Window(spec, { [name]: 3 }, t0);
    expect(window.sumsAt(t0)).toEqual({ calls: 0, failures: 0, slow: 0 });
    expect(window.stale).toEqual([name]);
  });

  test('below zero count as none', () => {
    const counters = { [`w1000x10:${second}.c`]: -3, [`w1000x10:${second - 1}.c`]: 2 };
    expect(new Window(spec, counters, t0).sumsAt(t0).calls).toBe(2);
    expect(new Window(spec, counters, t0).sumsAsOfNewest(t0).calls).toBe(2);
  });

  test('may come in any order', () => {
    const counters = { [`w1000x10:${second}.c`]: 1, [`w1000x10:${second - 3}.c`]: 2, [`w1000x10:${second - 20}.c`]: 4 };
    const window = new Window(spec, counters, t0);
    expect(window.sumsAsOfNewest(t0).calls).toBe(3);
    expect(window.stale).toContain(`w1000x10:${second - 20}.c`);
    expect(window.stale).not.toContain(`w1000x10:${second - 3}.c`);
  });
});

describe('a counter of a window that the settings have no more', () => {
  const old = (age: number): string => `w1000x10:${second - age}.c`;

  test('is left over once it has left even its own window', () => {
    expect(isLeftOver(old(9), [], t0)).toBe(false);
    expect(isLeftOver(old(9), [], t0 + 999)).toBe(false);
    expect(isLeftOver(old(10), [], t0)).toBe(true);
    expect(isLeftOver(old(11), [], t0)).toBe(true);
  });

  test('is not, while the settings still have that window', () => {
    expect(isLeftOver(old(99), [timeWindow(5_000, 10), spec], t0)).toBe(false);
    expect(isLeftOver(old(99), [timeWindow(5_000, 10)], t0)).toBe(true);
  });

  test.each(['total.failures', 'n100:5.c', 'w', 'w1000x10:', 'xw1000x10:5.c', 'w1000x10:5'])(
    'is not, if it is %s: no time window wrote that',
    (name) => {
      expect(isLeftOver(name, [], t0)).toBe(false);
    },
  );
});

describe('the sums of a time window that is counted into', () => {
  /** Calls in buckets, by their distance from the present one. */
  function holding(calls: Readonly<Record<number, number>>): Window {
    const named = Object.entries(calls).map(([distance, count]) => [`w1000x10:${second + Number(distance)}.c`, count]);
    return new Window(spec, Object.fromEntries(named) as Counters, t0);
  }

  test('hold nothing of a clock that is more than a window ahead', () => {
    expect(holding({ 0: 1, 11: 5 }).sumsAsOfNewest(t0).calls).toBe(1);
  });

  test('lose what was over already only once', () => {
    const window = holding({ [-20]: 4, [-1]: 2 });
    window.add(outcome('success', t0 + 1_000));
    expect(window.sumsAsOfNewest(t0 + 1_000).calls).toBe(3);
  });

  test('hold nothing that the newest outcome has pushed out, whatever the clock says', () => {
    expect(holding({ [-8]: 4, 5: 1 }).sumsAt(t0).calls).toBe(1);
  });

  test('hold an outcome until its bucket leaves, and not longer', () => {
    const window = holding({});
    window.add(outcome('success', t0));
    expect(window.sumsAt(t0 + 9_999).calls).toBe(1);
    expect(window.sumsAt(t0 + 10_000).calls).toBe(0);
  });

  test.each([
    ['there were calls before, and name its counter once', { 0: 2 }, [`w1000x10:${second}.c`]],
    ['there were none, and name no counter that nobody wrote', {}, []],
  ])('lose a whole bucket into which %s', (_, calls, stale) => {
    const window = holding(calls);
    window.add(outcome('success', t0));
    window.add(outcome('success', t0 + 10_000));
    expect(window.sumsAsOfNewest(t0 + 10_000).calls).toBe(1);
    expect(window.stale).toEqual(stale);
  });
});
