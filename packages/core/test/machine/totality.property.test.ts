import { test } from '@jest/globals';
import fc from 'fast-check';
import { applyDelta, checkRecord, type CircuitRecord } from '@circuitry/core';
import { Draft } from '../../src/machine/counting/draft.js';
import { isCurrent } from '../../src/machine/record/fence.js';
import { informationOf } from '../../src/machine/record/information-of.js';
import { forced, released, reset } from '../../src/machine/transition/override.js';
import { reportWrite } from '../../src/machine/counting/report.js';
import { mergeOutcomes } from '../support/merge-outcomes.js';
import { stamped, type NextRecord } from '../../src/machine/record/revision.js';
import type { Rules } from '../../src/machine/rules/rules.js';
import { firstStep } from '../../src/machine/steps/start-steps.js';
import { holdsTicket } from '../../src/machine/record/tickets.js';
import { decidedTransition, effectiveRecord, type Transition } from '../../src/machine/transition/transition.js';
import { ttlOf } from '../../src/machine/record/ends.js';
import { anyNow, anyOutcome, anyRecord, anyRules } from '../support/arbitraries.js';

const runs = { numRuns: 1_500 };

function assertStorable(next: NextRecord, before: CircuitRecord | null, now: number, rules: Rules): void {
  const record = stamped(next, before, now, { chance: 0.5, by: 'test' });
  checkRecord('any', record);
  if (record.revision <= (before?.revision ?? 0)) throw new Error('the revision did not grow');
  assertTtl(record, now, rules);
}

function assertTtl(record: CircuitRecord, now: number, rules: Rules): void {
  const ttl = ttlOf(record, now, rules);
  if (!(ttl >= rules.retention)) throw new Error(`ttl ${ttl}`);
}

function assertTransition(transition: Transition | null, now: number, rules: Rules): void {
  if (transition !== null) assertStorable(transition.next, transition.before, now, rules);
}

test('any record, at any time, under any rules, gives a start a defined answer that can be stored', () => {
  fc.assert(
    fc.property(fc.option(anyRecord), anyNow, anyRules, (record, now, rules) => {
      const answer = firstStep(record, now, rules);
      if (answer.kind === 'store') assertTransition(answer.transition, now, rules);
      if (answer.kind === 'refuse' && answer.until !== null && Number.isNaN(answer.until)) throw new Error('until');
      if (answer.kind === 'ticket' && record !== null) {
        const after = { ...record, counters: applyDelta(record.counters, answer.delta) };
        checkRecord('any', after);
        holdsTicket(after);
      }
    }),
    runs,
  );
});

test('any record takes any outcomes: what is written is a record, and what that decides can be stored', () => {
  const outcomes = fc.array(anyOutcome, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(
      fc.option(anyRecord),
      anyNow,
      anyRules,
      outcomes,
      fc.boolean(),
      (record, now, rules, given, mayAdopt) => {
        const draft = new Draft(record, now, rules);
        mergeOutcomes(draft, given);
        const write = reportWrite(record, draft, now, rules, mayAdopt);
        if (write.kind === 'store') return assertStorable(write.next, record, now, rules);
        const after = {
          ...(record as CircuitRecord),
          counters: applyDelta((record as CircuitRecord).counters, write.delta),
        };
        checkRecord('any', after);
        assertTtl(after, now, rules);
        assertTransition(decidedTransition(after, now, rules), now, rules);
      },
    ),
    runs,
  );
});

test('any record can be looked at, forced, released and reset', () => {
  fc.assert(
    fc.property(fc.option(anyRecord), anyNow, anyRules, (record, now, rules) => {
      const seen = effectiveRecord(record, now, rules);
      // A round or a lapse that waits for a call has no end yet.
      if (seen !== null) checkRecord('any', { ...seen, expiresAt: seen.expiresAt ?? 0 });
      const { window } = informationOf(seen, now, rules);
      if (window !== null && !(window.failureRate >= 0 && window.slowRate >= 0)) throw new Error('a rate is no rate');
      for (const state of ['open', 'closed'] as const) {
        assertTransition(forced(record, { state, reason: null, by: null, until: null }, now, rules), now, rules);
      }
      assertTransition(released(record, now, rules), now, rules);
      assertTransition(reset(record, now, rules), now, rules);
      isCurrent({ state: 'closed', since: 0 }, record);
    }),
    runs,
  );
});

test('what is due and applied leaves nothing due: looking once is enough', () => {
  fc.assert(
    fc.property(anyRecord, fc.integer({ min: 0, max: 4e15 }), anyRules, (record, now, rules) => {
      const seen = effectiveRecord(record, now, rules);
      const answer = firstStep(seen, now, rules);
      if (answer.kind === 'store') throw new Error(`still due: ${answer.transition.reason}`);
    }),
    runs,
  );
});
