import { readOptions } from '../backend/read-options.js';
import { checkRecord } from '../contract/check-record.js';
import { copyOf, counted, meetsExpectation } from '../contract/counters.js';
import { assertName } from '../contract/name.js';
import { vouchFor } from '../contract/own-records.js';
import type { CircuitRecord, Delta } from '../contract/record.js';
import type {
  CallOptions,
  Change,
  Lease,
  ListOptions,
  LockOptions,
  NamedRecord,
  Reading,
  StorageBackend,
  StoreOptions,
  Unwatch,
  WatchListener,
  WriteOptions,
} from '../contract/storage.js';
import { ClosedError, counterOverflow, LeaseLostError, LockTimeoutError } from '../errors/storage-errors.js';
import { objectWith, optional } from '../settings/readers.js';
import { systemClock, type Clock } from '../time/clock.js';
import { MemoryStore } from './memory-store.js';

/** How a {@link MemoryBackend} is made. */
export interface MemoryBackendOptions {
  /**
   * The store's clock: it times ttls and leases, and answers carry it as `now`. Default: the system's clock times
   * them and answers carry none, so that the factory's own clock decides.
   */
  readonly clock?: Clock | undefined;
}

const readers = { clock: optional(objectWith<Clock>('now', 'after'), undefined) };

const storeOf = new WeakMap<MemoryBackend, MemoryStore>();

/**
 * Circuits in this process's memory: for tests, for one-process programs, and as the reference of the storage
 * contract, written to be read beside it.
 *
 * Each method does its whole work in one synchronous step, which is what makes it atomic and linearizable here.
 */
export class MemoryBackend implements StorageBackend {
  readonly contractVersion = 1;
  readonly #store: MemoryStore;
  readonly #givesNow: boolean;
  /**
   * What `close` calls: it ends what still watches or waits. No AbortController: an edge runtime lets none be made at a
   * module's top level, and binds one to the request that made it.
   */
  readonly #atClose = new Set<() => void>();
  #closed = false;

  /**
   * @param shared what `connect` hands on; not for others.
   * @throws InvalidSettingsError with every fault of `options`
   */
  constructor(options: MemoryBackendOptions = {}, shared?: MemoryStore) {
    const { clock } = readOptions(readers, options);
    this.#store = shared ?? new MemoryStore(clock ?? systemClock);
    this.#givesNow = clock !== undefined;
    storeOf.set(this, this.#store);
    // A class that extends this one may hand out what it likes.
    if (new.target === MemoryBackend) vouchFor(this);
  }

  /** Another process's handle on the same contents: closing one leaves the others open. */
  connect(): MemoryBackend {
    return new MemoryBackend(this.#givesNow ? { clock: this.#store.clock } : {}, this.#store);
  }

  async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    this.#refuseIfOver(options?.signal);
    const now = this.#store.clock.now();
    const record = this.#read(name, now);
    return this.#givesNow ? { record, now } : { record };
  }

  async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    this.#refuseIfOver(options.signal);
    const now = this.#store.clock.now();
    const record = this.#read(name, now);
    if (record === null || record.revision !== revision) return this.#change(record, false, now);
    const next = counted(record, delta);
    if (next === null) throw counterOverflow(name);
    this.#store.putCounted(name, next, now, options.ttl);
    return this.#givesNow ? { record: next, applied: true, now } : { record: next, applied: true };
  }

  async store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    this.#refuseIfOver(options.signal);
    const now = this.#store.clock.now();
    const record = this.#read(name, now);
    const expected = record === null ? revision === null : record.revision === revision;
    if (!expected || !meetsExpectation(record?.counters ?? {}, options.expect)) return this.#change(record, false, now);
    // A copy: what the caller does to its object afterwards must not reach the store.
    const stored = copyOf(next);
    checkRecord(name, stored);
    this.#store.put(name, stored, now, options.ttl);
    this.#store.announce({ type: 'transition', name, record: stored });
    return this.#change(stored, true, now);
  }

  async lock(name: string, options: LockOptions): Promise<Lease> {
    this.#refuseIfOver(options.signal);
    assertName(name);
    const token = this.#store.locks.tryAcquire(name, options.lease) ?? (await this.#waitForLock(name, options));
    return {
      token,
      left: options.lease,
      extend: async (ms) => this.#leaseCall(name, this.#store.locks.extend(name, token, ms)),
      release: async () => this.#leaseCall(name, this.#store.locks.release(name, token)),
    };
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    this.#refuseIfOver(options?.signal);
    assertName(name);
    this.#store.delete(name);
  }

  async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    const { prefix = '', only, signal } = options;
    this.#refuseIfOver(signal);
    for (const name of only === 'troubled' ? this.#store.troubledNames() : this.#store.names()) {
      if (!name.startsWith(prefix)) continue;
      const record = this.#read(name, this.#store.clock.now());
      if (record === null) continue;
      yield { name, record };
      // It may be long until the next one is asked for.
      this.#refuseIfOver(signal);
    }
  }

  async watch(listener: WatchListener, options?: CallOptions): Promise<Unwatch> {
    this.#refuseIfOver(options?.signal);
    const unlisten = this.#store.listen(listener);
    const unwatch = (): void => {
      this.#atClose.delete(unwatch);
      unlisten();
    };
    this.#atClose.add(unwatch);
    return async () => unwatch();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const end of [...this.#atClose]) end();
  }

  async #waitForLock(name: string, { lease, wait = 0, signal }: LockOptions): Promise<number> {
    const signals = signal === undefined ? [] : [signal];
    const token = wait > 0 ? await this.#store.locks.wait(name, lease, wait, signals, this.#atClose) : null;
    if (token !== null) return token;
    this.#refuseIfOver(signal);
    throw new LockTimeoutError(name, wait);
  }

  #leaseCall(name: string, held: boolean): void {
    this.#refuseIfOver();
    if (!held) throw new LeaseLostError(name, 'it had ended');
  }

  #refuseIfOver(signal?: AbortSignal): void {
    if (this.#closed) throw new ClosedError('This MemoryBackend');
    signal?.throwIfAborted();
  }

  /** Under a name that is none there is never a record, and nothing may be looked for. */
  #read(name: string, now: number): CircuitRecord | null {
    const record = this.#store.get(name, now);
    if (record === null) assertName(name);
    return record;
  }

  #change(record: CircuitRecord | null, applied: boolean, now: number): Change {
    return this.#givesNow ? { record, applied, now } : { record, applied };
  }
}

/** Damages a stored record, as a foreign writer or a bug would: for tests of clause E3. */
export function corruptMemoryRecord(backend: MemoryBackend, name: string, damage: object = { state: 'ajar' }): void {
  const store = storeOf.get(backend) as MemoryStore;
  store.hasDamage = true;
  const now = store.clock.now();
  store.put(name, { ...store.rawOf(name), ...damage } as CircuitRecord, now, Infinity);
}

/** How many records it keeps, with those whose time is over and that were not swept yet: for tests of clause T5. */
export function heldMemoryRecords(backend: MemoryBackend): number {
  return (storeOf.get(backend) as MemoryStore).size;
}
