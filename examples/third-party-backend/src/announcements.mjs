import { checkRecord, ClosedError, StorageError, systemClock, withSignal } from '@circuitry/core';
import { ignore } from './connections.mjs';

/** The shortest and longest pause between two tries to connect again, ms. */
const shortestPause = 100;
const longestPause = 5_000;

/** Hands what PostgreSQL announces on one channel to listeners, over one connection that is made anew when it breaks. */
export class Announcements {
  #connect;
  #listen;
  #listeners = new Set();
  /** The connection that listens, and the one that is being made. */
  #client = null;
  #opening = null;
  #isClosed = false;
  #forgetTry = ignore;

  /**
   * @param connect makes a client that is not connected yet
   * @param listen the statement
   */
  constructor(connect, listen) {
    this.#connect = connect;
    this.#listen = listen;
  }

  async watch(listener, signal) {
    try {
      await withSignal(this.#open(), signal);
    } catch (cause) {
      throw new StorageError(`PostgreSQL could not watch: ${cause?.message}. Try again once it answers.`, { cause });
    }
    if (this.#isClosed) throw new ClosedError('This PostgresBackend');
    // An object of its own: one function may watch twice.
    const entry = { listener };
    this.#listeners.add(entry);
    return async () => {
      if (this.#listeners.delete(entry) && this.#listeners.size === 0) await this.#end();
    };
  }

  async close() {
    this.#isClosed = true;
    this.#listeners.clear();
    await this.#end();
  }

  async #open() {
    if (this.#client !== null) return;
    this.#opening ??= this.#begin().finally(() => (this.#opening = null));
    await this.#opening;
  }

  async #begin() {
    const client = this.#connect();
    client.on('error', ignore);
    client.on('notification', ({ payload }) => this.#tell(eventOf(payload)));
    client.on('end', () => this.#lost(client));
    try {
      await client.connect();
      await client.query(this.#listen);
    } catch (error) {
      endQuietly(client);
      throw error;
    }
    if (this.#isClosed) return endQuietly(client);
    this.#client = client;
  }

  #lost(client) {
    if (client !== this.#client) return;
    this.#client = null;
    this.#tryAgainIn(shortestPause);
  }

  #tryAgainIn(pause) {
    if (this.#listeners.size === 0) return;
    this.#forgetTry = systemClock.after(pause * (0.5 + Math.random() / 2), () => {
      this.#open().then(
        // Nobody knows what was stored meanwhile.
        () => this.#tell({ type: 'missed' }),
        () => this.#tryAgainIn(Math.min(longestPause, pause * 2)),
      );
    });
  }

  #tell(event) {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(event);
      } catch {
        // A listener's fault is its own: the others and the connection go on.
      }
    }
  }

  async #end() {
    this.#forgetTry();
    const client = this.#client;
    this.#client = null;
    if (client !== null) await endQuietly(client);
  }
}

/** A record that was too long for a payload is left out of it, and what others may send here is none: look for yourself. */
function eventOf(payload) {
  try {
    const { name, record } = JSON.parse(payload);
    checkRecord(name, record);
    return { type: 'transition', name, record };
  } catch {
    return { type: 'missed' };
  }
}

/** A server that does not answer any more must not keep anybody from closing. */
async function endQuietly(client) {
  let forget;
  const patience = new Promise((resolve) => {
    forget = systemClock.after(1_000, resolve);
  });
  await Promise.race([client.end().catch(ignore), patience]);
  forget();
  client.connection?.stream?.destroy();
}
