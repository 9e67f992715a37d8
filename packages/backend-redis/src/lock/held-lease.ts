import { LeaseLostError, type Clock, type Lease } from '@circuitry/core';
import type { PendingCalls } from '@circuitry/core/backend';
import { outOfTime } from '../connection/storage-failure.js';
import { within } from '../time/within.js';
import type { Holding, LockKeeper } from './lock-keeper.js';

/** What a lease needs of those who gave it. */
export interface LeaseContext {
  readonly name: string;
  readonly keeper: LockKeeper;
  readonly calls: PendingCalls;
  readonly clock: Clock;
}

/** When a lock taken or extended at `start` for `ms` must be taken to be over: 1 % earlier for clocks that run at different speeds, and 2 ms. */
function endOf(start: number, ms: number): number {
  return start + ms - Math.round(ms * 0.01) - 2;
}

/** A duration as Redis takes it: whole ms. */
export function wholeMs(ms: number): number {
  if (!(ms > 0)) throw new RangeError(`A lease must be more than 0 ms long; this one is ${ms}.`);
  return Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER);
}

/** A lock that this process holds, until its time is over. */
export class HeldLease implements Lease {
  readonly token: number;
  readonly left: number;
  readonly #context: LeaseContext;
  readonly #held: Holding;
  /** By this process's clock, ms since the epoch, inclusive; a little before the servers' end. */
  #endsAt: number;
  /** What it was taken or extended for last, ms. */
  #length: number;
  #over = false;
  /** One call at a time: the answers of two could come in either order. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(held: Holding, ms: number, context: LeaseContext) {
    this.token = held.token;
    this.#held = held;
    this.#endsAt = endOf(held.start, ms);
    this.#length = ms;
    this.#context = context;
    this.left = this.#endsAt - context.clock.now();
  }

  extend(ms: number): Promise<void> {
    return this.#inTurn(async () => {
      const { keeper, name, clock } = this.#context;
      this.#assertHeld();
      const start = clock.now();
      const duration = wholeMs(ms);
      const verb = 'extend the lease on';
      await this.#ask(verb, keeper.extend(name, this.#held, duration, { verb, name, writes: true }));
      this.#endsAt = endOf(start, duration);
      this.#length = duration;
    });
  }

  release(): Promise<void> {
    return this.#inTurn(async () => {
      const { keeper, name } = this.#context;
      const verb = 'release the lease on';
      try {
        this.#assertHeld();
      } catch (lost) {
        // The servers' own end may still be some ms away: let the next one in. It takes away this holder's lock only.
        if (!this.#over) keeper.release(name, this.#held, { verb, name, writes: true }).catch(() => {});
        this.#over = true;
        throw lost;
      }
      await this.#ask(verb, keeper.release(name, this.#held, { verb, name, writes: true }));
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

  /** Waits for the answer, but no longer than the lease: after that it is lost, whatever the answer, or the clock, says. */
  async #ask(verb: string, answering: Promise<boolean>): Promise<void> {
    const { name, clock } = this.#context;
    const isHeld = await within(answering, clock, Math.min(this.#length, this.#endsAt - clock.now()));
    if (isHeld === true) return;
    this.#over = true;
    if (isHeld === null) throw new LeaseLostError(name, `Redis did not answer in time to ${verb} it`);
    throw new LeaseLostError(name, 'Redis holds it no more, or for another');
  }
}
