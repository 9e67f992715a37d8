import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyDelta, type CircuitRecord, type Counters } from '@circuitry/core';
import { counter } from '../../../src/machine/facts/counter-names.js';
import { Draft } from '../../../src/machine/counting/draft.js';
import { waitOf, waitsIn } from '../../../src/machine/record/ends.js';
import { unrecorded } from '../../../src/machine/record/revision.js';
import type { Outcome } from '../../../src/machine/facts/outcome.js';
import type { Rules } from '../../../src/machine/rules/rules.js';
import { anyRules, outcomesInOrder } from '../../support/arbitraries.js';
import { closedRecord, halfOpenRecord, outcome, t0 } from '../../support/machine.js';
import { MachineCircuit } from '../../support/machine-circuit.js';

/** A record as calls before t0 may have left it: closed or half-open, its clear due or not. */
const begun: fc.Arbitrary<CircuitRecord> = fc
  .record({
    halfOpen: fc.boolean(),
    failures: fc.integer({ min: 0, max: 3 }),
    succeeded: fc.integer({ min: 0, max: 2 }),
    clearIn: fc.constantFrom(null, -1, 0, 1, 60_000),
  })
  .map(({ halfOpen, failures, succeeded, clearIn }) => {
    if (halfOpen) return halfOpenRecord({ [counter.trialsSucceeded]: succeeded, [counter.trialsLimit]: 40 });
    const counters = { [counter.consecutiveFailures]: failures, [counter.totalFailures]: failures };
    return closedRecord(counters, { expiresAt: clearIn === null ? null : t0 + clearIn });
  });

/** A counter at 0 and one that is missing mean the same, and so do a wait that is over and one beside a longer one. */
function present(counters: Counters, now: number): Counters {
  const until = Math.max(...Object.keys(waitsIn(counters)).map((name) => waitOf(name) || 0));
  const isOver = (name: string, value: number): boolean => {
    if (name === counter.toldUntil) return value <= now;
    return value === 0 || waitOf(name) < until || waitOf(name) <= now;
  };
  return Object.fromEntries(Object.entries(counters).filter(([name, value]) => !isOver(name, value)));
}

/** The record after so many quick successes at t0: they fill its windows. */
function withSuccesses(record: CircuitRecord, successes: number, rules: Rules): CircuitRecord {
  if (record.state !== 'closed') return record;
  const outcomes = new Array<Outcome>(successes).fill(outcome('success'));
  return { ...record, counters: counted({ ...record, expiresAt: null }, outcomes, t0, rules) };
}

function counted(record: CircuitRecord, outcomes: readonly Outcome[], now: number, rules: Rules): Counters {
  const draft = new Draft(record, now, rules);
  for (const each of outcomes) draft.add(each);
  return applyDelta(record.counters, draft.delta());
}

test('the delta of many outcomes is what applying each by itself comes to', () => {
  fc.assert(
    fc.property(begun, outcomesInOrder, anyRules, (record, outcomes, rules) => {
      const lasting = { ...record, expiresAt: record.state === 'closed' ? null : record.expiresAt };
      const now = outcomes.at(-1)?.at ?? t0;
      let oneByOne: CircuitRecord = lasting;
      for (const outcome of outcomes) {
        oneByOne = { ...oneByOne, counters: counted(oneByOne, [outcome], outcome.at, rules) };
      }
      expect(present(counted(lasting, outcomes, now, rules), now)).toEqual(present(oneByOne.counters, now));
    }),
    { numRuns: 500 },
  );
});

test('a batch that is cut where something is decided is settled as if each outcome came alone', () => {
  fc.assert(
    fc.property(fc.option(begun), fc.nat(30), outcomesInOrder, anyRules, (start, successes, outcomes, rules) => {
      const now = outcomes.at(-1)?.at ?? t0;
      const record = start && withSuccesses(start, successes, rules);
      const together = new MachineCircuit(rules, record);
      const alone = new MachineCircuit(rules, record);
      const { state, since } = record ?? unrecorded;
      const fence = { state, since };
      const taken = together.end(fence, outcomes, now);
      const takenAlone = outcomes.reduce((sum, outcome) => sum + alone.end(fence, [outcome], now), 0);
      expect(taken).toBe(takenAlone);
      const [a, b] = [together.record, alone.record];
      // A batch knows its failure even where a success behind it is what trips.
      const ofBoth = { revision: 0, lastFailure: null };
      expect(a && { ...a, ...ofBoth, counters: present(a.counters, now) }).toEqual(
        b && { ...b, ...ofBoth, counters: present(b.counters, now) },
      );
    }),
    { numRuns: 800 },
  );
});

test('an outcome of another fence never changes anything', () => {
  const fences = fc.record({
    state: fc.constantFrom('closed', 'open', 'half-open'),
    since: fc.integer({ min: t0 - 5_003, max: t0 - 4_997 }),
  });
  fc.assert(
    fc.property(begun, fences, outcomesInOrder, anyRules, (record, fence, outcomes, rules) => {
      fc.pre(fence.state !== record.state || fence.since !== record.since);
      const circuit = new MachineCircuit(rules, record);
      expect(circuit.end(fence, outcomes, t0)).toBe(0);
      expect(circuit.record).toBe(record);
    }),
    { numRuns: 300 },
  );
});
