import {
  StorageError,
  type CallOptions,
  type Change,
  type CircuitRecord,
  type Clock,
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

/** What the way to a store is like; shared by all doors of one fleet. */
export interface Way {
  readonly clock: Clock;
  /** ms there and back. */
  readonly latency: number;
  isDown: boolean;
  reads: number;
  writes: number;
}

/** A worker's way to the store: it takes time, it may be cut, and what passes is counted. */
export class StoreDoor implements StorageBackend {
  readonly contractVersion = 1;
  readonly #store: StorageBackend;
  readonly #way: Way;

  constructor(store: StorageBackend, way: Way) {
    this.#store = store;
    this.#way = way;
  }

  retrieve(name: string, options?: CallOptions): Promise<Reading> {
    this.#way.reads += 1;
    return this.#pass(() => this.#store.retrieve(name, options));
  }

  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    this.#way.writes += 1;
    return this.#pass(() => this.#store.apply(name, revision, delta, options));
  }

  store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    this.#way.writes += 1;
    return this.#pass(() => this.#store.store(name, revision, next, options));
  }

  delete(name: string, options?: CallOptions): Promise<void> {
    return this.#pass(() => this.#store.delete(name, options));
  }

  list(options?: ListOptions): AsyncIterable<NamedRecord> {
    return this.#store.list(options);
  }

  lock(name: string, options: LockOptions): Promise<Lease> {
    return this.#pass(() => this.#store.lock(name, options));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #pass<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    await this.#travel();
    const answer = await ask();
    await this.#travel();
    return answer;
  }

  #travel(): Promise<void> {
    const { clock, latency, isDown } = this.#way;
    if (isDown) return Promise.reject(new StorageError('The store is down, as you told it to be.'));
    if (latency === 0) return Promise.resolve();
    return new Promise((resolve) => void clock.after(latency / 2, resolve));
  }
}
