import {
  assertName,
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
  type Unwatch,
  type WatchListener,
  type WriteOptions,
} from '@circuitry/core';
import { Befalling, type Call } from './befalling.js';
import type { FaultRates, FaultRecord, PlannedFault } from './fault.js';
import { halfOfDelta, halfOfRecord } from './half.js';
import { StoreConditions, type FaultyBackendOptions, type OutageKind } from './store-conditions.js';

/**
 * Any backend, with faults: late, lost, doubled, torn and stale answers, errors and outages, by plan or by seed.
 *
 * For tests of what is built on a backend. Each fault is one that real stores have; none is an answer that a correct
 * backend could not give, but for stale reads and torn writes, which show what a wrong one does.
 */
export class FaultyBackend implements StorageBackend {
  readonly contractVersion = 1;
  /** There where the backend has it. */
  declare watch?: NonNullable<StorageBackend['watch']>;
  readonly #backend: StorageBackend;
  readonly #conditions: StoreConditions;
  readonly #befalling: Befalling;

  /** @param shared what `connect` hands on; not for others. */
  constructor(backend: StorageBackend, options: FaultyBackendOptions = {}, shared?: StoreConditions) {
    this.#backend = backend;
    this.#conditions = shared ?? new StoreConditions(options);
    this.#befalling = new Befalling(this.#conditions);
    if (backend.watch !== undefined) this.watch = (listener, callOptions) => this.#watch(listener, callOptions);
  }

  /** Another process's handle, on `backend`, in the same conditions: an outage is one for both. */
  connect(backend: StorageBackend): FaultyBackend {
    return new FaultyBackend(backend, {}, this.#conditions);
  }

  /**
   * From now on every call is refused, or hangs until its signal is aborted, or has its effect and loses its answer, those
   * that are under way as well. Watchers hear nothing.
   */
  beginOutage(kind: OutageKind = 'refuse'): void {
    this.#conditions.outage = kind;
  }

  /** The store is back. Watchers are told that they missed some. */
  endOutage(): void {
    this.#conditions.outage = null;
    for (const listener of this.#conditions.listeners) listener({ type: 'missed' });
  }

  /** Adds one fault to the plan. Its calls are counted from now on. */
  inject(planned: PlannedFault): void {
    this.#conditions.source.add(planned);
  }

  /** From now on these chances. */
  setRates(rates: FaultRates): void {
    this.#conditions.source.setRates(rates);
  }

  /** From now on the store's clock is off by so much, in ms. */
  setClockOffset(ms: number): void {
    this.#conditions.clockOffset = ms;
  }

  /** No more faults: the plan and the chances are forgotten, an outage ends. */
  heal(): void {
    this.#conditions.source.clear();
    if (this.#conditions.outage !== null) this.endOutage();
  }

  /** Every fault that befell a call so far, oldest first. */
  get history(): readonly FaultRecord[] {
    return this.#conditions.history;
  }

  async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    const run = (): Promise<Reading> => this.#backend.retrieve(name, options);
    return this.#answer(await this.#call({ verb: 'retrieve', name, options, run }));
  }

  async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const write = (part: Delta): Promise<Change> => this.#backend.apply(name, revision, part, options);
    const half = (): Promise<Change> => write(halfOfDelta(delta));
    return this.#answer(await this.#call({ verb: 'apply', name, options, run: () => write(delta), half }));
  }

  async store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    const write = (record: CircuitRecord): Promise<Change> => this.#backend.store(name, revision, record, options);
    const half = (): Promise<Change> => write(halfOfRecord(next));
    return this.#answer(await this.#call({ verb: 'store', name, options, run: () => write(next), half }));
  }

  async lock(name: string, options: LockOptions): Promise<Lease> {
    const lease = await this.#call({ verb: 'lock', name, options, run: () => this.#backend.lock(name, options) });
    return {
      token: lease.token,
      left: lease.left,
      extend: (ms) => this.#call({ verb: 'extend', name, options: undefined, run: () => lease.extend(ms) }),
      release: () => this.#call({ verb: 'release', name, options: undefined, run: () => lease.release() }),
    };
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    return this.#call({ verb: 'delete', name, options, run: () => this.#backend.delete(name, options) });
  }

  async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    const noName = options.prefix ?? '';
    await this.#befalling.befall({ verb: 'list', name: noName, options, run: () => Promise.resolve() });
    for await (const entry of this.#backend.list(options)) {
      yield entry;
      if (this.#conditions.outage !== null)
        await this.#befalling.befall({ verb: 'list', name: noName, options, run: () => Promise.resolve() });
    }
  }

  async #watch(listener: WatchListener, options?: CallOptions): Promise<Unwatch> {
    const conditions = this.#conditions;
    const reachable: WatchListener = (event) => {
      if (conditions.outage === null) listener(event);
    };
    const unwatch = await (this.#backend.watch as NonNullable<StorageBackend['watch']>).call(
      this.#backend,
      reachable,
      options,
    );
    conditions.listeners.add(listener);
    return async () => {
      conditions.listeners.delete(listener);
      await unwatch();
    };
  }

  async close(): Promise<void> {
    await this.#backend.close?.();
  }

  async #call<T>(call: Call<T>): Promise<T> {
    assertName(call.name);
    const answer = await this.#befalling.befall(call);
    if (call.verb === 'retrieve' || call.verb === 'apply' || call.verb === 'store') {
      this.#conditions.remember(call.name, answer as Reading);
    }
    return answer;
  }

  #answer<T extends Reading>(answer: T): T {
    const { clockOffset } = this.#conditions;
    return answer.now === undefined || clockOffset === 0 ? answer : { ...answer, now: answer.now + clockOffset };
  }
}
