import { expect, test } from '@jest/globals';
import { toldUntil } from '../../../src/backend.js';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { closedRecord, halfOpenRecord, openRecord, t0 } from '../../support/machine.js';

const told = (until: number): Record<string, number> => ({ [counter.toldUntil]: until });

test('A circuit that was told to wait and is not open yet waits until then, as whoever shows records sees it', () => {
  expect(toldUntil(closedRecord(told(t0 + 5)), t0)).toBe(t0 + 5);
  expect(toldUntil(halfOpenRecord(told(t0 + 5)), t0)).toBe(t0 + 5);
  expect(toldUntil(closedRecord(), t0)).toBe(0);
});

test('Of several waits the longest holds, whichever was written last', () => {
  const waits = { ...told(t0 + 5), [`${counter.told}${t0 + 9}`]: 1, [`${counter.told}${t0 + 5}`]: 1 };
  expect(toldUntil(closedRecord(waits), t0)).toBe(t0 + 9);
});

test('It waits no more once the end has come, once it is open, or under an override', () => {
  expect(toldUntil(closedRecord(told(t0)), t0)).toBe(0);
  expect(toldUntil(openRecord({ counters: told(t0 + 5) }), t0)).toBe(0);
  const override = { state: 'closed', reason: null, by: null, until: null } as const;
  expect(toldUntil(closedRecord(told(t0 + 5), { override }), t0)).toBe(0);
});
