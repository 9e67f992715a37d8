import {
  applyDelta,
  assertName,
  type CallOptions,
  type Change,
  checkRecord,
  type CircuitRecord,
  ClosedError,
  CorruptRecordError,
  type Counters,
  type Delta,
  type Lease,
  LeaseLostError,
  type ListOptions,
  type LockOptions,
  LockTimeoutError,
  meetsExpectation,
  type NamedRecord,
  type Reading,
  type StorageBackend,
  StorageError,
  type StoreOptions,
  type Unwatch,
  type WatchListener,
  type WriteOptions,
} from '@circuitry/core';
import { isTroubled } from '@circuitry/core/backend';
import type { Entry, Server } from './server.js';

export type Verb = 'retrieve' | 'apply' | 'store' | 'lock' | 'lease' | 'delete' | 'list';

/**
 * A small correct backend over a {@link Server}, in steps that a mutant can spoil one at a time.
 *
 * Each call travels to the server, has its effect in one synchronous step, and travels back.
 */
export class ReferenceBackend implements StorageBackend {
  readonly contractVersion = 1;
  protected readonly server: Server;
  protected closed = false;
  readonly #unwatches = new Set<() => void>();

  constructor(server: Server) {
    this.server = server;
  }

  async retrieve(name: string, options?: CallOptions): Promise<Reading> {
    return this.send('retrieve', name, options, () => this.reading(this.read(name, 'retrieve')));
  }

