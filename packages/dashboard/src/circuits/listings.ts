import { StorageError, type Clock, type NamedRecord, type StorageBackend } from '@circuitry/core';
import { SharedReads } from '../records/shared-reads.js';

/** How many listings are kept open at once, for those who may turn the page. */
const mostListings = 32;
/** How long an open one waits for its next page, ms. */
const idleFor = 120_000;
/** How long a page may take before it is shown as far as it came, ms. */
const budget = 200;
/** How long a listing may find nothing before it is given up, ms: a rare prefix takes a walk through the whole store. */
const patience = 60_000;

/** A part of a walk through the store. */
export interface Walk {
  readonly records: readonly NamedRecord[];
  /** Where to go on; null: it is over. */
  readonly next: string | null;
  /** False: its time was over before it was full. */
  readonly isFull: boolean;
}

interface Listing {
  readonly owner: string;
  readonly iterator: AsyncIterator<NamedRecord>;
  readonly controller: AbortController;
  /** The step that is under way: a page that ran out of time leaves it to the next one. */
  step: Promise<IteratorResult<NamedRecord>> | null;
  /** When that step began, ms since the epoch. */
  stepBegan: number;
  /** When its last page was given, ms since the epoch. */
  usedAt: number;
}

/**
 * Walks through the circuits of a prefix, a page at a time.
 *
 * A listing has no order and no place to come back to, so an open one is kept for its next page. One that is gone, by
 * time or because another process is asked, answers null: the page begins again. Who asks for the same page within a second
 * gets the same, with the same next one.
 */
export class Listings {
  readonly #backend: StorageBackend;
  readonly #clock: Clock;
  readonly #open = new Map<string, Listing>();
  readonly #firstPages: SharedReads<Walk>;
  readonly #nextPages: SharedReads<Walk | null>;

  constructor(backend: StorageBackend, clock: Clock) {
    this.#backend = backend;
    this.#clock = clock;
    this.#firstPages = new SharedReads(clock);
    this.#nextPages = new SharedReads(clock);
  }

  /**
   * @param owner the viewer's own prefix: who goes on must have the same
   * @param news as SharedReads has it
   */
  begin(prefix: string, size: number, owner: string, news: number): Promise<Walk> {
    return this.#firstPages.get(JSON.stringify([owner, prefix]), news, () => this.#begin(prefix, size, owner));
  }

  /** A cursor of somebody who sees other circuits opens nothing. */
  resume(cursor: string, size: number, owner: string): Promise<Walk | null> {
    return this.#nextPages.get(JSON.stringify([owner, cursor]), 0, () => this.#resume(cursor, size, owner));
  }

  /** Ends them all. */
  close(): void {
    for (const cursor of this.#open.keys()) this.#end(cursor);
  }

  #begin(prefix: string, size: number, owner: string): Promise<Walk> {
    // What is read beyond the page is thrown away mostly; only who searches for the few walks past many.
    const pageSize = prefix === owner ? size : 10 * size;
    const controller = new AbortController();
    const iterator = this.#backend.list({ prefix, pageSize, signal: controller.signal })[Symbol.asyncIterator]();
    return this.#page({ owner, iterator, controller, step: null, stepBegan: 0, usedAt: 0 }, size);
  }

  async #resume(cursor: string, size: number, owner: string): Promise<Walk | null> {
    const listing = this.#open.get(cursor);
    if (listing === undefined || listing.owner !== owner) return null;
    this.#open.delete(cursor);
    return this.#page(listing, size);
  }

  async #page(listing: Listing, size: number): Promise<Walk> {
    const records: NamedRecord[] = [];
    const bound = new Bound(this.#clock, budget);
    if (listing.step !== null && this.#clock.now() - listing.stepBegan > patience) {
      listing.controller.abort(
        new StorageError('The listing found nothing for a minute, and was given up. Search for more of the name.'),
      );
    }
    try {
      while (records.length < size) {
        if (listing.step === null) {
          listing.step = listing.iterator.next();
          listing.stepBegan = this.#clock.now();
        }
        const step = await bound.race(listing.step);
        if (step === null) return { records, next: this.#keep(listing), isFull: false };
        listing.step = null;
        if (step.done === true) return { records, next: null, isFull: true };
        records.push(step.value);
      }
      return { records, next: this.#keep(listing), isFull: true };
    } finally {
      bound.stop();
    }
  }

  #keep(listing: Listing): string {
    listing.usedAt = this.#clock.now();
    // It may fail before anybody asks for it again, who is told then.
    listing.step?.catch(() => {});
    const cursor = crypto.randomUUID();
    this.#open.set(cursor, listing);
    for (const [other, { usedAt }] of this.#open) {
      if (this.#open.size > mostListings || usedAt + idleFor <= listing.usedAt) this.#end(other);
    }
    return cursor;
  }

  #end(cursor: string): void {
    const listing = this.#open.get(cursor);
    this.#open.delete(cursor);
    if (listing === undefined) return;
    listing.controller.abort();
    // Its generator's clean-up; what it rejects with is the abort above.
    void listing.iterator.return?.().catch(() => {});
  }
}

/** What is waited for, no longer than a while in all. */
class Bound {
  readonly #over: Promise<null>;
  readonly stop: () => void;

  constructor(clock: Clock, ms: number) {
    let cancel = (): void => {};
    this.#over = new Promise((resolve) => (cancel = clock.after(ms, () => resolve(null))));
    this.stop = cancel;
  }

  race<T>(promise: Promise<T>): Promise<T | null> {
    return Promise.race([promise, this.#over]);
  }
}
