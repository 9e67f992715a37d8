import { applyDelta, counterOf, meetsExpectation, type CircuitRecord } from '@circuitry/core';
import type { HistoryEntry, Operation, Outcome } from './history.js';

/** Whether some order explains a history; and if none does, how far the best one came. */
export type Verdict =
  | { readonly linearizable: true; readonly order: readonly HistoryEntry[] }
  | {
      readonly linearizable: false;
      readonly explained: readonly HistoryEntry[];
      readonly stuck: readonly HistoryEntry[];
    };

/**
 * Looks for an order of the calls on one circuit that respects real time and explains every answer.
 *
 * The search of Wing and Gong: of the calls that began before any other one still to be placed had ended, try each as
 * the next; go back where none fits. What was seen before, the same calls placed and the same record reached, is not
 * tried again (Lowe's memo), which keeps it fast although the problem is NP-complete.
 */
export function findOrder(history: readonly HistoryEntry[], initial: CircuitRecord | null = null): Verdict {
  const entries = [...history].sort((one, other) => one.began - other.began);
  const seen = new Set<string>();
  const order: HistoryEntry[] = [];
  let best: { placed: HistoryEntry[]; left: HistoryEntry[] } = { placed: [], left: entries };

  const search = (left: readonly HistoryEntry[], record: CircuitRecord | null, placed: bigint): boolean => {
    if (left.every(({ outcome }) => outcome === null)) return true;
    const memo = `${placed} ${keyOf(record)}`;
    if (seen.has(memo)) return false;
    seen.add(memo);
    if (order.length >= best.placed.length) best = { placed: [...order], left: [...left] };
    const firstEnd = Math.min(...left.map(({ ended }) => ended));
    for (const entry of left) {
      if (entry.began > firstEnd) break;
      const after = effectOf(entry.operation, record);
      if (entry.outcome !== null && !sameOutcome(after, entry)) continue;
      order.push(entry);
      const bit = 1n << BigInt(entries.indexOf(entry));
      if (
        search(
          left.filter((other) => other !== entry),
          after.record,
          placed | bit,
        )
      )
        return true;
      order.pop();
    }
    return false;
  };

  if (search(entries, initial, 0n)) return { linearizable: true, order };
  const firstEnd = Math.min(...best.left.map(({ ended }) => ended));
  return { linearizable: false, explained: best.placed, stuck: best.left.filter(({ began }) => began <= firstEnd) };
}

/** What the contract says an operation does to a record, and answers. */
export function effectOf(operation: Operation, record: CircuitRecord | null): Outcome {
  switch (operation.verb) {
    case 'retrieve':
      return { record };
    case 'delete':
      return { record: null };
    case 'apply': {
      if (record === null || record.revision !== operation.revision) return { applied: false, record };
      return { applied: true, record: { ...record, counters: applyDelta(record.counters, operation.delta) } };
    }
    case 'store': {
      const expected = record === null ? operation.revision === null : record.revision === operation.revision;
      if (!expected || !meetsExpectation(record?.counters ?? {}, operation.expect)) return { applied: false, record };
      return { applied: true, record: operation.next };
    }
  }
}

function sameOutcome(expected: Outcome, { operation, outcome }: HistoryEntry): boolean {
  // Nobody learns anything from the answer of a delete.
  if (operation.verb === 'delete') return true;
  return outcome?.applied === expected.applied && keyOf(outcome?.record ?? null) === keyOf(expected.record);
}

/** Records are told apart by what writers chose: revision, writer, counters. */
function keyOf(record: CircuitRecord | null): string {
  if (record === null) return 'none';
  const counters = Object.keys(record.counters)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${counterOf(record.counters, name)}`);
  return `${record.revision} ${JSON.stringify(record.by)} ${counters.join()}`;
}
