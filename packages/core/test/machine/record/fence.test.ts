import { describe, expect, test } from '@jest/globals';
import { givenUpFenceOf, isCurrent, sameFence, type Fence } from '../../../src/machine/record/fence.js';
import { unrecorded } from '../../../src/machine/record/revision.js';
import { closedRecord, halfOpenRecord, openRecord, t0 } from '../../support/machine.js';

const began = t0 - 5_000;
const closedFence: Fence = { state: 'closed', since: began };

describe('an outcome', () => {
  test('counts in the state that admitted its call', () => {
    expect(isCurrent(closedFence, closedRecord())).toBe(true);
    expect(isCurrent({ state: 'half-open', since: began }, halfOpenRecord())).toBe(true);
  });

  test('counts after the record was stored anew with the same beginning: a creation, a cyclic clear', () => {
    expect(isCurrent(closedFence, closedRecord({}, { revision: 5_000, generation: 9 }))).toBe(true);
  });

  test('of a closed state counts once the record has expired or was flushed, and in the record made after that', () => {
    expect(isCurrent(closedFence, null)).toBe(true);
    expect(isCurrent(closedFence, closedRecord({}, { since: 0 }))).toBe(true);
  });

  test('of a trial does not count once the record is gone, nor in a new one', () => {
    expect(isCurrent({ state: 'half-open', since: began }, null)).toBe(false);
    expect(isCurrent({ state: 'half-open', since: 0 }, closedRecord({}, { since: 0 }))).toBe(false);
    expect(isCurrent({ state: 'half-open', since: began }, halfOpenRecord({}, { since: 0 }))).toBe(false);
  });

  test.each([began - 1, began + 1])('is late in a state that began at another moment', (since) => {
    expect(isCurrent({ state: 'closed', since }, closedRecord())).toBe(false);
    expect(isCurrent({ state: 'half-open', since }, halfOpenRecord())).toBe(false);
  });

  test('is late in another state that began at the same moment', () => {
    expect(isCurrent(closedFence, openRecord())).toBe(false);
    expect(isCurrent(closedFence, halfOpenRecord())).toBe(false);
    expect(isCurrent({ state: 'half-open', since: began }, closedRecord())).toBe(false);
  });
});

test('an outcome of a circuit without a record counts in one that was closed ever since, and in no other', () => {
  expect(isCurrent(unrecorded, closedRecord({}, { since: 0 }))).toBe(true);
  expect(isCurrent(unrecorded, closedRecord({}, { since: began }))).toBe(false);
  expect(isCurrent(unrecorded, openRecord())).toBe(false);
});

test('outcomes share a write when their states and beginnings are the same', () => {
  expect(sameFence(closedFence, { ...closedFence })).toBe(true);
  expect(sameFence(closedFence, { ...closedFence, since: began + 1 })).toBe(false);
  expect(sameFence(closedFence, { ...closedFence, state: 'half-open' })).toBe(false);
});

describe('the outcome of a trial that was given up', () => {
  const fence = givenUpFenceOf(halfOpenRecord({}, { openings: 2 }));

  test('counts in each round of its incident, whenever that began', () => {
    expect(isCurrent(fence, halfOpenRecord({}, { openings: 2 }))).toBe(true);
    expect(isCurrent(fence, halfOpenRecord({}, { openings: 2, since: t0 + 99_000 }))).toBe(true);
  });

  test('is late once its incident is over, the circuit opened again, or the record is gone', () => {
    expect(isCurrent(fence, halfOpenRecord({}, { openings: 2, generation: 8 }))).toBe(false);
    expect(isCurrent(fence, halfOpenRecord({}, { openings: 3 }))).toBe(false);
    expect(isCurrent(fence, openRecord({ openings: 2 }))).toBe(false);
    expect(isCurrent(fence, closedRecord({}, { openings: 2 }))).toBe(false);
    expect(isCurrent(fence, closedRecord({}, { openings: 2, since: 0 }))).toBe(false);
    expect(isCurrent(fence, null)).toBe(false);
  });

  test('shares a write with those of its own kind and incident alone', () => {
    expect(sameFence(fence, givenUpFenceOf(halfOpenRecord({}, { openings: 2, since: t0 })))).toBe(true);
    expect(sameFence(fence, givenUpFenceOf(halfOpenRecord({}, { openings: 3 })))).toBe(false);
    expect(sameFence(fence, givenUpFenceOf(halfOpenRecord({}, { openings: 2, generation: 8 })))).toBe(false);
    expect(sameFence(fence, { state: 'half-open', since: fence.since })).toBe(false);
    expect(sameFence({ state: 'half-open', since: fence.since }, fence)).toBe(false);
  });
});
