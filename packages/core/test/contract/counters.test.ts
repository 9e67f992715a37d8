import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyDelta, counterOf, meetsExpectation, type Delta } from '@circuitry/core';

describe('a delta', () => {
  test('drops, sets and adds exactly the counters that it names, and leaves what it was given alone', () => {
    const before = Object.freeze({ a: 1, b: 2, c: 3, d: 4 });
    expect(applyDelta(before, { add: { a: 10, e: 5 }, set: { b: 20, f: 6 }, drop: ['c', 'g'] })).toEqual({
      a: 11,
      b: 20,
      d: 4,
      e: 5,
      f: 6,
    });
    expect(before).toEqual({ a: 1, b: 2, c: 3, d: 4 });
  });

  test('counts a missing counter from 0, and keeps one that comes to 0 or below', () => {
    expect(applyDelta({ a: 1 }, { add: { a: -1, b: -2 } })).toEqual({ a: 0, b: -2 });
  });

  test('of nothing changes nothing', () => {
    expect(applyDelta({ a: 1 }, {})).toEqual({ a: 1 });
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('takes %s as a name like any other', (name) => {
    const counters = applyDelta({}, { add: Object.fromEntries([[name, 2]]) });
    expect(Object.getPrototypeOf(counters)).toBe(Object.prototype);
    expect(Object.keys(counters)).toEqual([name]);
    expect(counterOf(counters, name)).toBe(2);
    expect(counterOf(applyDelta(counters, { add: Object.fromEntries([[name, 3]]) }), name)).toBe(5);
    expect(counterOf(applyDelta(counters, { set: Object.fromEntries([[name, 1]]) }), name)).toBe(1);
    expect(counterOf({}, name)).toBe(0);
    expect(applyDelta(counters, { drop: [name] })).toEqual({});
  });

  test('adds up the same in any order', () => {
    const deltas = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -9, max: 9 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(deltas, (adds) => {
        const sum = (each: Delta[]): object => each.reduce(applyDelta, {} as Record<string, number>);
        const forwards = adds.map((add) => ({ add }));
        expect(sum(forwards)).toEqual(sum([...forwards].reverse()));
      }),
    );
  });
});

describe('an expectation', () => {
  test('is met when each named counter has that value, a missing one being 0', () => {
    expect(meetsExpectation({ a: 1, b: 2 }, { a: 1 })).toBe(true);
    expect(meetsExpectation({ a: 1 }, { a: 1, b: 0 })).toBe(true);
    expect(meetsExpectation({ a: 1 }, { a: 2 })).toBe(false);
    expect(meetsExpectation({ a: 1, b: 1 }, { a: 1, b: 0 })).toBe(false);
    expect(meetsExpectation({}, { constructor: 0 })).toBe(true);
  });

  test('of nothing is always met', () => {
    expect(meetsExpectation({ a: 1 }, undefined)).toBe(true);
    expect(meetsExpectation({ a: 1 }, {})).toBe(true);
  });
});
