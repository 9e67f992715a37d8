import type { Call } from '../call/call.js';
import type { Verdict } from '../call/classifier.js';
import { HostPromise } from '../circuit/resolver.js';
import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Draft } from '../machine/counting/draft.js';
import type { Outcome, OutcomeTotals } from '../machine/facts/outcome.js';
import { sameFence, type Fence } from '../machine/record/fence.js';

/** Something to do in the async context of the call whose end it is, before that hears how its report ended. */
export type Errand = (tell: (reported: Reported) => void) => void;

/** How a report ended: with what kept the outcome from the store, null: nothing did; or with an errand first. */
export type Reported = CircuitryError | null | Errand;

/** How a call ended. */
export interface Ended {
  readonly verdict: Verdict;
  readonly slow: boolean;
  /** When, ms by the store's clock; 0 where nothing asks. */
  readonly at: number;
  /** What the work threw; undefined: nothing. */
  readonly error: unknown;
}

/** An outcome on its way to the store. */
export interface PendingEnd extends Outcome {
  readonly call: Call;
  readonly fence: Fence;
  /** What the work threw; undefined: nothing. */
  readonly error: unknown;
  /** Tells whoever waits for it. */
  tell: (reported: Reported) => void;
}

/** Does something in the async context of the end's own call, and then has whatever waits for the end wait on. */
export function inContextOf(end: PendingEnd, task: () => void): void {
  end.tell((next) => {
    end.tell = next;
    task();
  });
}

/**
 * Runs the errands of a report, here, in the async context of whoever awaits it.
 *
 * @returns what kept the outcome from the store; null: nothing did
 */
export async function errandsDone(first: Reported): Promise<CircuitryError | null> {
  let reported = first;
  while (typeof reported === 'function') reported = await new HostPromise(reported);
  return reported;
}

/** Successes merged in memory until the next flush. */
export interface SuccessBuffer {
  readonly fence: Fence;
  /** The record that they were admitted by. */
  readonly record: CircuitRecord | null;
  readonly draft: Draft;
  /** Whether it goes with the next write; one that is not waits for its time, or for an end that is sent at once. */
  readonly isDue: boolean;
}

/** Outcomes of one fence that share a write: some of the ends that wait, behind the successes that waited in memory. */
export interface Batch {
  readonly fence: Fence;
  /** The record that admitted the first of them. */
  readonly record: CircuitRecord | null;
  /** All ends of the circuit, in their order of arrival. */
  readonly ends: readonly PendingEnd[];
  /** Its own are those from this place on … */
  readonly from: number;
  /** … and before this one. */
  readonly to: number;
  /** Successes that came before its ends and waited; null: none did. The ends are merged into it once. */
  readonly buffered: SuccessBuffer | null;
  /** How many of its ends were merged into that already; null: none yet. */
  readonly merged: number | null;
}

/**
 * Where a batch ends that begins at `from`: before the first end that can't share its write.
 *
 * Behind successes that waited only failures may follow the first end. What waited is merged onto an older record, and never
 * again: it can't tell when failures seen since make the next one trip. So no success may come behind that would hide them.
 */
export function batchEnd(ends: readonly PendingEnd[], from: number, buffered: SuccessBuffer | null): number {
  const first = ends[from];
  if (first === undefined) return from;
  if (buffered !== null && (!sameFence(buffered.fence, first.fence) || isLocalTrial(first.call))) return from;
  let to = from + 1;
  for (; to < ends.length; to += 1) {
    const end = ends[to] as PendingEnd;
    if (!mayShare(end, first) || (buffered !== null && end.kind === 'success')) break;
  }
  return to;
}

/** Whether two ends may share a write: of one fence, and both trials of this process's own machine, or neither. */
function mayShare(one: PendingEnd, other: PendingEnd): boolean {
  const isOfOne = one.fence === other.fence || sameFence(one.fence, other.fence);
  return isOfOne && isLocalTrial(one.call) === isLocalTrial(other.call);
}

/** A trial that this process's own machine admitted: it has no ticket in the store, and must never count there. */
export function isLocalTrial({ isTrial, decidedBy }: Call): boolean {
  return isTrial && decidedBy === 'local';
}

/** What a batch holds: for the totals, should it never reach the store. */
export function totalsOf({ ends, from, to, buffered, merged }: Batch): OutcomeTotals {
  const totals = { failures: 0, successes: 0, ignored: 0, slow: 0, ...buffered?.draft.totals };
  for (let place = from + (merged ?? 0); place < to; place += 1) {
    const { kind, slow } = ends[place] as PendingEnd;
    if (kind === 'failure') totals.failures += 1;
    else if (kind === 'success') totals.successes += 1;
    else totals.ignored += 1;
    if (slow) totals.slow += 1;
  }
  return totals;
}

/** How many successes of a batch only waited in memory, and are nobody's end. */
export function waitedIn({ ends, from, buffered, merged }: Batch): number {
  if (buffered === null) return 0;
  const own = ends.slice(from, from + (merged ?? 0)).filter(({ kind }) => kind === 'success');
  return buffered.draft.totals.successes - own.length;
}
