import type { StorageBackend } from '@circuitry/core';

/** What an author gives the kit: how to get a store. */
export interface StorageHarness {
  /** Opens a fresh, empty, isolated store. Called once per check, twice by checks of isolation. */
  open(): Promise<OpenStore> | OpenStore;
}

/** One store, and what may be done to it. */
export interface OpenStore {
  /** A backend on this store. Called twice or more: each is another process on one store. */
  connect(): Promise<StorageBackend> | StorageBackend;
  /** Optional: makes the store unreachable for every backend on it, and reachable again. */
  readonly outage?: Outage | undefined;
  /** Optional: damages the stored record of that circuit, as a foreign writer would. */
  readonly corrupt?: ((name: string) => Promise<void> | void) | undefined;
  /** Removes the store. Called once, after every backend on it was closed. */
  close(): Promise<void> | void;
}

/** An outage of a store. */
export interface Outage {
  /** From now on the store answers nobody. */
  begin(): Promise<void> | void;
  /** It answers again. */
  end(): Promise<void> | void;
}

/** The harness, not the backend, is at fault. */
export class HarnessFault extends Error {
  constructor(call: string, what: string, options?: ErrorOptions) {
    super(`${call} ${what}`, options);
    this.name = 'HarnessFault';
  }
}
