import type { Seen } from '../protocol/circuit.js';
import type { Snapshot } from './troubled.js';
import { seenOf } from '../records/view.js';

/** What changed between two listings: what is new, what has another revision, and what is troubled no more. */
export function changesBetween(before: Snapshot, after: Snapshot, at: number): readonly Seen[] {
  const changes: Seen[] = [];
  for (const [name, record] of after.records) {
    if (before.records.get(name)?.revision !== record.revision) changes.push(seenOf(name, record, at));
  }
  for (const name of before.records.keys()) {
    if (after.records.has(name) || !after.isComplete) continue;
    changes.push({ name, at, state: 'closed', override: null, lastFailure: null, until: null });
  }
  return changes;
}
