import { LeaseLostError, type Clock, type Lease } from '@circuitry/core';
import type { Lock } from 'redlock';
import type { PendingCalls } from '@circuitry/core/backend';
import { within, type Ballot } from './redlock-votes.js';
import { outOfTime, storageFailure } from './storage-failure.js';

/** What a lease needs of those who gave it. */
export interface LeaseContext {
  readonly name: string;
  readonly newBallot: () => Ballot;
  /** Lets the next one in, without waiting for it. */
  readonly giveBack: (lock: Lock) => void;
  readonly calls: PendingCalls;
  readonly clock: Clock;
}

/** When a lock taken or extended at `start` for `ms` must be taken to be over: 1 % earlier for clocks that run at different speeds, and 2 ms. */
export function endOf(start: number, ms: number): number {
  return start + ms - Math.round(ms * 0.01) - 2;
}

/** A duration as redlock and Redis take it: whole ms. */
export function wholeMs(ms: number): number {
  if (!(ms > 0)) throw new RangeError(`A lease must be more than 0 ms long; this one is ${ms}.`);
  return Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER);
}

/** A lock that this process holds, until its time is over. */
export class HeldLease implements Lease {
  readonly token: number;
  readonly left: number;
  readonly #context: LeaseContext;
  #lock: Lock;
  /** By this process's clock, ms since the epoch, inclusive; a little before the servers' end. */
  #endsAt: number;
  #over = false;
  /** redlock invalidates a lock object when it extends it: one call at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(token: number, lock: Lock, endsAt: number, context: LeaseContext) {
    this.token = token;
    this.#lock = lock;
    this.#endsAt = endsAt;
    this.#context = context;
    this.left = endsAt - context.clock.now();
  }

  extend(ms: number): Promise<void> {
    return this.#inTurn(async () => {
      const { clock } = this.#context;
      this.#assertHeld();
      const start = clock.now();
      const duration = wholeMs(ms);
      const extended = await this.#ask('extend the lease on', (redlock) => redlock.extend(this.#lock, duration));
      this.#lock = extended;
      this.#endsAt = endOf(start, duration);
    });
  }

  release(): Promise<void> {
    return this.#inTurn(async () => {
      try {
        this.#assertHeld();
      } catch (lost) {
        // The servers' own end may still be some ms away: let the next one in. It removes this lock's value only.
        if (!this.#over) this.#context.giveBack(this.#lock);
        this.#over = true;
        throw lost;
      }
      await this.#ask('release the lease on', (redlock) => redlock.release(this.#lock));
      this.#over = true;
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const { calls, name } = this.#context;
    const mine = this.#turn.then(() => {
      calls.begin(undefined);
      return work();
    });
    this.#turn = mine.catch(() => {});
    const attempt = { verb: 'keep the lease on', name, writes: true };
    return calls.track(mine, undefined, { onAbort: (reason) => outOfTime(reason, attempt) });
  }

  #assertHeld(): void {
    const { name, clock } = this.#context;
    if (this.#over) throw new LeaseLostError(name, 'it was released, or lost before');
    if (clock.now() >= this.#endsAt) throw new LeaseLostError(name, 'its time was over before it was extended');
  }

  /** Waits for redlock, but no longer than the lease: after that it is lost, whatever the answer. */
  async #ask<T>(verb: string, work: (redlock: Ballot['redlock']) => Promise<T>): Promise<T> {
    const { name, clock, newBallot } = this.#context;
    const ballot = newBallot();
    let answer: T | null;
    try {
      answer = await within(work(ballot.redlock), clock, this.#endsAt - clock.now());
    } catch (error) {
      const why = ballot.whyRefused(error);
      if (why !== 'held') throw storageFailure(why, { verb, name, writes: true });
      this.#over = true;
      throw new LeaseLostError(name, 'Redis holds it no more, or for another', { cause: error });
    }
    if (answer !== null) return answer;
    this.#over = true;
    throw new LeaseLostError(name, `Redis did not answer in time to ${verb} it`);
  }
}
