import type { Counters } from '@circuitry/core';
import { attribute, counterSigil, format } from './attributes.js';
import type { Placeholders } from './expression.js';
import { textValue } from './item.js';

/** What a write asks of the item that it finds. */
export interface Expectation {
  /** The record's revision; null: there is no record. */
  readonly revision: number | null;
  /** Also: exactly so many applies, and so exactly the counters that were read with them. */
  readonly applies?: number;
  /** Also: these counters have these values, a missing one counts as 0. */
  readonly counters?: Counters;
}

/**
 * The condition expression for {@link Expectation}, by the clock `now` (ms), which decides on ttls.
 *
 * An item whose ttl is over counts as none, and is replaced only by whoever finds it so. One of another format, or
 * whose fixed attributes have a wrong type, meets no condition: it is left alone (clause E3).
 */
export function conditionFor(expectation: Expectation, partitionKey: string, now: number, to: Placeholders): string {
  const isFormat = `${to.name(attribute.format)} = ${to.number(format)}`;
  const endsAt = to.name(attribute.endsAt);
  const time = to.number(now);
  if (expectation.revision === null) {
    return `attribute_not_exists(${to.name(partitionKey)}) OR (${isFormat} AND ${endsAt} <= ${time})`;
  }
  const zero = to.number(0);
  const conditions = [
    isFormat,
    `${to.name(attribute.revision)} = ${to.number(expectation.revision)}`,
    `(attribute_not_exists(${endsAt}) OR ${endsAt} > ${time})`,
    // A comparison with a number is false for every other type: these look at types, at no cost.
    ...[attribute.generation, attribute.openings, attribute.since].map((name) => `${to.name(name)} >= ${zero}`),
    `${to.name(attribute.state)} IN (${['closed', 'open', 'half-open'].map((state) => to.value(textValue(state))).join(', ')})`,
  ];
  if (expectation.applies === undefined) conditions.push(`${to.name(attribute.applies)} >= ${zero}`);
  else conditions.push(`${to.name(attribute.applies)} = ${to.number(expectation.applies)}`);
  for (const [name, value] of Object.entries(expectation.counters ?? {})) {
    const counter = to.name(counterSigil + name);
    const isValue = `${counter} = ${to.number(value)}`;
    conditions.push(value === 0 ? `(attribute_not_exists(${counter}) OR ${isValue})` : isValue);
  }
  return conditions.join(' AND ');
}
