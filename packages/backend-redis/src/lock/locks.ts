import { LockTimeoutError, type Clock, type Lease, type LockOptions } from '@circuitry/core';
import { countdown, leaseLeft, type PendingCalls } from '@circuitry/core/backend';
import { noAnswer, outOfTime, tooLate, type Attempt } from '../connection/storage-failure.js';
import { within } from '../time/within.js';
import { HeldLease, wholeMs } from './held-lease.js';
import type { LockKeeper } from './lock-keeper.js';

/** The pauses between tries to get a lock that another holds, ms: each the double of the one before, up to the longest. */
const pauses = { first: 10, longest: 200 } as const;

/** How many locks that came too late make it the caller's problem. */
const mostLate = 3;

/** What {@link Locks} is made of. */
export interface LocksOptions {
  readonly keeper: LockKeeper;
  readonly calls: PendingCalls;
  readonly clock: Clock;
}

/** Leases by name: waiting, signals, and what comes too late. Who holds a lock is the keeper's to say. */
export class Locks {
  readonly #options: LocksOptions;

  constructor(options: LocksOptions) {
    this.#options = options;
  }

  /** Clauses L1–L6, L8. */
  async acquire(name: string, options: LockOptions): Promise<Lease> {
    const { lease, wait = 0, signal } = options;
    const { clock, calls } = this.#options;
    const duration = wholeMs(lease);
    const leftAfter = countdown(clock, wait);
    let slept = 0;
    let pause: number = pauses.first;
    let answered = false;
    for (let late = 0; ;) {
      const outcome = await this.#try(name, duration, signal, answered);
      if (outcome instanceof HeldLease) return outcome;
      if (outcome === 'late') {
        // Nobody is known to hold it, so there is nothing to wait for; and no answer either, were this the last try.
        late += 1;
        if (late === mostLate) throw tooLate({ verb: 'lock', name, writes: true }, duration);
      } else {
        answered = true;
        const left = leftAfter(slept);
        if (!(left > 0)) throw new LockTimeoutError(name, wait);
        // Spread, so that waiters who began together don't keep colliding.
        slept = Math.min(left, pause * (0.5 + Math.random() / 2));
        await this.#sleep(slept, signal);
        pause = Math.min(2 * pause, pauses.longest);
      }
      calls.begin(signal);
    }
  }

  /**
   * One try. A lock that comes too late for its caller is given back.
   *
   * Once the store has `answered` a try, a signal only ends the waiting; before that the store may be down.
   */
  async #try(
    name: string,
    duration: number,
    signal: AbortSignal | undefined,
    answered: boolean,
  ): Promise<HeldLease | 'held' | 'late'> {
    const { calls, clock } = this.#options;
    const attempt = { verb: 'lock', name, writes: true };
    let isWanted = true;
    const taking = this.#take(name, duration, attempt, () => isWanted);
    try {
      const onAbort = (reason: unknown): unknown => (answered ? reason : outOfTime(reason, attempt));
      const patience = patienceFor(duration);
      const outcome = await calls.track(within(taking, clock, patience), signal, { onAbort });
      if (outcome === null) throw noAnswer(attempt, patience);
      return outcome;
    } catch (error) {
      isWanted = false;
      taking.catch(() => {});
      throw error;
    }
  }

  async #take(
    name: string,
    duration: number,
    attempt: Attempt,
    isWanted: () => boolean,
  ): Promise<HeldLease | 'held' | 'late'> {
    const { keeper, calls, clock } = this.#options;
    const held = await keeper.take(name, duration, attempt);
    if (held === 'held' || held === 'late') return held;
    const lease = new HeldLease(held, duration, { name, keeper, calls, clock });
    if (isWanted() && leaseLeft(duration, clock.now() - held.start, lease.left) !== null) return lease;
    // Before the next try, which would find this one's lock.
    await within(keeper.release(name, held, attempt), clock, duration).catch(() => {});
    return 'late';
  }

  /** Rejects with the signal's reason: nothing is under way that could fail otherwise. */
  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, calls } = this.#options;
    let cancel = (): void => {};
    const timer = new Promise<void>((resolve) => (cancel = clock.after(ms, resolve)));
    return calls.track(timer, signal, { onAbort: (reason) => reason }).finally(() => cancel());
  }
}

/** How long a try may take at all, ms: the time to connect is not the lease's, but a server that hangs must not hold the caller. */
function patienceFor(duration: number): number {
  return 5_000 + 3 * duration;
}
