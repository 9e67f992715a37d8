import { checkRecord } from '../contract/check-record.js';
import type { CircuitRecord } from '../contract/record.js';
import type { WatchEvent, WatchListener } from '../contract/storage.js';
import { isTroubled } from '../contract/troubled.js';
import type { Clock } from '../time/clock.js';
import { MemoryLocks } from './memory-locks.js';

interface Entry {
  /** As it was stored; a test may have damaged it. */
  readonly record: CircuitRecord;
  /** From when on it is absent, ms by the store's clock; Infinity: never. */
  readonly endsAt: number;
}

/** Every so many writes, twice as many entries are looked at for ones whose time is over: memory stays bounded without a timer. */
const sweepEvery = 32;

/** What all handles of one {@link MemoryBackend} share: the "server". */
export class MemoryStore {
  readonly clock: Clock;
  readonly locks: MemoryLocks;
  /** Whether a test has damaged records: then each is checked when it is read. */
  hasDamage = false;
  readonly #entries = new Map<string, Entry>();
  /** Names of troubled records (clause I3); one whose record's time is over goes when it is met. */
  readonly #troubled = new Set<string>();
  readonly #listeners = new Set<WatchListener>();
  #writes = 0;
  #sweep: Iterator<[string, Entry]> = this.#entries.entries();

  constructor(clock: Clock) {
    this.clock = clock;
    this.locks = new MemoryLocks(clock);
  }

  /** The record, unless its time is over (clause T2). Reading makes nothing (R1). */
  get(name: string, now: number): CircuitRecord | null {
    const entry = this.#entries.get(name);
    if (entry === undefined || now >= entry.endsAt) return null;
    // What was stored through `put` is whole; only a test damages it.
    if (this.hasDamage) checkRecord(name, entry.record);
    return entry.record;
  }

  /** As it lies there, whole or not, over or not. */
  rawOf(name: string): CircuitRecord | undefined {
    return this.#entries.get(name)?.record;
  }

  put(name: string, record: CircuitRecord, now: number, ttl: number): void {
    if (isTroubled(record)) this.#troubled.add(name);
    else if (this.#troubled.size > 0) this.#troubled.delete(name);
    this.putCounted(name, record, now, ttl);
  }

  /** A record of which nothing but the counters is another than before. */
  putCounted(name: string, record: CircuitRecord, now: number, ttl: number): void {
    this.#entries.set(name, { record, endsAt: now + ttl });
    this.#writes += 1;
    if (this.#writes % sweepEvery === 0) this.#sweepSome(now);
  }

  delete(name: string): void {
    this.#forget(name);
  }

  /** How many entries it keeps, those whose time is over included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Names in order of first appearance. A Map's iterator stays valid, and complete, while writes go on (clause I1). */
  names(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Names of the circuits that are not closed or are under an override, maybe with some that were. */
  troubledNames(): IterableIterator<string> {
    return this.#troubled.values();
  }

  /** Adds a watcher; the answer removes it. */
  listen(listener: WatchListener): () => void {
    // Its own object, so that one listener added twice is two watchers.
    const own: WatchListener = (event) => listener(event);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** Tells the watchers, each in a turn of its own: a slow or throwing one must not reach into the writer's call. */
  announce(event: WatchEvent): void {
    for (const listener of this.#listeners) {
      void Promise.resolve()
        .then(() => {
          if (this.#listeners.has(listener)) listener(event);
        })
        .catch(() => {
          // A watcher that throws is its owner's fault; the store goes on (WatchListener).
        });
    }
  }

  #sweepSome(now: number): void {
    for (let looked = 0; looked < 2 * sweepEvery; looked += 1) {
      const step = this.#sweep.next();
      if (step.done === true) {
        this.#sweep = this.#entries.entries();
        return;
      }
      if (step.value[1].endsAt <= now) this.#forget(step.value[0]);
    }
  }

  #forget(name: string): void {
    this.#entries.delete(name);
    this.#troubled.delete(name);
  }
}
