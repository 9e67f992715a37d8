import type { StorageBackend } from '@circuitry/core';
import type { Finding } from '../doctor/finding.js';

/** An opened store, and what a command line can do with it beside the contract. */
export interface Store {
  readonly backend: StorageBackend;
  /** For people: what and where it is. It never holds a password. */
  readonly where: string;
  /** Settings of the workers, from a configuration file: an operator's write follows them. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What `doctor` looks at in this kind of store. */
  examine(question: Examination): AsyncIterable<Finding>;
  /** The table's own verbs, where the store is a table. */
  readonly table?: TableFace;
  /** Lets everything go that was opened. */
  close(): Promise<void>;
}

/** What an examination may do. */
export interface Examination {
  /** Whether it may write: a circuit and a lock of its own, which it removes. */
  readonly mayWrite: boolean;
  readonly signal: AbortSignal;
}

/** Makes and describes a store's table. */
export interface TableFace {
  /** The table that is wanted, as plain data. */
  definition(): Readonly<Record<string, unknown>>;
  /** The table that is there; null where there is none. */
  describe(signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | null>;
  create(signal: AbortSignal): Promise<void>;
}
