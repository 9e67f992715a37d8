import type { Call } from '../call/call.js';
import type { Resolver } from '../circuit/resolver.js';
import type { CircuitryError } from '../errors/circuitry-error.js';
import { sameFence, type Fence } from '../machine/record/fence.js';
import type { Outcome } from '../machine/facts/outcome.js';

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
export function mayShare(one: PendingEnd, other: PendingEnd): boolean {
  return sameFence(one.fence, other.fence) && isLocalTrial(one.call) === isLocalTrial(other.call);
}

/** A trial that this process's own machine admitted: it has no ticket in the store, and must never count there. */
export function isLocalTrial(call: Call): boolean {
  return call.isTrial && call.decidedBy === 'local';
}
