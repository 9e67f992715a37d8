import { expect, test } from '@jest/globals';
import { countdown, leaseLeft } from '@circuitry/core/backend';
import { VirtualClock } from '@circuitry/core/testing';

test.each([
  ['at once', 0, 900],
  ['with a third left', 600, 300],
])('A lease of 900 ms that came %s is handed out with what is left', (_, took, left) => {
  expect(leaseLeft(900, took)).toBe(left);
});

test.each([
  ['with less than a third left', 601],
  ['when it was over', 1_000],
  ['before it was sent, by a clock that stepped back', -1],
  ['nobody knows when', NaN],
])('A lease of 900 ms that came %s is not handed out', (_, took) => {
  expect(leaseLeft(900, took)).toBeNull();
});

test('A backend that knows better than the time it took has the last word', () => {
  expect(leaseLeft(900, 10, 500)).toBe(500);
  expect(leaseLeft(900, 10, 299)).toBeNull();
  expect(leaseLeft(900, -1, 500)).toBeNull();
});

test('A countdown goes by the clock, and by what was slept where that is more', () => {
  const clock = new VirtualClock(1_000);
  const leftAfter = countdown(clock, 1_000);
  expect(leftAfter(0)).toBe(1_000);
  clock.step(300);
  expect(leftAfter(100)).toBe(700);
  clock.step(-3_600_000);
  expect(leftAfter(200)).toBe(500);
  clock.step(100);
  expect(leftAfter(0)).toBe(400);
  clock.step(-50);
  expect(leftAfter(0)).toBe(400);
  clock.step(10_000);
  expect(leftAfter(0)).toBeLessThan(0);
});
