import { casLease, contractVersion } from '@circuitry/core';
import { Announcements } from './announcements.mjs';
import { Connections } from './connections.mjs';
import { PostgresTable } from './postgres-table.mjs';
import { creation, namesOf } from './tables.mjs';

/**
 * Circuits in a PostgreSQL database: a row each, one statement a call.
 *
 * @implements {import('@circuitry/core').StorageBackend}
 */
export class PostgresBackend {
  contractVersion = contractVersion;
  #connections;
  #records;
  #locks;
  #lock;
  #creation;
  #announcements = null;

  /**
   * @param {import('pg').Pool} pool made, and ended, by whoever uses this
   * @param {{ schema?: string, table?: string, listenOn?: () => import('pg').Client }} [options]
   *   `table`: default `circuits` in `public`; `listenOn`: makes a client of its own for `watch`, which is left out
   *   without it. It must reach the server itself: a pooler between them may drop what is listened to.
   */
  constructor(pool, options = {}) {
    const names = namesOf(options);
    this.#creation = creation(names);
    this.#connections = new Connections(pool);
    this.#records = new PostgresTable(this.#connections, names.circuits, names.channel);
    // Locks are records of a table of their own: they never meet a circuit of the same name, and nobody is told of them.
    this.#locks = new PostgresTable(this.#connections, names.locks, null);
    this.#lock = casLease(this.#locks, { prefix: '' });
    if (options.listenOn !== undefined) {
      this.#announcements = new Announcements(options.listenOn, names.listen);
      this.watch = this.#watch;
    }
  }

  /** Creates the tables, where they are missing. Call it when you deploy, or as each worker starts. */
  async createTables(options) {
    const call = { what: 'create the tables', signal: options?.signal, writes: true };
    await this.#connections.run(call, this.#creation);
  }

  /** Deletes the rows that are over. Call it now and then, by one worker: the tables stay small. */
  async removeEnded(options) {
    await this.#records.removeEnded(options);
    await this.#locks.removeEnded(options);
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
    this.#connections.close();
    await this.#announcements?.close();
  }

  async #watch(listener, options) {
    this.#connections.refuseIfOver(options?.signal);
    return this.#announcements.watch(listener, options?.signal);
  }
}
