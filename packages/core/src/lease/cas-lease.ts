import type { CircuitRecord } from '../contract/record.js';
import type { Lease, LockOptions, StorageBackend } from '../contract/storage.js';
import { LeaseLostError, LockTimeoutError } from '../errors/storage-errors.js';
import { assertName } from '../contract/name.js';
import { systemClock, type Clock } from '../time/clock.js';

/** How `casLease` tells time and rolls dice. */
export interface CasLeaseOptions {
  /** For backends that give no `now`, and for waiting. Default `systemClock`. */
  readonly clock?: Clock;
  /** For the pauses between tries. Default `Math.random`. */
  readonly random?: () => number;
  /** What lock records are called: a prefix that no circuit has. Default `'lock:'` behind a control character. */
  readonly prefix?: string;
}

/** The shortest and longest pause between two tries of a waiting caller, ms. */
const shortestPause = 10;
const longestPause = 500;
/** How long a lock's record outlives its lease, ms: its tokens must not start again. */
const remembered = 7 * 86_400_000;

/**
 * A correct `lock` out of a backend's own `retrieve` and `store`, for backends whose store has no lock.
 *
 * The lock is a record of its own, under a name of its own: `expiresAt` is the lease's end, `generation` the fencing
 * token, `by` the holder. Taking, extending and releasing are compare-and-set. The record stays when it is released,
 * so that tokens go on; it is forgotten a week after its last use.
 *
 * Without a store's clock, leases are compared by the callers' clocks: they must agree to well within a lease. The lock's
 * own name counts too: with the default prefix a name may have up to 1,018 bytes.
 */
export function casLease(
  backend: Pick<StorageBackend, 'retrieve' | 'store'>,
  options: CasLeaseOptions = {},
): (name: string, options: LockOptions) => Promise<Lease> {
  const { clock = systemClock, random = Math.random, prefix = '\u0001lock:' } = options;
  return async (name, lockOptions) => {
    assertName(name);
    const lock = new CasLock(backend, `${prefix}${name}`, name, clock, random);
    return lock.acquire(lockOptions);
  };
}

class CasLock {
  readonly #backend: Pick<StorageBackend, 'retrieve' | 'store'>;
  readonly #key: string;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #holder: string;
  /** The fencing token while the lease is held; null before and after. */
  #token: number | null = null;
  /** The last change that was asked for: the next one waits for it. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    backend: Pick<StorageBackend, 'retrieve' | 'store'>,
    key: string,
    name: string,
    clock: Clock,
    random: () => number,
  ) {
    this.#backend = backend;
    this.#key = key;
    this.#name = name;
    this.#clock = clock;
    this.#random = random;
    this.#holder = `${Math.floor(random() * 2 ** 48).toString(36)}${Math.floor(random() * 2 ** 48).toString(36)}`;
  }

  async acquire(options: LockOptions): Promise<Lease> {
    const { lease, wait = 0, signal } = options;
    const begun = this.#clock.now();
    const call = signal === undefined ? {} : { signal };
    for (let tries = 0; ; tries += 1) {
      if (signal?.aborted === true) throw signal.reason;
      const { record, now = this.#clock.now() } = await this.#backend.retrieve(this.#key, call);
      if (record === null || (record.expiresAt ?? 0) <= now) {
        const change = await this.#store(record, now + lease, lease, call);
        if (change.applied) return this.#asLease(change.record as CircuitRecord);
      }
      const left = begun + wait - this.#clock.now();
      if (left <= 0) throw new LockTimeoutError(this.#name, wait);
      const pause = Math.min(longestPause, shortestPause * 2 ** Math.min(tries, 10));
      // Jittered before it is cut to what is left, and whole: else the last pauses would come ever closer together.
      const jittered = Math.ceil(pause * (0.5 + this.#random() / 2));
      await this.#pause(Math.max(1, Math.min(left, jittered)), signal);
    }
  }

  #asLease(record: CircuitRecord): Lease {
    this.#token = record.generation;
    return {
      token: record.generation,
      extend: (ms) => this.#inTurn(() => this.#move(ms)),
      release: () => this.#inTurn(() => this.#move(0)),
    };
  }

  /** One change at a time: a release must not lose against its own holder's renewal. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(change);
    this.#last = mine.catch(() => {});
    return mine;
  }

  /** Moves the end of the held lease; 0 ends it. */
  async #move(ms: number): Promise<void> {
    if (this.#token === null) throw new LeaseLostError(this.#name, 'it had been released');
    const { record, now = this.#clock.now() } = await this.#backend.retrieve(this.#key);
    // Not by its revision: an earlier change whose answer was lost moved that, and the lease is still this holder's.
    const isOwn = record?.by === this.#holder && record.generation === this.#token;
    if (!isOwn) throw new LeaseLostError(this.#name, 'another worker took it');
    if ((record.expiresAt ?? 0) <= now) throw new LeaseLostError(this.#name, 'its time was over');
    const change = await this.#store(record, now + ms, ms, {}, record.generation);
    if (!change.applied) throw new LeaseLostError(this.#name, 'another worker took it');
    if (ms === 0) this.#token = null;
  }

  #store(
    before: CircuitRecord | null,
    endsAt: number,
    ms: number,
    call: { signal?: AbortSignal },
    token?: number,
  ): ReturnType<StorageBackend['store']> {
    const next: CircuitRecord = {
      revision: Math.max(
        (before?.revision ?? 0) + 1,
        Math.floor(this.#clock.now()) * 1_024 + Math.floor(this.#random() * 1_024),
      ),
      state: 'closed',
      generation: token ?? Math.max((before?.generation ?? 0) + 1, Math.floor(this.#clock.now())),
      openings: 0,
      since: 0,
      expiresAt: Math.floor(endsAt),
      override: null,
      by: this.#holder,
      counters: {},
    };
    return this.#backend.store(this.#key, before?.revision ?? null, next, { ttl: ms + remembered, ...call });
  }

  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const stop = (): void => {
        cancel();
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const cancel = this.#clock.after(ms, stop);
      signal?.addEventListener('abort', stop);
      // It may have been aborted while the backend was asked; the loop looks at it again.
      if (signal?.aborted === true) stop();
    });
  }
}
