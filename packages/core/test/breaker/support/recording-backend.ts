import type {
  CallOptions,
  Change,
  CircuitRecord,
  Counters,
  Delta,
  Lease,
  ListOptions,
  LockOptions,
  NamedRecord,
  Reading,
  StorageBackend,
  StoreOptions,
  Unwatch,
  WatchEvent,
  WatchListener,
  WriteOptions,
} from '@circuitry/core';

export type Verb = 'retrieve' | 'apply' | 'store' | 'lock' | 'extend' | 'release' | 'delete';

/** One call that reached the store, and what it answered. */
export interface RecordedCall {
  readonly verb: Verb;
  readonly name: string;
  readonly revision?: number | null;
  readonly delta?: Delta;
  readonly next?: CircuitRecord;
  readonly ttl?: number;
  readonly expect?: Counters;
  readonly signal?: AbortSignal | undefined;
  answer?: Reading | Change;
}

/** Runs one call: by default just makes it. What fails, waits or loses answers is written as one of these. */
export type Conduct = <T>(call: RecordedCall, make: () => Promise<T>) => Promise<T>;

/** Records every call and delegates it; a test may conduct calls otherwise. It decides nothing itself. */
export class RecordingBackend implements StorageBackend {
  readonly contractVersion = 1;
  readonly calls: RecordedCall[] = [];
  conduct: Conduct = (_call, make) => make();
  /** Hands a pushed event on: by default at once. A test may keep it back. */
  deliver: (listener: WatchListener, event: WatchEvent) => void = (listener, event) => listener(event);
  readonly #inner: StorageBackend;
  declare readonly watch?: (listener: WatchListener, options?: CallOptions) => Promise<Unwatch>;

  constructor(inner: StorageBackend) {
    this.#inner = inner;
    if (inner.watch === undefined) return;
    const watch = inner.watch.bind(inner);
    this.watch = (listener, options) => watch((event) => this.deliver(listener, event), options);
  }

  /** The verbs in order of their calls. */
  get verbs(): Verb[] {
    return this.calls.map(({ verb }) => verb);
  }

  of(verb: Verb): RecordedCall[] {
    return this.calls.filter((call) => call.verb === verb);
  }

  count(verb: Verb): number {
    return this.of(verb).length;
  }

  forget(): void {
    this.calls.length = 0;
  }

  retrieve(name: string, options?: CallOptions): Promise<Reading> {
    return this.#run({ verb: 'retrieve', name, signal: options?.signal }, () => this.#inner.retrieve(name, options));
  }

  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const call: RecordedCall = { verb: 'apply', name, revision, delta, ttl: options.ttl, signal: options.signal };
    return this.#run(call, () => this.#inner.apply(name, revision, delta, options));
  }

  store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    const { ttl, expect, signal } = options;
    const call: RecordedCall = { verb: 'store', name, revision, next, ttl, signal, ...(expect && { expect }) };
    return this.#run(call, () => this.#inner.store(name, revision, next, options));
  }

  async lock(name: string, options: LockOptions): Promise<Lease> {
    const taking: RecordedCall = { verb: 'lock', name, signal: options.signal };
    const lease = await this.#run(taking, () => this.#inner.lock(name, options));
    return {
      token: lease.token,
      left: lease.left,
      extend: (ms) => this.#run({ verb: 'extend', name, ttl: ms }, () => lease.extend(ms)),
      release: () => this.#run({ verb: 'release', name }, () => lease.release()),
    };
  }

  delete(name: string, options?: CallOptions): Promise<void> {
    return this.#run({ verb: 'delete', name, signal: options?.signal }, () => this.#inner.delete(name, options));
  }

  list(options?: ListOptions): AsyncIterable<NamedRecord> {
    return this.#inner.list(options);
  }

  async #run<T>(call: RecordedCall, make: () => Promise<T>): Promise<T> {
    this.calls.push(call);
    const answer = await this.conduct(call, make);
    if (typeof answer === 'object' && answer !== null && 'record' in answer) call.answer = answer as unknown as Change;
    return answer;
  }
}
