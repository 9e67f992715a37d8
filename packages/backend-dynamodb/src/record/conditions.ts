import type { Counters, Delta } from '@circuitry/core';
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
 * An item whose ttl is over counts as none, and is replaced only by whoever finds it so. One of another format, with a
 * fixed attribute that is missing, of a wrong type or out of its range, or with such a counter among those of the
 * `delta`, meets no condition: it is left alone (clause E3). No stricter than reading an item is, or a write that is
 * refused would find nothing wrong; save for sums that no record could hold.
 *
 * @param delta what the write would do to counters
 */
export function conditionFor(
  expectation: Expectation,
  partitionKey: string,
  now: number,
  to: Placeholders,
  delta: Delta = {},
): string {
  const isFormat = `${to.name(attribute.format)} = ${to.number(format)}`;
  const endsAt = to.name(attribute.endsAt);
  if (expectation.revision === null) {
    return `attribute_not_exists(${to.name(partitionKey)}) OR (${isFormat} AND ${endsAt} <= ${to.number(now)})`;
  }
  const zero = to.number(0);
  const most = to.number(Number.MAX_SAFE_INTEGER);
  const conditions = [
    isFormat,
    `${to.name(attribute.revision)} = ${to.number(expectation.revision)}`,
    // An end is a whole number: what is later than `now` is so from the next one on.
    `(attribute_not_exists(${endsAt}) OR ${endsAt} BETWEEN ${to.number(Math.floor(now) + 1)} AND ${most})`,
    // A comparison is false for every other type: these look at types as well, at no cost.
    ...[attribute.generation, attribute.openings, attribute.since].map(
      (name) => `${to.name(name)} BETWEEN ${zero} AND ${most}`,
    ),
    ...textsAreWhole(to, zero, most),
  ];
  const applies = to.name(attribute.applies);
  conditions.push(
    expectation.applies === undefined
      ? `${applies} BETWEEN ${zero} AND ${most}`
      : `${applies} = ${to.number(expectation.applies)}`,
  );
  for (const [name, value] of Object.entries(expectation.counters ?? {})) {
    const counter = to.name(counterSigil + name);
    const isValue = `${counter} = ${to.number(value)}`;
    conditions.push(value === 0 ? `(attribute_not_exists(${counter}) OR ${isValue})` : isValue);
  }
  for (const [name, value] of Object.entries(delta.add ?? {})) conditions.push(isCounter(name, value, to));
  for (const name of [...Object.keys(delta.set ?? {}), ...(delta.drop ?? [])]) conditions.push(isCounter(name, 0, to));
  return conditions.join(' AND ');
}

/** That a counter is missing, or a number that stays within ±(2^53 − 1) when so much is added to it. */
function isCounter(name: string, added: number, to: Placeholders): string {
  const counter = to.name(counterSigil + name);
  const least = to.number(Number.MIN_SAFE_INTEGER - Math.min(added, 0));
  const most = to.number(Number.MAX_SAFE_INTEGER - Math.max(added, 0));
  return `(attribute_not_exists(${counter}) OR ${counter} BETWEEN ${least} AND ${most})`;
}

/** That the state, its end, the writer and the override are such as a record may have. */
function textsAreWhole(to: Placeholders, zero: string, most: string): string[] {
  const [closed, open, halfOpen] = ['closed', 'open', 'half-open'].map((state) => to.value(textValue(state)));
  const nothing = to.value(textValue('NULL'));
  // Every text is at least the empty one; `attribute_type` would do as well, had dynalite no fault in it.
  const empty = to.value(textValue(''));
  const state = to.name(attribute.state);
  const expiresAt = to.name(attribute.expiresAt);
  const by = to.name(attribute.by);
  const lastFailure = to.name(attribute.lastFailure);
  const override = to.name(attribute.override);
  const field = (name: string): string => `${override}.${to.name(name)}`;
  const text = (name: string): string => `(${field(name)} >= ${empty} OR attribute_type(${field(name)}, ${nothing}))`;
  const until = `(${field('until')} BETWEEN ${zero} AND ${most} OR attribute_type(${field('until')}, ${nothing}))`;
  return [
    `${state} IN (${closed}, ${open}, ${halfOpen})`,
    `(${expiresAt} BETWEEN ${zero} AND ${most} OR (attribute_not_exists(${expiresAt}) AND ${state} = ${closed}))`,
    `${by} >= ${empty}`,
    `(attribute_not_exists(${lastFailure}) OR ${lastFailure} >= ${empty})`,
    `(attribute_not_exists(${override}) OR (${field('state')} IN (${open}, ${closed}) AND ${text('reason')} AND ${text('by')} AND ${until}))`,
  ];
}
