import type { Delta } from '@circuitry/core';
import { attribute, counterSigil } from './attributes.js';
import type { Placeholders } from './expression.js';
import type { RecordEnd } from './write-circuit.js';

/** The update expression that applies a delta and renews the ttl, in one atomic step (clauses A1, A4, T3). */
export function updateFor(delta: Delta, end: RecordEnd, ttlAttribute: string, to: Placeholders): string {
  const adds = [`${to.name(attribute.applies)} ${to.number(1)}`];
  const sets: string[] = [];
  const removals: string[] = [];
  for (const [name, value] of Object.entries(delta.add ?? {})) {
    adds.push(`${to.name(counterSigil + name)} ${to.number(value)}`);
  }
  for (const [name, value] of Object.entries(delta.set ?? {})) {
    sets.push(`${to.name(counterSigil + name)} = ${to.number(value)}`);
  }
  for (const name of delta.drop ?? []) removals.push(to.name(counterSigil + name));
  const endsAt = to.name(attribute.endsAt);
  const ttl = to.name(ttlAttribute);
  if (end === null) removals.push(endsAt, ttl);
  else sets.push(`${endsAt} = ${to.number(end.ms)}`, `${ttl} = ${to.number(end.seconds)}`);
  return [clause('ADD', adds), clause('SET', sets), clause('REMOVE', removals)].filter((text) => text !== '').join(' ');
}

function clause(verb: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${verb} ${[...new Set(parts)].join(', ')}`;
}
