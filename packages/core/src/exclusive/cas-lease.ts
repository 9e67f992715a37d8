import { countdown, leaseLeft } from '../backend/lease-time.js';
import { readOptions } from '../backend/read-options.js';
import { assertName } from '../contract/name.js';
import type { CallOptions, Lease, LockOptions, Reading, StorageBackend } from '../contract/storage.js';
import { withSignal } from '../contract/with-signal.js';
import { LeaseLostError, LockTimeoutError } from '../errors/storage-errors.js';
import { momentAfter, momentOf } from '../machine/facts/moment.js';
import { stamped, unrecorded } from '../machine/record/revision.js';
import { callable, objectWith, optional, text } from '../settings/readers.js';
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

const readers = {
  clock: optional(objectWith<Clock>('now', 'after'), systemClock),
  random: optional(callable<() => number>(), Math.random),
  prefix: optional(text(), '\u0001lock:'),
};

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
 *
 * @throws InvalidSettingsError with every fault of `options`
 */
export function casLease(
  backend: Pick<StorageBackend, 'retrieve' | 'store'>,
  options: CasLeaseOptions = {},
): (name: string, options: LockOptions) => Promise<Lease> {
  const { clock, random, prefix } = readOptions(readers, options);
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
    this.#holder = `${random().toString(36)}${random().toString(36)}`;
  }

  async acquire({ lease, wait = 0, ...call }: LockOptions): Promise<Lease> {
    call.signal?.throwIfAborted();
    const leftAfter = countdown(this.#clock, wait);
    let slept = 0;
    for (let pause = shortestPause; ; pause = Math.min(longestPause, pause * 2)) {
      const found = await this.#read(call);
      const token = Math.max((found.record?.generation ?? 0) + 1, momentOf(found.now));
      const sentAt = this.#clock.now();
      if (isOver(found) && (await this.#write(found, token, lease, call))) {
        // The lease runs since the write reached the store, at the earliest since it was sent.
        const remaining = leaseLeft(lease, this.#clock.now() - sentAt);
        const taken = this.#asLease(token, remaining ?? 0);
        if (remaining !== null) return taken;
        // Another may hold it already.
        await taken.release().catch(() => {});
      }
      const left = leftAfter(slept);
      if (left <= 0) throw new LockTimeoutError(this.#name, wait);
      // Jittered before it is cut to what is left, and whole: else the last pauses would come ever closer together.
      const jittered = Math.ceil(pause * (0.5 + this.#random() / 2));
      slept = Math.max(1, Math.min(left, jittered));
      await sleep(this.#clock, slept, call.signal);
    }
  }

  #asLease(token: number, left: number): Lease {
    let isReleased = false;
    let last: Promise<void> = Promise.resolve();
    /** Moves the end; 0 ends it. One change at a time: a release must not lose against its own holder's renewal. */
    const extend = (ms: number): Promise<void> => {
      const mine = last.then(async () => {
        if (isReleased) throw new LeaseLostError(this.#name, 'it had been released');
        await this.#move(token, ms);
        isReleased = ms === 0;
      });
      last = mine.catch(() => {});
      return mine;
    };
    return { token, left, extend, release: () => extend(0) };
  }

  async #move(token: number, ms: number): Promise<void> {
    const found = await this.#read();
    // Not by its revision: an earlier change whose answer was lost moved that, and the lease is still this holder's.
    const isOwn = found.record?.by === this.#holder && found.record.generation === token;
    if (isOwn && isOver(found)) throw new LeaseLostError(this.#name, 'its time was over');
    if (!isOwn || !(await this.#write(found, token, ms)))
      throw new LeaseLostError(this.#name, 'another worker took it');
  }

  async #read(call?: CallOptions): Promise<Required<Reading>> {
    const { record, now = this.#clock.now() } = await this.#backend.retrieve(this.#key, call);
    return { record, now };
  }

  /** Makes this worker the holder for `ms` from now on; false if another stored since. */
  async #write({ record, now }: Required<Reading>, token: number, ms: number, call?: CallOptions): Promise<boolean> {
    const next = { ...unrecorded, generation: token, expiresAt: momentAfter(now, ms) };
    const stamp = { chance: this.#random(), by: this.#holder };
    const options = { ttl: ms + remembered, ...call };
    const change = await this.#backend.store(
      this.#key,
      record?.revision ?? null,
      stamped(next, record, now, stamp),
      options,
    );
    return change.applied;
  }
}

function isOver({ record, now }: Required<Reading>): boolean {
  return (record?.expiresAt ?? 0) <= now;
}

/** Resolves after `ms`, or rejects as soon as `signal` is aborted, and leaves no timer behind. */
async function sleep(clock: Clock, ms: number, signal: AbortSignal | undefined): Promise<void> {
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => (cancel = clock.after(ms, resolve)));
  try {
    await withSignal(over, signal);
  } finally {
    cancel();
  }
}
