import { casLease, ClosedError, contractVersion } from '@circuitry/core';
import { SqliteTable } from './sqlite-table.mjs';

/**
 * Circuits in a SQLite file that the processes of one machine share.
 *
 * @implements {import('@circuitry/core').StorageBackend}
 */
export class SqliteBackend {
  contractVersion = contractVersion;
  #records;
  #locks;
  #lock;
  #closed = false;

  /** @param {import('libsql').Database} database made, and closed, by whoever uses this */
  constructor(database) {
    const refuse = (signal) => this.#refuseIfOver(signal);
    this.#records = new SqliteTable(database, 'circuits', refuse);
    // Locks are records of a table of their own: they never meet a circuit of the same name.
    this.#locks = new SqliteTable(database, 'locks', refuse);
    this.#lock = casLease(this.#locks, { prefix: '' });
  }

  async retrieve(name, options) {
    return this.#records.retrieve(name, options);
  }

  async apply(name, revision, delta, options) {
    return this.#records.apply(name, revision, delta, options);
  }

  async store(name, revision, next, options) {
    return this.#records.store(name, revision, next, options);
  }

  async delete(name, options) {
    return this.#records.delete(name, options);
  }

  async lock(name, options) {
    return this.#lock(name, options);
  }

  list(options) {
    return this.#records.list(options);
  }

  async close() {
    this.#closed = true;
  }

  #refuseIfOver(signal) {
    if (this.#closed) throw new ClosedError('This SqliteBackend');
    if (signal?.aborted) throw signal.reason;
  }
}
