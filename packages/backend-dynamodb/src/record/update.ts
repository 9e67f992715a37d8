import type { CircuitRecord, Delta } from '@circuitry/core';
import { counted, counterOverflow } from '@circuitry/core/backend';
import { attribute, counterSigil } from './attributes.js';
import type { Placeholders } from './expression.js';
import { counterValue, type Item } from './item.js';
import type { RecordEnd } from './write-circuit.js';

/**
 * The update expression that applies a delta and renews the ttl, in one atomic step (clauses A1, A4, T3).
 *
 * @throws RangeError for a value that no counter may have
 */
export function updateFor(delta: Delta, end: RecordEnd, ttlAttribute: string, to: Placeholders): string {
  const adds = [`${to.name(attribute.applies)} ${to.number(1)}`];
  const sets: string[] = [];
  const removals: string[] = [];
  for (const [name, value] of Object.entries(delta.add ?? {})) {
    adds.push(`${to.name(counterSigil + name)} ${to.counter(name, value)}`);
  }
  for (const [name, value] of Object.entries(delta.set ?? {})) {
    sets.push(`${to.name(counterSigil + name)} = ${to.counter(name, value)}`);
  }
  for (const name of delta.drop ?? []) removals.push(to.name(counterSigil + name));
  const endsAt = to.name(attribute.endsAt);
  const ttl = to.name(ttlAttribute);
  if (end === null) removals.push(endsAt, ttl);
  else sets.push(`${endsAt} = ${to.number(end.ms)}`, `${ttl} = ${to.number(end.seconds)}`);
  return [clause('ADD', adds), clause('SET', sets), clause('REMOVE', removals)].filter((text) => text !== '').join(' ');
}

/**
 * The record that the update makes of `record`, computed here: its answer holds the one that it met.
 *
 * @throws StorageError where a sum is beyond ±(2^53 − 1): the update's condition refuses that too, and nothing is written
 */
export function updatedRecord(name: string, record: CircuitRecord, delta: Delta): CircuitRecord {
  const updated = counted(record, delta);
  if (updated === null) throw counterOverflow(name);
  return updated;
}

/**
 * The item that the update makes of a damaged one, as far as it matters which parts of it are damaged then: what is
 * added to a number leaves it as whole, or as damaged, as it was.
 */
export function updatedItem(item: Item, { set = {}, drop = [] }: Delta): Item {
  const next: Item = { ...item };
  // Digit by digit: a damaged count may be a fraction that JavaScript's numbers don't hold.
  const applies = String(item[attribute.applies]?.N).replace(/^\d+/, (whole) => String(BigInt(whole) + 1n));
  next[attribute.applies] = { N: applies };
  for (const [name, value] of Object.entries(set)) next[counterSigil + name] = counterValue(name, value);
  for (const name of drop) delete next[counterSigil + name];
  return next;
}

function clause(verb: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${verb} ${[...new Set(parts)].join(', ')}`;
}
