import type { CircuitRecord, Clock, StorageBackend } from '@circuitry/core';
import { isTroubled } from '@circuitry/core/backend';
import { listTroubled, noSnapshot, type Snapshot } from './troubled.js';
import { within } from '../records/within.js';

/** How long a failed listing is told before it is tried again, ms: a store that is down is not asked by every viewer. */
const restAfterFailure = 2_000;

/** What is known of one prefix: the last listing, with what was pushed since. */
export class Board {
  readonly #backend: StorageBackend;
  readonly #prefix: string;
  readonly #clock: Clock;
  /** Of the snapshot; changed in place by what is pushed, for a storm of it must not copy the map each time. */
  #records = new Map<string, CircuitRecord>();
  #snapshot: Snapshot = { ...noSnapshot, records: this.#records };
  #listedAt = -Infinity;
  #listing: Promise<Snapshot> | null = null;
  /** What was pushed while a listing was under way: it may not hold it. */
  #meanwhile: [name: string, record: CircuitRecord][] = [];
  clockAhead: number | null = null;

  constructor(backend: StorageBackend, prefix: string, clock: Clock) {
    this.#backend = backend;
    this.#prefix = prefix;
    this.#clock = clock;
  }

  get current(): Snapshot {
    return this.#snapshot;
  }

  /** The last listing if it is no older than `maxAge` ms, or a new one. */
  async fresh(maxAge: number): Promise<Snapshot> {
    const age = this.#clock.now() - this.#listedAt;
    const bound = this.#snapshot.fault === null ? maxAge : restAfterFailure;
    // Below 0 after a clock that stepped back: nobody knows how old it is.
    return age >= 0 && age < bound ? this.#snapshot : this.list();
  }

  /** Lists now; who asks meanwhile shares the answer. */
  list(): Promise<Snapshot> {
    this.#listing ??= this.#list().finally(() => (this.#listing = null));
    return this.#listing;
  }

  expire(): void {
    this.#listedAt = -Infinity;
  }

  /** Takes in what was pushed; an older record than the one known is late news. */
  take(name: string, record: CircuitRecord): void {
    if (this.#listing !== null) this.#meanwhile.push([name, record]);
    place(this.#records, name, record);
  }

  async #list(): Promise<Snapshot> {
    this.#meanwhile = [];
    const listed = await listTroubled(this.#backend, this.#prefix, this.#clock, this.#snapshot);
    this.#records = new Map(listed.records);
    for (const [name, record] of this.#meanwhile) place(this.#records, name, record);
    this.#meanwhile = [];
    this.#snapshot = { ...listed, records: this.#records };
    this.#listedAt = this.#clock.now();
    if (listed.fault === null) await this.#compareClocks();
    return this.#snapshot;
  }

  /** Any name will do: reading one that is unknown creates nothing (clause R1). */
  async #compareClocks(): Promise<void> {
    try {
      const began = this.#clock.now();
      const [known] = this.#snapshot.records.keys();
      const name = known ?? (this.#prefix === '' ? 'circuitry-dashboard' : this.#prefix);
      const { now } = await within(this.#clock, 2_000, (signal) => this.#backend.retrieve(name, { signal }));
      this.clockAhead = now === undefined ? null : Math.round(now - (began + this.#clock.now()) / 2);
    } catch {
      this.clockAhead = null;
    }
  }
}

function place(records: Map<string, CircuitRecord>, name: string, record: CircuitRecord): void {
  const known = records.get(name);
  if (known !== undefined && known.revision > record.revision) return;
  if (isTroubled(record)) records.set(name, record);
  else records.delete(name);
}
