/**
 * # The storage contract
 *
 * A backend keeps one {@link CircuitRecord} per circuit name for all workers of a fleet. It decides nothing: core says
 * what to write, and under which condition. Two kinds of write carry the whole protocol, and both stand on the
 * record's `revision`:
 *
 * - **apply** adds to counters while the revision is the expected one. It leaves the revision alone, so any number of
 *   workers apply at once, without a lock and without a retry.
 * - **store** replaces the record, and with it the revision. Of all workers that expect one revision, one wins.
 *
 * So a worker that settles a call knows from the answer whether the circuit is still the one it was admitted to, and a
 * transition (a trip, a trial round, a close, an override) happens once in the fleet.
 *
 * The clauses that members refer to (R1, A3, …) stand in `docs/storage-contract.md`, each with its reason; the
 * conformance suite in `@circuitry/testkit` checks them by number. Everything that a backend throws is one of this
 * library's errors, told apart by `code`.
 */
import type { CircuitRecord, Counters, Delta } from './record.js';

/** The version of the contract that this core speaks. */
export const contractVersion = 1;

/** A store that circuits live in. One object serves every circuit of a process, concurrently. */
export interface StorageBackend {
  /** The version of this contract that the backend was written to. The factory refuses one that it does not know. */
  readonly contractVersion: 1;

  /**
   * Reads a circuit's record; `record: null` for one that is unknown or whose ttl is over.
   *
   * *Concurrency*: linearizable (R2). It returns every write that was acknowledged before it began, by any client, and
   * never half of an {@link StorageBackend.apply} (A4).
   * *Errors*: `ERR_INVALID_NAME` before anything is sent; `ERR_CORRUPT_RECORD`, `ERR_UNSUPPORTED_RECORD`; `ERR_STORAGE`
   * when the store can't be asked within the signal's time; `ERR_CLOSED`.
   * *Clauses*: R1 R2 R3 T1 T2 N1 N2 N3 E1–E6 C1.
   * *Implementors*: ask the primary with a consistent read. Check the ttl yourself where the store deletes lazily.
   */
  retrieve(name: string, options?: CallOptions): Promise<Reading>;

  /**
   * Changes the counters named by `delta`, if and only if the record exists and has exactly `revision`.
   *
   * Answers the record as it stands afterwards, whether it was applied or not (A2): core decides trips on that answer.
   *
   * *Concurrency*: N applies from M clients add up exactly (A3), each whole (A4), in some order; none loses another.
   * *Errors*: as {@link StorageBackend.retrieve}; an `ERR_STORAGE` is `ambiguous` where the write may have happened.
   * *Clauses*: A1–A6 T3 N1 N3 E1–E6.
   * *Implementors*: one conditional update in the store. Read–change–write in the client loses counts. A client that
   * sends a request again by itself after a lost answer would count twice: turn that off, or make it idempotent.
   */
  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change>;

  /**
   * Replaces the whole record, if and only if the stored revision is `revision`; null: if there is no record.
   * With `options.expect`, each counter named there must also have that value now; a missing one counts as 0 (S4).
   *
   * *Concurrency*: of N concurrent stores with one expected revision exactly one is applied, and the losers' answers
   * hold the winner's record (S2). A lost store changes nothing, not even the ttl (S3).
   * *Errors*: as {@link StorageBackend.apply}.
   * *Clauses*: S1–S4 R3 T1 T4 N1 N3 E1–E6.
   * *Implementors*: counters that `next` lacks are gone afterwards. A record whose ttl is over counts as absent.
   */
  store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change>;

  /**
   * Takes the lock of that name, waiting up to `options.wait` ms for its holder.
   *
   * The lock has nothing to do with the record of the same name (L5). It protects work (`exclusive`), never a
   * circuit's state: a lease can be lost while its holder still believes in it, and `token` is what a protected
   * resource compares to tell a late holder from the present one.
   *
   * *Concurrency*: one holder at a time (L1), by leases that end by themselves (L2); tokens strictly increase (L3).
   * *Errors*: `ERR_LOCK_TIMEOUT` when `wait` is over; the signal's reason when it is aborted; `ERR_INVALID_NAME`,
   * `ERR_STORAGE`, `ERR_CLOSED`.
   * *Clauses*: L1–L6 L8 N1 N3 E1 E2 E4 E6. *Implementors*: `casLease` makes a correct one out of `store`. The lease runs in
   * the store from the write that took it, and its answer may come late: reckon `left` from before that write was sent,
   * and give back what comes over, or nearly over, and try again (L8).
   */
  lock(name: string, options: LockOptions): Promise<Lease>;

