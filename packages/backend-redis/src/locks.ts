import { LockTimeoutError, type Clock, type Lease, type LockOptions } from '@circuitry/core';
import type { Lock } from 'redlock';
import { endOf, HeldLease, wholeMs, type LeaseContext } from './held-lease.js';
import type { KeyNames } from './key-names.js';
import type { PendingCalls } from '@circuitry/core/backend';
import { Ballot, within } from './redlock-votes.js';
import { runScript, type RedisClient } from './script-runner.js';
import { fenceScript } from './scripts/embedded.js';
import { outOfTime, storageFailure, tooLate, type Attempt } from './storage-failure.js';

/** How long a token counter outlives its lock, ms: long enough for a late holder to be told apart. */
const fenceKept = 7 * 24 * 3_600_000;

/** The pauses between tries to get a lock that another holds, ms: each the double of the one before, up to the longest. */
const pauses = { first: 10, longest: 200 } as const;

/** How many locks that came after their time make it the caller's problem. */
const mostLate = 3;

/** What a try came to: `'held'` by another; `'late'`: it came after the time of its lease was over. */
type Outcome = HeldLease | 'held' | 'late';

/** What {@link Locks} is made of. */
export interface LocksOptions {
  readonly keys: KeyNames;
  readonly calls: PendingCalls;
  readonly clock: Clock;
  /** Where the token counters live, and the locks unless there are `clients`. */
  readonly client: RedisClient;
  /** Independent servers, an odd number; null: the locks live where the circuits live. */
  readonly clients: readonly RedisClient[] | null;
  /** Runs one command once there is a connection; its failure comes as one of this library's errors. */
  readonly run: <T>(attempt: Attempt, work: () => Promise<T>) => Promise<T>;
}

/**
 * Leases by name, through redlock, each with a fencing token.
 *
 * redlock decides who holds a lock; waiting, signals, deadlines and what an error means are decided here, because
 * redlock has no signal, retries what can't succeed, and never settles while most servers hang.
 */
export class Locks {
  readonly #options: LocksOptions;

  constructor(options: LocksOptions) {
    this.#options = options;
  }

  /** Clauses L1–L6. */
  async acquire(name: string, options: LockOptions): Promise<Lease> {
    const { lease, wait = 0, signal } = options;
    const { clock, calls } = this.#options;
    const duration = wholeMs(lease);
    const until = clock.now() + wait;
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
        const left = until - clock.now();
        if (!(left > 0)) throw new LockTimeoutError(name, wait);
        // Spread, so that waiters who began together don't keep colliding.
        await this.#sleep(Math.min(left, pause * (0.5 + Math.random() / 2)), signal);
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
  async #try(name: string, duration: number, signal: AbortSignal | undefined, answered: boolean): Promise<Outcome> {
    const { calls } = this.#options;
    let wanted = true;
    const attempt = { verb: 'lock', name, writes: true };
    const work = this.#takeLock(name, duration).then((outcome) => {
      if (outcome instanceof HeldLease && !wanted) outcome.release().catch(() => {});
      return outcome;
    });
    try {
      const onAbort = (reason: unknown): unknown => (answered ? reason : outOfTime(reason, attempt));
      return await calls.track(work, signal, { onAbort });
    } catch (error) {
      wanted = false;
      throw error;
    }
  }

  async #takeLock(name: string, duration: number): Promise<Outcome> {
    const { keys, clock, run, calls } = this.#options;
    const attempt = { verb: 'lock', name, writes: true };
    let start = clock.now();
    const lock = await run(attempt, async () => {
      // From here, not from the call: what it took to connect is not the lock's time.
      start = clock.now();
      return this.#acquireInTime(keys.lock(name), duration, attempt);
    });
    if (typeof lock === 'string') return lock;
    const endsAt = endOf(start, duration);
    const token = await within(this.#tokenFor(name, lock, duration, attempt), clock, endsAt - clock.now());
    // Only a token drawn while the lock was held is greater than those of all earlier holders (L3).
    if (token === null || clock.now() >= endsAt) {
      await within(this.#giveBack(lock), clock, duration);
      return 'late';
    }
    const giveBack = (given: Lock): void => void this.#giveBack(given);
    const context: LeaseContext = { name, newBallot: () => this.#newBallot(), giveBack, calls, clock };
    return new HeldLease(token, lock, endsAt, context);
  }

  /** A lock that took longer than its lease to get is over, and is given back when it comes. */
  async #acquireInTime(key: string, duration: number, attempt: Attempt): Promise<Lock | 'held' | 'late'> {
    const { clock } = this.#options;
    const acquiring = this.#acquireOnce(key, duration, attempt);
    const inTime = await within(acquiring, clock, duration);
    if (inTime !== null) return inTime;
    const givenBack = acquiring.then((late) =>
      late === 'held' ? late : this.#giveBack(late).then(() => 'late' as const),
    );
    // The next try would find this one's lock, so it waits for its end; servers that hang have had their time.
    const outcome = await within(givenBack, clock, mostLate * duration);
    if (outcome !== null) return outcome;
    givenBack.catch(() => {});
    throw tooLate(attempt, duration);
  }

  async #acquireOnce(key: string, duration: number, attempt: Attempt): Promise<Lock | 'held'> {
    const ballot = this.#newBallot();
    try {
      return await ballot.redlock.acquire([key], duration);
    } catch (error) {
      const why = ballot.whyRefused(error);
      if (why === 'held') return why;
      throw storageFailure(why, attempt);
    }
  }

  async #giveBack(lock: Lock): Promise<void> {
    await this.#newBallot()
      .redlock.release(lock)
      .catch(() => {});
  }

  #newBallot(): Ballot {
    const { clients, client } = this.#options;
    return new Ballot(clients ?? [client]);
  }

  async #tokenFor(name: string, lock: Lock, duration: number, attempt: Attempt): Promise<number | null> {
    const { keys, client, clients, run } = this.#options;
    const holder = clients === null ? lock.value : '';
    const args = [holder, String(Math.min(duration + fenceKept, Number.MAX_SAFE_INTEGER))];
    const reply = await run(attempt, () => runScript(client, fenceScript, [keys.fence(name), keys.lock(name)], args));
    const token = Number(reply);
    return reply === '' || !Number.isSafeInteger(token) ? null : token;
  }

  /** Rejects with the signal's reason: nothing is under way that could fail otherwise. */
  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock, calls } = this.#options;
    let cancel = (): void => {};
    const timer = new Promise<void>((resolve) => (cancel = clock.after(ms, resolve)));
    return calls.track(timer, signal, { onAbort: (reason) => reason }).finally(() => cancel());
  }
}
