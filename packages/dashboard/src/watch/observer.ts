import type { CircuitRecord, Clock, StorageBackend, Unwatch, WatchEvent } from '@circuitry/core';
import type { Health } from '../protocol/answers.js';
import type { Seen } from '../protocol/circuit.js';
import { changesBetween } from './changes.js';
import { Board } from './board.js';
import { Timeline } from './timeline.js';
import { seenOf } from '../records/view.js';
import { within } from '../records/within.js';
import type { Snapshot } from './troubled.js';

/** Hears of changes among the circuits of its prefix; `missed`: there may have been others. */
export type ChangeListener = (changes: readonly Seen[], missed: boolean) => void;

/** How often troubled circuits are listed for those who follow, where the store does not push, ms. */
const pollEvery = 5_000;
/** Where it does: only to mend what a push may have missed. */
const mendEvery = 30_000;
/** How long after the last look the panel goes on watching, ms. */
const linger = 300_000;
/** How soon a watch that could not begin is tried again, ms. */
const retryAfter = 10_000;
/** The most prefixes that are remembered beside those that somebody follows: each is a viewer's own. */
const mostBoards = 50;

interface Follower {
  readonly prefix: string;
  readonly listener: ChangeListener;
}

/**
 * What the panel knows of the store, once for all who look: one watch, and one listing at a time for each prefix, however
 * many pages are open. It begins with the first look and ends some minutes after the last.
 */
export class StoreObserver {
  readonly #backend: StorageBackend;
  readonly #clock: Clock;
  readonly #boards = new Map<string, Board>();
  readonly #followers = new Set<Follower>();
  readonly #timeline: Timeline = new Timeline();
  #push: Health['push'];
  #unwatch: Unwatch | null = null;
  #watching: Promise<void> | null = null;
  #triedAt = -Infinity;
  #lastLook = -Infinity;
  #news = 0;
  #stopTick: (() => void) | null = null;
  #isClosed = false;

  constructor(backend: StorageBackend, clock: Clock) {
    this.#backend = backend;
    this.#clock = clock;
    this.#push = backend.watch === undefined ? 'polled' : 'lost';
  }

  /** How changes come in. */
  get push(): Health['push'] {
    return this.#push;
  }

  /** Since when transitions are seen, ms since the epoch; null: nobody looks. */
  get watchedSince(): number | null {
    return this.#timeline.since;
  }