  /**
   * Removes the record, corrupt or not; no error where there is none (D1). The lock of that name stays.
   *
   * *Errors*: `ERR_INVALID_NAME`, `ERR_STORAGE`, `ERR_CLOSED`.
   */
  delete(name: string, options?: CallOptions): Promise<void>;

  /**
   * Yields every record that lives throughout the listing at least once, those that come or go meanwhile maybe.
   *
   * With `only: 'troubled'` it yields the records that are not closed or have an override, and no others (I3). One that
   * became so, or ceased to be, within the last 5 s may be missing or still there. Its cost grows with what it yields,
   * not with what the store holds: keep an index, and let an entry that outlived its record mend itself.
   *
   * *Concurrency*: writes go on; one record may come twice (I1). *Errors*: as {@link StorageBackend.retrieve}, from the
   * iteration; a corrupt record rejects and is never skipped. *Implementors*: read in pages, never the whole store.
   */
  list(options?: ListOptions): AsyncIterable<NamedRecord>;

  /**
   * Optional: hands `listener` every applied store of any client, one's own included (W1), until told to stop (W2).
   * After a broken connection it resumes, and tells `{ type: 'missed' }` (W3). Core needs no push to be correct: it
   * only makes a trip known sooner.
   */
  watch?(listener: WatchListener, options?: CallOptions): Promise<Unwatch>;

  /** Optional: calls in flight and later ones reject, and nothing keeps the process alive once it resolved (E6). */
  close?(): Promise<void>;
}

/** What every call takes. */
export interface CallOptions {
  /** Bounds the call: once aborted it rejects promptly, with the signal's reason or an `ERR_STORAGE` (E1, E4). */
  readonly signal?: AbortSignal;
}

/** What `apply` takes beside its arguments. */
export interface WriteOptions extends CallOptions {
  /** How long, in ms, the record must outlive this write; more than 0; Infinity: for ever (T1–T4). */
  readonly ttl: number;
}

/** What `store` takes beside its arguments. */
export interface StoreOptions extends WriteOptions {
  /** Also required: these counters have these values now; a missing one counts as 0 (S4). */
  readonly expect?: Counters;
}

/** An answer about one circuit. */
export interface Reading {
  /** The record, null for none. */
  readonly record: CircuitRecord | null;
  /** The store's own clock, ms since the epoch, where it has one (C1). Leave it out rather than give a worker's. */
  readonly now?: number;
}

/** The answer to a write. `record` is the one after the call, applied or not. */
export interface Change extends Reading {
  /** Whether this write was made; false: another revision or an unmet condition was found. */
  readonly applied: boolean;
}

/** What `lock` takes. */
export interface LockOptions extends CallOptions {
  /** How long the lease lasts unless extended, ms, more than 0. */
  readonly lease: number;
  /** How long to wait for another holder, ms. 0: try once. Default 0. */
  readonly wait?: number;
}

/** A held lock. It ends by itself: whoever works longer than the lease extends it in time. */
export interface Lease {
  /** Grows strictly from holder to holder of one name: what a protected resource compares (L3). */
  readonly token: number;
  /**
   * How much of the lease was surely left when it was handed out, ms: its length less the time since the write that took
   * it was sent. At least a third of its length (L8).
   */
  readonly left: number;
  /** Moves the end to now + `ms`. Rejects with `ERR_LEASE_LOST` once the lease is over (L4). */
  extend(ms: number): Promise<void>;
  /** Gives the lock back. Rejects with `ERR_LEASE_LOST` once the lease is over, and hurts nobody's newer one (L4). */
  release(): Promise<void>;
}

/** What `list` takes. */
export interface ListOptions extends CallOptions {
  /** Only names that begin with this. Default: all. */
  readonly prefix?: string;
  /** `'troubled'`: only circuits that are not closed or are under an override, from an index (I3). Default: all. */
  readonly only?: 'troubled';
  /** About how many records to ask the store for at a time. Default: the backend's choice. */
  readonly pageSize?: number;
}

/** One record of a listing. */
export interface NamedRecord {
  /** The circuit's name. */
  readonly name: string;
  /** As stored. */
  readonly record: CircuitRecord;
}

/** What a watcher is told: a transition, or that it may have missed some. */
export type WatchEvent =
  { readonly type: 'transition'; readonly name: string; readonly record: CircuitRecord } | { readonly type: 'missed' };

/** A watcher. It must not throw; a backend survives one that does. */
export type WatchListener = (event: WatchEvent) => void;

/** Stops one watcher. */
export type Unwatch = () => Promise<void>;
