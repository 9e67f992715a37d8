import { LeaseLostError, type Clock, type Lease } from '@circuitry/core';
import type { PendingCalls } from '@circuitry/core/backend';
import type { ServerTime } from '../time/server-time.js';
import type { StoredLock } from './read-lock.js';

/** A lock that was just taken, and what keeping it takes. */
export interface Held {
  readonly name: string;
  readonly lock: StoredLock;
  /** How long it was taken for, ms, and what is surely left of that. */
  readonly length: number;
  readonly left: number;
  readonly calls: PendingCalls;
  readonly clock: Clock;
  readonly time: ServerTime;
  /** A read, for the time that its answer says. */
  readonly look: (signal: AbortSignal) => Promise<unknown>;
  /** Moves the end, both by DynamoDB's time, ms; the lock as it stands where it is no longer ours. */
  readonly moveEnd: (now: number, endsAt: number, signal: AbortSignal) => Promise<'ours' | StoredLock | null>;
}

/** A lease: its end is moved by one conditional update, which must be answered before it. */
export class HeldLease implements Lease {
  readonly token: number;
  readonly left: number;
  readonly #held: Held;
  /** By DynamoDB's time, ms: when it was last taken or extended, and for how long. */
  #from: number;
  #length: number;
  #released = false;

  constructor(held: Held) {
    this.token = held.lock.token;
    this.left = held.left;
    this.#held = held;
    this.#length = held.length;
    this.#from = held.lock.endsAt - held.length;
  }

  async extend(ms: number): Promise<void> {
    const length = leaseLength(ms);
    await this.#inTime(async (signal) => {
      await this.#askForTime(signal);
      // A second time where the first one's answer says that it was sent by a wrong clock.
      if (!(await this.#extend(length, signal))) await this.#extend(length, signal);
    });
  }

  async release(): Promise<void> {
    await this.#inTime(async (signal) => {
      await this.#askForTime(signal);
      await this.#move(this.#held.time.now(), 0, signal);
    });
    this.#released = true;
  }

  /** Answers whether the end is where it was meant to be. */
  async #extend(length: number, signal: AbortSignal): Promise<boolean> {
    const { time, look } = this.#held;
    const { correction } = time;
    const now = time.now();
    await this.#move(now, now + length, signal);
    this.#from = now;
    this.#length = length;
    if (time.isInDoubt) await look(signal);
    return !time.changedSince(correction);
  }

  async #move(now: number, endsAt: number, signal: AbortSignal): Promise<void> {
    const { name, lock, moveEnd } = this.#held;
    const found = await moveEnd(now, endsAt, signal);
    if (found === 'ours') return;
    const isOver = found === null || found.owner === lock.owner;
    throw new LeaseLostError(name, isOver ? 'its time was over' : 'another holds it');
  }

  /** What is left of it, ms; null: it is over, or a clock was set. */
  #leftNow(): number | null {
    const passed = this.#held.time.now() - this.#from;
    return passed >= 0 && passed < this.#length ? this.#length - passed : null;
  }

  /** A lease that seems to be over, or not to have begun: only an answer tells whether a clock was set. */
  async #askForTime(signal: AbortSignal): Promise<void> {
    if (this.#leftNow() === null) await this.#held.look(signal);
  }

  /** Once the lease is over it is lost, whatever answer is still to come. */
  async #inTime(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { name, calls, clock } = this.#held;
    if (this.#released) throw new LeaseLostError(name, 'it was released');
    const over = new AbortController();
    const end = (): void => over.abort(new LeaseLostError(name, 'DynamoDB did not answer before its time was over'));
    const cancel = clock.after(this.#leftNow() ?? this.#length, end, { background: true });
    try {
      await calls.run(over.signal, work);
    } catch (error) {
      throw over.signal.aborted ? over.signal.reason : error;
    } finally {
      cancel();
    }
  }
}

/** The longest that a lease is taken for, ms: what is longer ends when nobody is left to care. */
const longest = 2 ** 52;

/** @throws RangeError for what is no length of a lease */
export function leaseLength(ms: number): number {
  if (!(ms > 0)) throw new RangeError(`A lease must be more than 0 ms long; this one is ${ms}.`);
  return Math.min(ms, longest);
}