  /** The troubled circuits of a prefix, at most some seconds old. */
  async troubled(prefix: string): Promise<Snapshot> {
    await this.#look();
    const board = this.#boardOf(prefix);
    return board.fresh(this.#push === 'pushed' ? mendEvery : pollEvery);
  }

  /** Another number: an act was done, or changes may have been missed. What was read before may be old. */
  get news(): number {
    return this.#news;
  }

  /** As {@link news}, of one circuit: also after each of its transitions that was seen. */
  newsOf(name: string): number {
    return this.#news + this.#timeline.of(name).length;
  }

  /** Lists again at the next look: an act was just done. */
  touch(prefix: string): void {
    this.#news += 1;
    this.#boards.get(prefix)?.expire();
  }

  /** The store's clock less this process's, ms, as last seen. */
  clockAhead(prefix: string): number | null {
    return this.#boards.get(prefix)?.clockAhead ?? null;
  }

  /** The transitions of one circuit that were seen, newest first. */
  seen(name: string): readonly Seen[] {
    return this.#timeline.of(name);
  }

  /** Adds a follower; the answer removes it. */
  async follow(prefix: string, listener: ChangeListener): Promise<() => void> {
    const follower = { prefix, listener };
    this.#followers.add(follower);
    await this.#look();
    return () => void this.#followers.delete(follower);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#followers.clear();
    await this.#rest();
  }

  async #look(): Promise<void> {
    this.#lastLook = this.#clock.now();
    if (this.#isClosed) return;
    this.#timeline.begin(this.#lastLook);
    if (this.#stopTick === null) this.#tick();
    if (this.#backend.watch === undefined || this.#unwatch !== null) return;
    const sinceTry = this.#lastLook - this.#triedAt;
    if (this.#watching !== null || (sinceTry >= 0 && sinceTry < retryAfter)) return this.#watching ?? undefined;
    this.#triedAt = this.#lastLook;
    this.#watching = this.#beginWatch(this.#backend.watch.bind(this.#backend));
    await this.#watching;
  }

  async #beginWatch(watch: NonNullable<StorageBackend['watch']>): Promise<void> {
    try {
      const unwatch = await within(this.#clock, pollEvery, (signal) => watch(this.#onEvent, { signal }));
      if (this.#isClosed) return await unwatch();
      this.#unwatch = unwatch;
      this.#push = 'pushed';
    } catch {
      // Listings go on, and say what is wrong with the store. The next look tries again.
      this.#push = 'lost';
    } finally {
      this.#watching = null;
    }
  }

  readonly #onEvent = (event: WatchEvent): void => {
    if (event.type === 'missed') {
      this.#news += 1;
      for (const board of this.#boards.values()) board.expire();
      for (const { listener } of this.#followers) listener([], true);
      return;
    }
    this.#note(event.name, event.record);
  };

  #note(name: string, record: CircuitRecord): void {
    const seen = seenOf(name, record, this.#clock.now());
    for (const [prefix, board] of this.#boards) if (name.startsWith(prefix)) board.take(name, record);
    this.#timeline.add(seen);
    for (const { prefix, listener } of this.#followers) if (name.startsWith(prefix)) listener([seen], false);
  }

  #boardOf(prefix: string): Board {
    const board = this.#boards.get(prefix) ?? new Board(this.#backend, prefix, this.#clock);
    // Last in the map: looked at last.
    this.#boards.delete(prefix);
    this.#boards.set(prefix, board);
    if (this.#boards.size > mostBoards) this.#forgetOldest();
    return board;
  }

  /** Of those that nobody follows: a follower is told what changed since the listing before. */
  #forgetOldest(): void {
    const followed = new Set([...this.#followers].map((each) => each.prefix));
    const [oldest = '', ...others] = [...this.#boards.keys()].filter((prefix) => !followed.has(prefix));
    if (others.length >= mostBoards) this.#boards.delete(oldest);
  }

  #tick(): void {
    this.#stopTick = this.#clock.after(pollEvery, () => void this.#onTick(), { background: true });
  }

  async #onTick(): Promise<void> {
    const isIdle = this.#followers.size === 0 && this.#clock.now() - this.#lastLook >= linger;
    if (isIdle || this.#isClosed) return this.#rest();
    if (this.#push !== 'pushed') await this.#poll();
    if (this.#followers.size > 0) await this.#look();
    if (!this.#isClosed) this.#tick();
  }

  /** Tells followers what changed since the listing before. */
  async #poll(): Promise<void> {
    for (const prefix of new Set([...this.#followers].map((each) => each.prefix))) {
      const board = this.#boardOf(prefix);
      const before = board.current;
      const after = await board.list();
      if (before.asOf === null || after.fault !== null) continue;
      const changes = changesBetween(before, after, this.#clock.now());
      if (changes.length === 0) continue;
      for (const each of changes) this.#timeline.add(each);
      for (const follower of this.#followers) if (follower.prefix === prefix) follower.listener(changes, false);
    }
  }

  async #rest(): Promise<void> {
    this.#stopTick?.();
    this.#stopTick = null;
    this.#boards.clear();
    this.#timeline.end();
    const unwatch = this.#unwatch;
    this.#unwatch = null;
    this.#triedAt = -Infinity;
    if (unwatch === null) return;
    this.#push = 'lost';
    // A store that is down can't be told; nothing listens any more.
    await unwatch().catch(() => {});
  }
}
