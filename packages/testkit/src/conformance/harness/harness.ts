import type { StorageBackend } from '@circuitry/core';

/** What an author gives the kit: how to get a store. */
export interface StorageHarness {
  /** Opens a fresh, empty, isolated store. Called once per check, twice by checks of isolation. */
  open(suggestion: StoreSuggestion): Promise<OpenStore> | OpenStore;
}

/** What a store may be opened under; a harness may leave it unused. */
export interface StoreSuggestion {
  /**
   * A prefix or a table's name that no other store of any run has: 13 to 15 lower-case letters and digits. Where a check
   * opens two stores, the name of one begins with the whole name of the other: where those two meet, that shows.
   */
  readonly name: string;
}

/** One store, and what may be done to it. */
export interface OpenStore {
  /** A backend on this store. Called twice or more: each is another process on one store. */
  connect(): Promise<StorageBackend> | StorageBackend;
  /** Optional: makes the store unreachable for every backend on it, and reachable again. */
  readonly outage?: Outage | undefined;
  /**
   * Optional: from `begin` to `end` requests reach the store and have their effect, but no answer reaches any backend:
   * the connection breaks in its place. It begins before a call as well as in the middle of one.
   */
  readonly lostReplies?: LostReplies | undefined;
  /**
   * Optional: how many records the store really holds, with those whose time is over and that nobody has removed yet. Where
   * something must run to remove them, run it here first.
   */
  readonly held?: (() => Promise<number> | number) | undefined;
  /** Optional: damages the stored record of that circuit, as a foreign writer would. */
  readonly corrupt?: ((name: string) => Promise<void> | void) | undefined;
  /** Removes the store. Called once, after every backend on it was closed. */
  close(): Promise<void> | void;
}

/**
 * An outage of a store.
 *
 * `'refuse'`: connections break and are refused. `'hang'`: they stay, and nothing comes back. A harness that can do only one
 * of them does that for both; then the other is not looked at.
 */
export interface Outage {
  /** Makes the store unreachable, and settles once it is. */
  begin(how: 'refuse' | 'hang'): Promise<void> | void;
  /** Makes the store reachable again, and settles once it is. What was stored is still there. */
  end(): Promise<void> | void;
}

/** A time in which answers get lost. */
export interface LostReplies {
  /** From when it has settled, requests have their effect and no answer arrives. */
  begin(): Promise<void> | void;
  /** From when it has settled, answers arrive again. */
  end(): Promise<void> | void;
}

/** The harness, not the backend, is at fault. */
export class HarnessFault extends Error {
  constructor(call: string, what: string, options?: ErrorOptions) {
    super(`${call} ${what}`, options);
    this.name = 'HarnessFault';
  }
}
