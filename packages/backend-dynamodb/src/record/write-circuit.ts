import type { CircuitRecord, Override } from '@circuitry/core';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { attribute, counterSigil, format } from './attributes.js';
import { counterValue, numberValue, textValue, type Item } from './item.js';

/** The attributes of a record's item, without its key. */
export function circuitItem(record: CircuitRecord, applies: number, end: RecordEnd, ttlAttribute: string): Item {
  const item: Item = {
    [attribute.format]: numberValue(format),
    [attribute.revision]: numberValue(record.revision),
    [attribute.state]: textValue(record.state),
    [attribute.generation]: numberValue(record.generation),
    [attribute.openings]: numberValue(record.openings),
    [attribute.since]: numberValue(record.since),
    [attribute.by]: textValue(record.by),
    [attribute.applies]: numberValue(applies),
  };
  if (record.expiresAt !== null) item[attribute.expiresAt] = numberValue(record.expiresAt);
  // Missing in a record of a core that knew none.
  if (typeof record.lastFailure === 'string') item[attribute.lastFailure] = textValue(record.lastFailure);
  if (record.override !== null) item[attribute.override] = { M: overrideMap(record.override) };
  if (end !== null) {
    item[attribute.endsAt] = numberValue(end.ms);
    item[ttlAttribute] = numberValue(end.seconds);
  }
  for (const name of Object.keys(record.counters)) {
    item[counterSigil + name] = counterValue(name, record.counters[name] as number);
  }
  return item;
}

/** When a record ends, for us in ms and for DynamoDB's own deletion in seconds; null: never. */
export type RecordEnd = { readonly ms: number; readonly seconds: number } | null;

/**
 * The end of what is written at `now` with that ttl, both in ms. Rounded up, so that it is never short (clause T1).
 *
 * @throws RangeError for what is no ttl: such a record would never end
 */
export function recordEnd(now: number, ttl: number): RecordEnd {
  if (!(ttl > 0)) throw new RangeError(`A ttl must be more than 0 ms, or Infinity; this one is ${ttl}.`);
  const ms = Math.ceil(now + ttl);
  if (!Number.isSafeInteger(ms)) return null;
  return { ms, seconds: Math.ceil(ms / 1_000) };
}

function overrideMap({ state, reason, by, until }: Override): Record<string, AttributeValue> {
  return {
    state: textValue(state),
    reason: reason === null ? { NULL: true } : textValue(reason),
    by: by === null ? { NULL: true } : textValue(by),
    until: until === null ? { NULL: true } : numberValue(until),
  };
}
