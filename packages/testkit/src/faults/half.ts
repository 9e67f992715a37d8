import type { CircuitRecord, Counters, Delta } from '@circuitry/core';

/** The first half of a delta, in the order add, set, drop: what a torn write leaves behind. */
export function halfOfDelta({ add = {}, set = {}, drop = [] }: Delta): Delta {
  const parts = [
    ...Object.keys(add).map((name) => ['add', name] as const),
    ...Object.keys(set).map((name) => ['set', name] as const),
    ...drop.map((name) => ['drop', name] as const),
  ];
  const kept = parts.slice(0, Math.ceil(parts.length / 2));
  const names = (part: string): string[] => kept.filter(([which]) => which === part).map(([, name]) => name);
  return { add: only(add, names('add')), set: only(set, names('set')), drop: names('drop') };
}

/** A record with only the first half of its counters. */
export function halfOfRecord(record: CircuitRecord): CircuitRecord {
  const names = Object.keys(record.counters);
  return { ...record, counters: only(record.counters, names.slice(0, Math.floor(names.length / 2))) };
}

function only(counters: Counters, names: readonly string[]): Counters {
  return Object.fromEntries(names.map((name) => [name, counters[name] as number]));
}
