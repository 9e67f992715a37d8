import type { Call } from '../call/call.js';
import type { Resolver } from '../circuit/resolver.js';
import type { CircuitRecord } from '../contract/record.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import type { Draft } from '../machine/counting/draft.js';
import type { Outcome, OutcomeTotals } from '../machine/facts/outcome.js';
import { sameFence, type Fence } from '../machine/record/fence.js';

/** Something to do in the async context of the call whose end it is, before that hears how its report ended. */
export type Errand = (to: Resolver<Reported>) => void;

/** How a report ended: with what kept the outcome from the store, null: nothing did; or with an errand first. */
export type Reported = CircuitryError | null | Errand;

/** An outcome on its way to the store. */
export interface PendingEnd extends Outcome {
  readonly call: Call;
  readonly fence: Fence;
  /** What the work threw; undefined: nothing. */
  readonly error: unknown;
  /** Who waits for it. */
  to: Resolver<Reported>;
}

/** Does something in the async context of the end's own call, and then has whatever waits for the end wait on. */
export function inContextOf(end: PendingEnd, task: () => void): void {
  end.to.resolve((next) => {
    end.to = next;
    task();
  });
}

/** Outcomes of one circuit in their order of arrival. Taking from the front costs nothing, however many wait. */
export class EndQueue {
  #ends: PendingEnd[] = [];
  /** Where the front is. */
  #head = 0;

  get length(): number {
    return this.#ends.length - this.#head;
  }

  push(end: PendingEnd): void {
    this.#ends.push(end);
  }

  /** The end at a place from the front; undefined: so many there are not. */
  at(place: number): PendingEnd | undefined {
    return this.#ends[this.#head + place];
  }

  /** Takes one from the front. */
  shift(): PendingEnd {
    const end = this.#ends[this.#head] as PendingEnd;
    this.#head += 1;
    if (this.#head === this.#ends.length) {
      this.#ends.length = 0;
      this.#head = 0;
    } else if (this.#head > 1_024 && this.#head * 2 > this.#ends.length) {
      this.#ends = this.#ends.slice(this.#head);
      this.#head = 0;
    }
    return end;
  }
}

/** Whether two ends may share a write: of one fence, and both trials of this process's own machine, or neither. */
function mayShare(one: PendingEnd, other: PendingEnd): boolean {
  return sameFence(one.fence, other.fence) && isLocalTrial(one.call) === isLocalTrial(other.call);
}

/** A trial that this process's own machine admitted: it has no ticket in the store, and must never count there. */
function isLocalTrial(call: Call): boolean {
  return call.isTrial && call.decidedBy === 'local';
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

/**
 * Outcomes of one fence that share a write: the first ends of a queue, behind the successes that waited in memory.
 *
 * Its ends stay in the queue until they are where they belong, so what a cut leaves over keeps its place.
 */
export class Batch {
  readonly fence: Fence;
  /** The record that admitted the first of them. */
  readonly record: CircuitRecord | null;
  /** Successes that came before the ends and waited; null: none did. The ends are merged into it once. */
  readonly buffered: Draft | null;
  /** Whether its ends are trials of this process's own machine. */
  readonly isLocalTrial: boolean;
  /** How many ends were merged into `buffered`; null: none yet. */
  merged: number | null = null;
  readonly #queue: EndQueue;
  readonly #first: PendingEnd | null;
  /** How many ends were waiting when it was made: those that came later are another's. */
  #left: number;

  constructor(
    queue: EndQueue,
    first: PendingEnd | null,
    buffer: SuccessBuffer | null,
    left: number = first === null ? 0 : queue.length,
  ) {
    const source = first === null ? (buffer as SuccessBuffer) : { fence: first.fence, record: first.call.record };
    this.fence = source.fence;
    this.record = source.record;
    this.buffered = buffer === null ? null : buffer.draft;
    this.isLocalTrial = first !== null && isLocalTrial(first.call);
    this.#queue = queue;
    this.#first = first;
    this.#left = left;
  }

  /** The end at a place, if it may share this write; null: the batch ends before it. */
  at(place: number): PendingEnd | null {
    if (place >= this.#left) return null;
    const end = this.#queue.at(place);
    if (end === undefined || (end !== this.#first && !mayShare(end, this.#first as PendingEnd))) return null;
    // What waited is merged onto an older record, and never again: it can't tell when failures seen since make the next
    // one trip. So no success may come behind it that would hide them.
    return this.buffered !== null && place > 0 && end.kind === 'success' ? null : end;
  }

  /** Takes one end off the queue: it is where it belongs. */
  shift(): PendingEnd {
    this.#left -= 1;
    return this.#queue.shift();
  }

  /** Those of its ends that were not taken yet, by themselves. */
  rest(): Batch {
    return new Batch(this.#queue, this.at(0), null, this.#left);
  }

  /** What it holds: for the totals, should it never reach the store. */
  totals(): OutcomeTotals {
    const totals = { failures: 0, successes: 0, ignored: 0, slow: 0, ...this.buffered?.totals };
    for (let place = this.merged ?? 0; ; place += 1) {
      const end = this.at(place);
      if (end === null) return totals;
      if (end.kind === 'failure') totals.failures += 1;
      else if (end.kind === 'success') totals.successes += 1;
      else totals.ignored += 1;
      if (end.slow) totals.slow += 1;
    }
  }

  /** How many successes only waited in memory, and are nobody's end. */
  get waited(): number {
    let merged = 0;
    for (let place = 0; place < (this.merged ?? 0); place += 1)
      if (this.#queue.at(place)?.kind === 'success') merged += 1;
    return (this.buffered?.totals.successes ?? 0) - merged;
  }
}

/** Takes what goes next; null: nothing does. */
export function nextBatch(queue: EndQueue, buffer: SuccessBuffer | null): Batch | null {
  const first = queue.at(0) ?? null;
  if (first === null) return buffer?.isDue === true ? new Batch(queue, null, buffer) : null;
  if (buffer === null) return new Batch(queue, first, null);
  const joins = sameFence(buffer.fence, first.fence) && !isLocalTrial(first.call);
  return new Batch(queue, joins ? first : null, buffer);
}