  async apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    return this.send('apply', name, options, () => this.applyNow(name, revision, delta, options));
  }

  async store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    return this.send('store', name, options, () => this.storeNow(name, revision, next, options));
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    return this.send('delete', name, options, () => this.deleteNow(name));
  }

  async lock(name: string, options: LockOptions): Promise<Lease> {
    const { lease, wait = this.defaultWait(), signal } = options;
    const giveUpAt = this.server.now() + wait;
    for (;;) {
      const sentAt = this.server.now();
      const taken = await this.send('lock', name, options, () => this.tryLock(name, lease));
      if (taken !== null) {
        const left = this.left(lease, sentAt);
        if (left * 3 >= lease) return { ...taken, left };
        // It came late: it may be another's already.
        await taken.release().catch(() => 'it was over');
      }
      if (this.server.now() >= giveUpAt) throw new LockTimeoutError(name, wait);
      await this.server.pause(5);
      this.refuseIfOver(signal);
    }
  }

  async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    const { prefix = '', only, pageSize = 50, signal } = options;
    for await (const page of this.pages(pageSize, signal)) {
      for (const key of page) {
        const name = this.nameOf(key);
        if (name === null || !this.matches(name, prefix)) continue;
        const record = this.read(name, 'list');
        if (record === null || (only === 'troubled' && !this.isInTrouble(name, record))) continue;
        yield { name, record };
      }
    }
  }

  protected isInTrouble(_name: string, record: CircuitRecord): boolean {
    return isTroubled(record);
  }

  async watch(listener: WatchListener): Promise<Unwatch> {
    this.refuseIfOver(undefined);
    const own: WatchListener = (event) => listener(event);
    this.server.listeners.add(own);
    const unwatch = (): void => void this.server.listeners.delete(own);
    this.#unwatches.add(unwatch);
    return async () => unwatch();
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const unwatch of this.#unwatches) unwatch();
  }

  /** What is surely left of a lease that was asked for then. */
  protected left(lease: number, sentAt: number): number {
    return lease - (this.server.now() - sentAt);
  }

  protected applyNow(name: string, revision: number, delta: Delta, options: WriteOptions): Change {
    const record = this.read(name, 'apply');
    if (record === null || !this.sameRevision('apply', record.revision, revision))
      return this.lost(name, record, options);
    const next = { ...record, counters: this.changed(record.counters, delta) };
    this.write(name, next, options.ttl, 'apply');
    return this.change(true, next);
  }

  protected storeNow(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Change {
    const record = this.read(name, 'store');
    const expected =
      record === null ? revision === null : revision !== null && this.sameRevision('store', record.revision, revision);
    if (!expected || !this.meets(record, options.expect)) return this.lost(name, record, options, next);
    this.write(name, next, options.ttl, 'store');
    this.announce(name, next);
    return this.change(true, next);
  }

  protected deleteNow(name: string): void {
    this.server.entries.delete(this.key(name));
  }

  protected lost(_name: string, record: CircuitRecord | null, _options: StoreOptions, _next?: CircuitRecord): Change {
    return this.change(false, record);
  }

  protected announce(name: string, record: CircuitRecord): void {
    this.server.tell({ type: 'transition', name, record });
  }

  protected changed(counters: Counters, delta: Delta): Counters {
    return applyDelta(counters, delta);
  }

  protected sameRevision(_verb: 'apply' | 'store', stored: number, given: number): boolean {
    return stored === given;
  }

  protected meets(record: CircuitRecord | null, expect: Counters | undefined): boolean {
    return meetsExpectation(record?.counters ?? {}, expect);
  }

  protected read(name: string, verb: Verb): CircuitRecord | null {
    const entry = this.server.entries.get(this.key(name));
    return entry === undefined || !this.lives(entry, verb) ? null : this.decode(name, entry.text);
  }

  protected write(name: string, record: CircuitRecord, ttl: number, _verb: 'apply' | 'store'): void {
    this.server.entries.set(this.key(name), { text: this.encode(record), endsAt: this.endOf(ttl, name, record) });
  }

  protected lives(entry: Entry, _verb: Verb): boolean {
    return this.server.now() < entry.endsAt;
  }

  protected endOf(ttl: number, _name: string, _record: CircuitRecord): number {
    return this.server.now() + ttl;
  }

  protected encode(record: CircuitRecord): string {
    return JSON.stringify(record);
  }

  protected decode(name: string, text: string): CircuitRecord {
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch (error) {
      throw new CorruptRecordError(name, 'record', 'is no JSON', { cause: error });
    }
    checkRecord(name, record);
    return record;
  }

  protected key(name: string): string {
    return name;
  }

  /** Null for a key that is no record's. */
  protected nameOf(key: string): string | null {
    return key;
  }

  protected matches(name: string, prefix: string): boolean {
    return name.startsWith(prefix);
  }

  protected async *pages(size: number, signal: AbortSignal | undefined): AsyncGenerator<readonly string[]> {
    let page: string[] = [];
    await this.send('list', 'list', { ...(signal && { signal }) }, () => undefined);
    for (const key of this.server.entries.keys()) {
      page.push(key);
      if (page.length < size) continue;
      yield page;
      page = [];
      await this.send('list', 'list', { ...(signal && { signal }) }, () => undefined);
    }
    yield page;
  }

  protected defaultWait(): number {
    return 0;
  }

  protected lockKey(name: string): string {
    return name;
  }

  protected tryLock(name: string, lease: number): Omit<Lease, 'left'> | null {
    const key = this.lockKey(name);
    const held = this.server.holdings.get(key);
    if (held !== undefined && this.isHeld(held.endsAt)) return null;
    return this.take(name, key, lease);
  }

  protected take(name: string, key: string, lease: number): Omit<Lease, 'left'> {
    const owner = {};
    const token = this.nextToken(name);
    this.server.holdings.set(key, { owner, token, endsAt: this.server.now() + lease });
    return {
      token,
      extend: (ms) => this.send('lease', name, undefined, () => this.extendNow(name, owner, ms)),
      release: () => this.send('lease', name, undefined, () => this.releaseNow(name, owner)),
    };
  }

  protected isHeld(endsAt: number): boolean {
    return this.server.now() < endsAt;
  }

  protected nextToken(name: string): number {
    const token = (this.server.tokens.get(name) ?? 0) + 1;
    this.server.tokens.set(name, token);
    return token;
  }

  protected extendNow(name: string, owner: object, ms: number): void {
    const held = this.server.holdings.get(this.lockKey(name));
    if (held?.owner !== owner || !this.isHeld(held.endsAt)) throw new LeaseLostError(name, 'its time was over');
    held.endsAt = this.server.now() + ms;
  }

  protected releaseNow(name: string, owner: object): void {
    const held = this.server.holdings.get(this.lockKey(name));
    if (held?.owner !== owner || !this.isHeld(held.endsAt)) throw new LeaseLostError(name, 'its time was over');
    this.server.holdings.delete(this.lockKey(name));
  }

  /** There, the effect, and back. A call that is on its way when the store goes down has its effect and no answer. */
  protected async send<T>(verb: Verb, name: string, options: CallOptions | undefined, effect: () => T): Promise<T> {
    this.checkName(name);
    this.refuseBefore(options?.signal);
    if (this.server.down) return this.unreachable(verb, name, options);
    await this.travel();
    const answer = effect();
    this.server.requests += 1;
    await this.travel();
    if (this.server.down || this.server.losing) throw this.noAnswer(verb, name);
    return answer;
  }

  /** One way to the server, or back. */
  protected async travel(): Promise<void> {
    await Promise.resolve();
  }

  protected checkName(name: string): void {
    assertName(name);
  }

  protected async unreachable<T>(verb: Verb, name: string, options: CallOptions | undefined): Promise<T> {
    while (this.server.hangs && this.server.down) {
      await this.server.pause(20);
      this.refuseIfOver(undefined);
      if (options?.signal?.aborted !== true) continue;
      const why = `${verb} of ${JSON.stringify(name)} got no answer in time.`;
      throw new StorageError(why, { cause: options.signal.reason, ambiguous: true });
    }
    const cause = new Error('connect ECONNREFUSED');
    throw new StorageError(`${verb} of ${JSON.stringify(name)} failed: the store can't be reached.`, { cause });
  }

  protected noAnswer(verb: Verb, name: string): StorageError {
    const cause = new Error('read ECONNRESET');
    return new StorageError(`${verb} of ${JSON.stringify(name)} got no answer.`, { cause, ambiguous: true });
  }

  protected refuseBefore(signal: AbortSignal | undefined): void {
    this.refuseIfOver(signal);
  }

  protected refuseIfOver(signal: AbortSignal | undefined): void {
    if (this.closed || this.server.gone) throw new ClosedError('This backend');
    if (signal?.aborted === true) throw signal.reason;
  }

  protected reading(record: CircuitRecord | null): Reading {
    return { record, ...this.time() };
  }

  protected change(applied: boolean, record: CircuitRecord | null): Change {
    return { applied, record, ...this.time() };
  }

  protected time(): { readonly now?: number } {
    return { now: this.server.now() };
  }
}
