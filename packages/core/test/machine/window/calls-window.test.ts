import { describe, expect, test } from '@jest/globals';
import { applyDelta, type Counters } from '@circuitry/core';
import type { OutcomeKind } from '../../../src/machine/facts/outcome.js';
import { callsWindow, type WindowSpec } from '../../../src/machine/window/window-spec.js';
import type { WindowSums } from '../../../src/machine/window/window-row.js';
import { Window } from '../../../src/machine/window/window.js';
import { addedBy, outcome, t0 } from '../../support/machine.js';

function counted(spec: WindowSpec, kinds: readonly OutcomeKind[], start: Counters = {}): Counters {
  return kinds.reduce((counters, kind) => {
    const window = new Window(spec, counters, t0);
    window.add(outcome(kind));
    return applyDelta(counters, { add: addedBy(window), drop: window.stale });
  }, start);
}

function sums(spec: WindowSpec, counters: Counters): WindowSums {
  return new Window(spec, counters, t0).sumsAt(t0);
}

function many(kind: OutcomeKind, count: number): OutcomeKind[] {
  return new Array<OutcomeKind>(count).fill(kind);
}

describe('the description of a window of calls', () => {
  test.each([
    [1, 1, 1],
    [20, 1, 20],
    [21, 2, 12],
    [50, 3, 18],
    [100, 5, 21],
    [10_000, 500, 21],
  ])('of %i calls has segments of %i, %i of them', (calls, perSegment, segments) => {
    expect(callsWindow(calls)).toEqual({ kind: 'calls', prefix: `n${calls}:`, calls, perSegment, segments });
  });
});

describe('a window of the last 3 calls', () => {
  const spec = callsWindow(3);

  test('holds fewer while there were fewer', () => {
    expect(sums(spec, counted(spec, ['failure', 'success']))).toEqual({ calls: 2, failures: 1, slow: 0 });
  });

  test('holds exactly the last 3 from then on', () => {
    expect(sums(spec, counted(spec, ['failure', 'success', 'failure']))).toMatchObject({ calls: 3, failures: 2 });
    const four = counted(spec, ['failure', 'success', 'failure', 'success']);
    expect(sums(spec, four)).toMatchObject({ calls: 3, failures: 1 });
    expect(four).toEqual({ 'n3:2.c': 1, 'n3:3.c': 1, 'n3:3.f': 1, 'n3:4.c': 1 });
  });

  test('forgets nothing with time', () => {
    const counters = counted(spec, ['failure', 'failure', 'failure']);
    const year = t0 + 365 * 86_400_000;
    expect(new Window(spec, counters, year).sumsAt(year).failures).toBe(3);
    expect(new Window(spec, counters, year).sumsAsOfNewest(year).failures).toBe(3);
  });

  test('counts many in one go as one by one', () => {
    const window = new Window(spec, {}, t0);
    for (const kind of [...many('failure', 5), ...many('success', 2)]) window.add(outcome(kind));
    expect(window.sumsAt(t0)).toMatchObject({ calls: 3, failures: 1 });
    const all = counted(spec, [...many('failure', 5), ...many('success', 2)]);
    expect(applyDelta({}, { add: addedBy(window) })).toEqual(all);
  });

  test('is shorter in segments, not longer in calls, where several processes filled one', () => {
    const crowded = { 'n3:1.c': 1, 'n3:1.f': 1, 'n3:2.c': 2, 'n3:2.f': 2, 'n3:3.c': 1 };
    const window = new Window(spec, crowded, t0);
    expect(window.sumsAt(t0)).toMatchObject({ calls: 3, failures: 2 });
    expect(window.stale).toEqual(['n3:1.c', 'n3:1.f']);
  });
});

describe('a window of the last 50 calls', () => {
  const spec = callsWindow(50);

  test('fills segments of 3 before it begins the next', () => {
    expect(counted(spec, many('success', 7))).toEqual({ 'n50:1.c': 3, 'n50:2.c': 3, 'n50:3.c': 1 });
  });

  test('holds the last 50, exact to a segment', () => {
    const counters = counted(spec, [...many('failure', 50), ...many('success', 40)]);
    const { calls, failures } = sums(spec, counters);
    expect(calls).toBeGreaterThanOrEqual(50);
    expect(calls).toBeLessThan(53);
    expect(failures).toBe(calls - 40);
  });

  test('goes on within a segment that is begun, and drops what that pushes out', () => {
    const start = counted(spec, [...many('failure', 3), ...many('success', 49)]);
    expect(sums(spec, start)).toMatchObject({ calls: 52, failures: 3 });
    expect(sums(spec, counted(spec, ['success'], start))).toMatchObject({ calls: 50, failures: 0 });
  });
});

test('a segment that is gone on with pushes out the oldest one, where other processes filled those between', () => {
  const spec = callsWindow(21);
  const crowded = { 'n21:8.c': 5, 'n21:9.c': 19, 'n21:10.c': 1 };
  expect(sums(spec, crowded).calls).toBe(25);
  const window = new Window(spec, crowded, t0);
  window.add(outcome('success'));
  expect(window.sumsAt(t0).calls).toBe(21);
  expect(window.stale).toContain('n21:8.c');
});

test('a row of segments with a gap ends where its oldest one may be', () => {
  const spec = callsWindow(3);
  const gap = { 'n3:1.c': 1, 'n3:4.c': 1 };
  expect(sums(spec, gap).calls).toBe(1);
  expect(sums(spec, { 'n3:2.c': 1, 'n3:4.c': 1 }).calls).toBe(2);
});
