import { applyDelta } from '../../contract/counters.js';
import type { CircuitRecord, Counters, Delta } from '../../contract/record.js';
import { counter } from '../facts/counter-names.js';
import { Draft } from './draft.js';
import { isClearDue, waitsIn } from '../record/ends.js';
import type { OutcomeKind } from '../facts/outcome.js';
import { unrecorded, type NextRecord } from '../record/revision.js';
import type { Rules } from '../rules/rules.js';
import { cleared, nextClear } from '../transition/transition.js';

/** The one write that carries outcomes to the store. */
export type ReportWrite =
  | { readonly kind: 'apply'; readonly revision: number; readonly delta: Delta }
  /** The first end of a circuit creates its record; an end after a due cyclic clear stores the cleared one. */
  | {
      readonly kind: 'store';
      readonly reason: 'created' | 'cleared' | 'period-adopted';
      readonly next: NextRecord;
      readonly expect?: Counters;
    };

/**
 * How to write merged outcomes onto `record`, whose fence they have.
 *
 * @param mayAdopt whether a record made before `cyclicClearAfter` was configured may get its period now. The store
 *   carries all counters over and loses against any concurrent apply: whoever lost once applies instead.
 */
export function reportWrite(
  record: CircuitRecord | null,
  draft: Draft,
  now: number,
  rules: Rules,
  mayAdopt: boolean,
): ReportWrite {
  const delta = draft.delta();
  if (record === null) {
    return { kind: 'store', reason: 'created', next: firstRecord(applyDelta({}, delta), now, rules) };
  }
  if (record.expiresAt !== null && isClearDue(record, now, rules)) {
    const next = { ...cleared(record, now, rules), expiresAt: nextClear(now, rules), counters: applyDelta({}, delta) };
    // Counts that come meanwhile are of the period that is over; what a dependency tells meanwhile must not be lost.
    return { kind: 'store', reason: 'cleared', next, expect: waitsIn(record.counters) };
  }
  if (mayAdopt && rules.cyclicClearAfter !== null && lacksPeriod(record)) {
    const next = { ...record, expiresAt: nextClear(now, rules), counters: applyDelta(record.counters, delta) };
    return { kind: 'store', reason: 'period-adopted', next, expect: { ...untouched, ...record.counters } };
  }
  return { kind: 'apply', revision: record.revision, delta };
}

/** With `counting: 'failures'`: whether an outcome has to be written at all, given the record last seen. */
export function mattersToFailures(kind: OutcomeKind, record: CircuitRecord | null): boolean {
  if (kind === 'failure') return true;
  if (record === null) return false;
  return record.state === 'half-open' || (record.counters[counter.consecutiveFailures] ?? 0) > 0;
}

function firstRecord(counters: Counters, now: number, rules: Rules): NextRecord {
  return { ...unrecorded, expiresAt: nextClear(now, rules), counters };
}

function lacksPeriod({ expiresAt, override }: CircuitRecord): boolean {
  // Only a closed record may lack an end (checkRecord).
  return expiresAt === null && override === null;
}

/** Each outcome moves one of these: with the counters that are there, they show that none came meanwhile. */
const untouched: Counters = Object.freeze({
  [counter.totalFailures]: 0,
  [counter.totalSuccesses]: 0,
  [counter.totalIgnored]: 0,
});
