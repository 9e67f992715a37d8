import type { Counters } from '../../contract/record.js';
import { rowOf } from './window-row.js';
import type { WindowSpec } from './window-spec.js';

/** What a write does about windows that its rules don't have. */
export interface Tidying {
  readonly drop: readonly string[];
  /** Notes of when a window was seen as it is. */
  readonly set: Counters;
}

const nothing: Tidying = Object.freeze({ drop: [], set: {} });

const timeCell = /^w(\d+)x(\d+):(\d+)\./;
const callsPrefix = /^n(\d+):/;

/** Windows of fewer calls than this stay as long as one of so many: in a small share of a fleet's calls, too, somebody counts. */
const shortest = 100;

/**
 * Finds what is left of windows that these rules don't have any more (settings changed). A rolling deployment keeps both
 * kinds: no worker takes from what another still counts into.
 *
 * @param total how many calls the record has counted
 */
export function leftOvers(counters: Counters, specs: readonly WindowSpec[], now: number, total: number): Tidying {
  let drop: string[] | null = null;
  let others: Set<string> | null = null;
  for (const name in counters) {
    const initial = name.charAt(0);
    if (initial === 'w') {
      if (isLeftOver(name, specs, now)) (drop ??= []).push(name);
    } else if (initial === 'n' && !isOfAny(name, specs)) {
      const match = callsPrefix.exec(name);
      if (match !== null) (others ??= new Set()).add(match[0]);
    }
  }
  if (others === null) return drop === null ? nothing : { drop, set: {} };
  const set: Record<string, number> = {};
  for (const prefix of others) (drop ??= []).push(...leftOfCalls(prefix, counters, total, set));
  return { drop: drop as string[], set };
}

/** Whether a counter belongs to a time window that these rules don't have and has left even that. */
export function isLeftOver(name: string, specs: readonly WindowSpec[], now: number): boolean {
  if (isOfAny(name, specs)) return false;
  const match = timeCell.exec(name);
  if (match === null) return false;
  const [, bucketLength, buckets, index] = match;
  return Math.floor(now / Number(bucketLength)) - Number(index) >= Number(buckets);
}

/**
 * A window of calls is over in the way that a time window is: once its whole length has passed, in calls of the record, and
 * none of them came into it. Its newest segment as it is now is noted in a counter, whose value is the record's total then.
 * Whoever counts into that window takes the note for a counter of no cell, and drops it.
 */
function leftOfCalls(
  prefix: string,
  counters: Counters,
  total: number,
  set: Record<string, number>,
): readonly string[] {
  const { cells, strange } = rowOf({ prefix }, counters);
  const newest = cells.at(-1);
  if (newest === undefined) return strange;
  const note = `${prefix}${newest.number}:${newest.calls}`;
  const noted = counters[note];
  if (noted === undefined) {
    set[note] = total;
    return strange;
  }
  if (total - noted < Math.max(shortest, Number.parseInt(prefix.slice(1), 10))) return [];
  return Object.keys(counters).filter((name) => name.startsWith(prefix));
}

function isOfAny(name: string, specs: readonly WindowSpec[]): boolean {
  for (const { prefix } of specs) if (name.startsWith(prefix)) return true;
  return false;
}
