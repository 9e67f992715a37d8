import { describe, expect, test } from '@jest/globals';
import { describeDuration, parseDuration } from '../../src/time/duration.js';

describe('a duration', () => {
  test.each<[unknown, number]>([
    [0, 0],
    [250, 250],
    [0.4, 0],
    [0.5, 1],
    [Infinity, Infinity],
    ['250ms', 250],
    ['30s', 30_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['1.5s', 1_500],
    ['0.25h', 900_000],
    ['0s', 0],
    ['0.4ms', 0],
  ])('%j is %i ms', (value, ms) => {
    expect(parseDuration(value)).toBe(ms);
  });

  test.each([
    -1,
    NaN,
    -Infinity,
    '',
    '5',
    's',
    '5 s',
    ' 5s',
    '5s ',
    '-5s',
    '+5s',
    '5w',
    '5S',
    '1e3s',
    '.5s',
    '5.s',
    '1,5s',
    null,
    undefined,
    {},
    [],
    true,
    5n,
  ])('%j is none', (value) => {
    expect(parseDuration(value)).toBeNull();
  });

  test.each([
    [0, '0 ms'],
    [9_999, '9999 ms'],
    [9_999.5, '10000 ms'],
    [10_000, '10 s'],
    [90_000, '90 s'],
    [599_999, '600 s'],
    [600_000, '10 min'],
    [35_999_999, '600 min'],
    [36_000_000, '10 h'],
    [86_400_000, '24 h'],
  ])('of %i ms reads as %s', (ms, text) => {
    expect(describeDuration(ms)).toBe(text);
  });
});
