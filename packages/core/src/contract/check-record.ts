import { show } from '../errors/show.js';
import { CorruptRecordError } from '../errors/storage-errors.js';
import type { CircuitRecord } from './record.js';

/**
 * Refuses what is not a whole record, naming its first wrong field (clause E3).
 *
 * Core asks it of all records of a backend that does not vouch for them: a stranger's backend stands at a trust boundary too,
 * and a state that nobody knows must neither admit everything nor refuse for ever.
 *
 * @throws CorruptRecordError
 */
export function checkRecord(name: string, value: unknown): asserts value is CircuitRecord {
  /** Called for each field of each record that comes in: what a fault is told with is put together at a fault. */
  const need = (isRight: boolean, field: string, found: unknown, wanted: string): void => {
    if (!isRight) throw new CorruptRecordError(name, field, `is ${show(found)}, not ${wanted}`);
  };
  need(isObject(value), 'record', value, 'an object');
  const { revision, state, generation, openings, since, expiresAt, by, lastFailure, override, counters } =
    value as CircuitRecord;
  need(isCount(revision) && revision > 0, 'revision', revision, 'a positive integer');
  need(
    state === 'closed' || state === 'open' || state === 'half-open',
    'state',
    state,
    "'closed', 'open' or 'half-open'",
  );
  need(isCount(generation), 'generation', generation, 'an integer from 0');
  need(isCount(openings), 'openings', openings, 'an integer from 0');
  need(isCount(since), 'since', since, moment);
  if (state === 'closed') need(isCountOrNull(expiresAt), 'expiresAt', expiresAt, momentOrNull);
  else need(isCount(expiresAt), 'expiresAt', expiresAt, moment);
  need(typeof by === 'string', 'by', by, 'a string');
  need(lastFailure === null || typeof lastFailure === 'string', 'lastFailure', lastFailure, textOrNull);
  if (override !== null) {
    need(isObject(override), 'override', override, 'an object or null');
    const { state: forced, reason, by: operator, until } = override;
    need(forced === 'open' || forced === 'closed', 'override.state', forced, "'open' or 'closed'");
    need(reason === null || typeof reason === 'string', 'override.reason', reason, textOrNull);
    need(operator === null || typeof operator === 'string', 'override.by', operator, textOrNull);
    need(isCountOrNull(until), 'override.until', until, momentOrNull);
  }
  need(isObject(counters), 'counters', counters, 'an object');
  for (const each in counters) {
    const count = counters[each];
    if (!Number.isSafeInteger(count)) need(false, `counters.${each}`, count, 'a safe integer');
  }
}

const moment = 'ms since the epoch';
const momentOrNull = 'ms since the epoch or null';
const textOrNull = 'a string or null';

/** Whether a value is an object of any kind, and not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCountOrNull(value: unknown): boolean {
  return value === null || isCount(value);
}
