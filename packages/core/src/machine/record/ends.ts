import type { CircuitRecord, Counters, Delta } from '../../contract/record.js';
import { counter } from '../facts/counter-names.js';
import { momentAfter, momentOf } from '../facts/moment.js';
import type { Rules } from '../rules/rules.js';
import type { NextRecord } from '../facts/next-record.js';

/**
 * Whether the record was written under a clock that was ahead and has stepped back: it begins further ahead of now than two
 * clocks that decide may differ. Every end in it counts as over.
 */
export function isFromAhead(record: Pick<CircuitRecord, 'since'>, now: number, rules: Rules): boolean {
  return record.since > momentOf(now) + rules.clockError;
}

/**
 * When the record's state, round or override ends by itself, ms since the epoch; null: it does not. An end that a clock
 * ahead has set is now. But an operator's word is not lost to a step of the clock that is shorter than it was to hold: it
 * holds for its length from now.
 */
export function endOf(record: CircuitRecord | null, now: number, rules: Rules): number | null {
  if (record === null) return null;
  const end = writtenEnd(record);
  if (end === null || !isSetAhead(record, end, now, rules)) return end;
  const moment = momentOf(now);
  const length = end - record.since;
  return record.override !== null && record.since - moment < length ? moment + length : Math.min(end, moment);
}

/** Whether that end has come. It is inclusive. */
export function hasEnded(record: CircuitRecord, now: number, rules: Rules): boolean {
  const end = endOf(record, now, rules);
  return end !== null && end <= momentOf(now);
}

/** Whether the cyclic clear of a closed record is due. The end of its period is inclusive. */
export function isClearDue(record: CircuitRecord, now: number, rules: Rules): boolean {
  return record.state === 'closed' && record.override === null && hasEnded(record, now, rules);
}

/** The deadline that the round's trials have renewed so far, ms since the epoch; 0: none, or a clock ahead set it. */
export function renewedDeadline(record: CircuitRecord, now: number, rules: Rules): number {
  const deadline = record.counters[counter.trialsDeadline] ?? 0;
  return deadline > latestDeadline(record, now, rules) ? 0 : deadline;
}

/** The lease that the round's workers are known to use, ms: of the one who began it, or a longer one of another. */
export function leaseOf(record: CircuitRecord): number {
  return Math.max((record.expiresAt ?? 0) - record.since, record.counters[counter.trialsLease] ?? 0);
}

/**
 * Until when a dependency has told the circuit to wait, ms since the epoch; 0: it has not, or that is over. Of what several
 * workers were told the longest holds: `told.until` is what the last of them wrote, and each wait is in a name of its own.
 */
export function toldUntil(counters: Counters, now: number, rules: Rules): number {
  const until = longestWait(counters);
  // Told under a clock ahead, or with a longer `maxOpenFor`: no circuit waits for longer than these rules allow.
  return until <= now ? 0 : Math.min(until, momentAfter(now, rules.maxOpenFor));
}

/** The same as it was written: whatever the time, and whatever any rules allow. */
export function longestWait(counters: Counters): number {
  if (counters[counter.toldUntil] === undefined) return 0;
  let until = 0;
  for (const [name, value] of Object.entries(waitsIn(counters))) until = Math.max(until, waitOf(name) || value);
  return until;
}

/** All counters that say so, `told.until` even where it is missing: what must be unchanged for a store that takes them away. */
export function waitsIn(counters: Counters): Counters {
  const waits: Record<string, number> = { [counter.toldUntil]: 0 };
  for (const name in counters) if (name.startsWith(counter.told)) waits[name] = counters[name] as number;
  return waits;
}

/** The end of the wait that a counter is named for, ms since the epoch; NaN: it is named for none. */
export function waitOf(name: string): number {
  return Number(name.slice(counter.told.length));
}

/** Whether a closed circuit has been calm for long enough: its next trip counts as the first again. */
export function isCalm(record: CircuitRecord, now: number, rules: Rules): boolean {
  return Math.max(0, now - record.since) >= rules.calmPeriod || isFromAhead(record, now, rules);
}

/**
 * How long a record must outlive a write, ms: what is left of its state's end, round's deadline, `told.until` or override, plus
 * `retention`; Infinity under an override without end.
 *
 * An open circuit must never expire into a closed one, which is what a ttl equal to the open time does.
 */
export function ttlOf(record: NextRecord, now: number, rules: Rules, delta?: Delta): number {
  if (record.override !== null && record.override.until === null) return Infinity;
  const set = delta?.set;
  const deadline = set?.[counter.trialsDeadline] ?? 0;
  // What a dependency said must outlive a worker who dies before it opens the circuit, but no longer than it may hold.
  const told = set?.[counter.toldUntil] ?? 0;
  const toldNow = told === 0 ? 0 : Math.min(told, momentAfter(now, rules.maxOpenFor));
  const until = Math.max(toldUntil(record.counters, now, rules), toldNow);
  const end = Math.max(endOf(record as CircuitRecord, now, rules) ?? 0, deadline, until);
  return Math.max(0, Math.ceil(end - now)) + rules.retention;
}

function writtenEnd(record: CircuitRecord): number | null {
  if (record.override !== null) return record.override.until;
  if (record.state !== 'half-open') return record.expiresAt;
  const deadline = record.counters[counter.trialsDeadline];
  if (deadline === undefined) return record.expiresAt;
  return Math.max(record.expiresAt ?? 0, deadline);
}

function isSetAhead(record: CircuitRecord, end: number, now: number, rules: Rules): boolean {
  if (isFromAhead(record, now, rules)) return true;
  if (record.override !== null || record.state === 'open') return false;
  return end > (record.state === 'closed' ? latestClear(now, rules) : latestDeadline(record, now, rules));
}

/** Nobody can have set a cyclic clear for later than a period from now on. */
function latestClear(now: number, rules: Rules): number {
  return momentOf(now) + (rules.cyclicClearAfter ?? Infinity) + rules.clockError;
}

/** No trial can have renewed its lease for longer than from now on. */
function latestDeadline(record: CircuitRecord, now: number, rules: Rules): number {
  return momentOf(now) + Math.max(rules.longestTrial, rules.trialLease, leaseOf(record)) + rules.clockError;
}
