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
  type WriteOptions,
} from '@circuitry/core';
import { PendingCalls, vouchFor } from '@circuitry/core/backend';
import { ClientCheck } from './client/client-check.js';
import { Circuits } from './circuit/circuits.js';
import { listAll } from './listing/listing.js';
import { listTroubled } from './listing/troubled.js';
import type { WritesParts } from './circuit/writes.js';
import { Keys } from './record/key.js';
import { Locks } from './lock/locks.js';
import { parseOptions, type DynamoDBBackendOptions } from './options/backend-options.js';
import { CapacityMeter, type CapacityUse } from './requests/capacity.js';
import { Requests } from './requests/requests.js';
import { ServerTime } from './time/server-time.js';

/**
 * Circuits in a DynamoDB table: one item per circuit, one request per call.
 *
 * A write that meets a damaged item is taken back, by one request more. Table, permissions, costs and what DynamoDB can't give (a clock, push) are in docs/dynamodb.md. It holds no timer and
 * no connection of its own, so a process may be frozen between any two calls.
 */
export class DynamoDBBackend implements StorageBackend {
  readonly contractVersion = 1;
  readonly #parts: WritesParts;
  readonly #circuits: Circuits;
  readonly #locks: Locks;
  readonly #calls: PendingCalls;
  readonly #time: ServerTime;
  readonly #meter: CapacityMeter;
  readonly #troubledIndex: string | null;

  /** @throws InvalidSettingsError that lists every fault of the options */
  constructor(options: DynamoDBBackendOptions) {
    const settings = parseOptions(options);
    const { client, tableName, ttlAttribute, clock, serverTime, capacityCircuits } = settings;
    const keys = new Keys(settings);
    const calls = (this.#calls = new PendingCalls('This DynamoDBBackend', clock));
    const time = (this.#time = new ServerTime(clock, serverTime));
    const meter = (this.#meter = new CapacityMeter(capacityCircuits));
    const requests = new Requests({ client, tableName, clock, time, meter, check: new ClientCheck(settings) });
    this.#parts = { requests, keys, calls, clock, time, ttlAttribute };
    this.#troubledIndex = settings.troubledIndex;
    this.#circuits = new Circuits(this.#parts);
    this.#locks = new Locks(this.#parts);
    if (new.target === DynamoDBBackend) vouchFor(this);
  }

  /** One consistent read. */
  async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    assertName(name);
    const record = await this.#calls.run(options?.signal, (signal) => this.#circuits.retrieve({ name, signal }));
    return { record, ...this.#now() };
  }

  /**
   * One conditional update. Never sent twice: where its answer is lost, the error is `ambiguous`.
   *
   * A delta of some 45 counters or more does not fit one request's expressions: it costs a read and a put, and more if
   * others apply meanwhile.
   */
  async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    assertName(name);
    const { applied, record } = await this.#calls.run(options.signal, (signal) =>
      this.#circuits.apply({ name, signal }, revision, delta, options.ttl),
    );
    return { applied, record, ...this.#now() };
  }

  /**
   * One conditional put. Never sent twice: where its answer is lost, the error is `ambiguous`.
   *
   * Where `expect` names more counters than a condition expression takes (some 50 to 120), a read comes before it.
   */
  async store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    assertName(name);
    const { applied, record } = await this.#calls.run(options.signal, (signal) =>
      this.#circuits.store({ name, signal }, revision, next, options),
    );
    return { applied, record, ...this.#now() };
  }

  /** One conditional update of the lock's own item; while another holds it, consistent reads in growing pauses. */
  async lock(name: string, options: LockOptions): Promise<Lease> {
    assertName(name);
    return this.#calls.run(options.signal, (signal) => this.#locks.acquire(name, options, signal));
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    assertName(name);
    await this.#calls.run(options?.signal, (signal) => this.#circuits.delete({ name, signal }));
  }

  /**
   * Consistent scans of the whole table, in pages of `pageSize` items (default: DynamoDB's, 1 MB): for operators, not for
   * a hot path. In a shared table it reads, and DynamoDB charges, everybody's items.
   *
   * With `only: 'troubled'` it asks the index for keys, and reads the items of those (pages of at most 100).
   */
  async *list({ prefix = '', pageSize, signal, only }: ListOptions = {}): AsyncGenerator<NamedRecord> {
    this.#calls.begin(signal);
    const listing = { prefix, pageSize, signal };
    const pages =
      only === 'troubled' ? listTroubled(this.#parts, this.#troubledIndex, listing) : listAll(this.#parts, listing);
    for await (const page of pages) {
      for (const entry of page) {
        yield entry;
        this.#calls.begin(signal);
      }
    }
  }

  /**
   * What this object's requests have cost so far, in total or for one circuit.
   *
   * The total counts everything; of circuits, the `capacityCircuits` used last are told apart, the others read as zeros.
   */
  capacity(name?: string): CapacityUse {
    return this.#meter.read(name);
  }

  /** Ends calls under way with `ERR_CLOSED` and refuses later ones. The client stays open: it is its maker's. */
  async close(): Promise<void> {
    await this.#calls.close();
  }

  #now(): { readonly now?: number } {
    const now = this.#time.storeNow();
    return now === undefined ? {} : { now };
  }
}
