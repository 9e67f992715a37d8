import {
  StorageError,
  type CallOptions,
  type Change,
  type CircuitRecord,
  type Delta,
  type Lease,
  type ListOptions,
  type LockOptions,
  type NamedRecord,
  type Reading,
  type StorageBackend,
  type StoreOptions,
  type WriteOptions,
} from '@circuitry/core';

/** What of the store a worker can't reach. */
export type Outage = 'nothing' | 'writes' | 'store';

/** One worker's way to the store: it can be cut, and its process can die between an outcome and the transition. */
export class WorkerLink implements StorageBackend {
  readonly contractVersion = 1;
  outage: Outage = 'nothing';
  isDead = false;
  #isToDie = false;
  #hasWritten = false;
  /** Calls that the store has not answered yet. */
  pending = 0;
  readonly #store: StorageBackend;

  constructor(store: StorageBackend) {
    this.#store = store;
  }

  /** The process dies once its next outcome is written, where it would store what follows from that. */
  die(): void {
    this.#isToDie = true;
  }

  retrieve(name: string, options?: CallOptions): Promise<Reading> {
    return this.#ask(false, () => this.#store.retrieve(name, options));
  }

  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    this.#hasWritten ||= this.#isToDie;
    return this.#ask(true, () => this.#store.apply(name, revision, delta, options));
  }

  store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    this.isDead ||= this.#isToDie && this.#hasWritten;
    return this.#ask(true, () => this.#store.store(name, revision, next, options));
  }

  lock(name: string, options: LockOptions): Promise<Lease> {
    return this.#ask(true, () => this.#store.lock(name, options));
  }

  delete(name: string, options?: CallOptions): Promise<void> {
    return this.#ask(true, () => this.#store.delete(name, options));
  }

  list(options?: ListOptions): AsyncIterable<NamedRecord> {
    return this.#store.list(options);
  }

  async close(): Promise<void> {
    await this.#store.close?.();
  }

  async #ask<T>(isWrite: boolean, call: () => Promise<T>): Promise<T> {
    // Nothing of a dead process is sent, and nothing comes back to it.
    if (this.isDead) return new Promise(() => {});
    if (this.outage === 'store' || (this.outage === 'writes' && isWrite)) {
      throw new StorageError('The scenario cut this worker off', { ambiguous: false, scope: 'store' });
    }
    this.pending += 1;
    try {
      return await call();
    } finally {
      this.pending -= 1;
    }
  }
}
