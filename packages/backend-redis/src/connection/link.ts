import type { Clock } from '@circuitry/core';
import { within } from '../time/within.js';
import { Pulses } from './pulses.js';
import { ConnectionFault, type ClientModel, type RedisConnection } from './redis-connection.js';
import { faultOf } from './without-secrets.js';

/** The longest that one attempt to connect may take, ms. */
const patience = 10_000;

/** In how many waits: a process that stood still for longer than its patience has lost one of them, not its connection. */
const waits = 10;

/** The pauses between attempts, ms: each the double of the one before, up to the longest, and spread. */
const pauses = { first: 50, longest: 2_000 } as const;

/** Another connection is opened beside one that stands at most this often, ms. */
const replaceEvery = 1_000;

/** What a {@link Link} may be told to do besides. */
export interface LinkOptions<Connection extends RedisConnection> {
  /** Part of connecting: what fails here fails the attempt. */
  readonly prepare?: (connection: Connection) => Promise<void>;
  /** A connection stands: the first, or one in the place of another. */
  readonly onStanding?: (connection: Connection) => void;
}

/**
 * Keeps one connection standing until it is closed, whatever becomes of those before: from when the user's client is open,
 * or from the first call.
 *
 * A new one is opened where the last one ended, where the user's client was given another host or password, and beside
 * one that seems dead; that one goes on until the new one stands.
 */
export class Link<Connection extends RedisConnection = ReturnType<ClientModel['open']>> {
  readonly #model: ClientModel;
  readonly #clock: Clock;
  readonly #options: LinkOptions<Connection>;
  #standing: Connection | null = null;
  #pulses = new Pulses();
  /** What the standing connection was opened with. */
  #identity = '';
  #opening: Promise<void> | null = null;
  #failures = 0;
  #lastReplaced = -Infinity;
  #isReplacing = false;
  #isClosed = false;
  #cancelPause = (): void => {};
  readonly #stopFollowing: () => void;
  /** Those that don't stand yet. */
  readonly #connecting = new Set<Connection>();
  readonly #ending = new Set<Promise<void>>();

  constructor(model: ClientModel, clock: Clock, options: LinkOptions<Connection> = {}) {
    this.#model = model;
    this.#clock = clock;
    this.#options = options;
    this.#stopFollowing = model.onConnected(() => this.#followModel());
  }

  /** The connection that commands go over now; null where none can be sent. */
  get ready(): Connection | null {
    return this.#standing?.isReady === true ? this.#standing : null;
  }

  get pulses(): Pulses {
    return this.#pulses;
  }

  /**
   * Settles with the attempt to connect that is under way, or the next one; many calls wait on one promise.
   *
   * Commands are held back until then rather than queued by the client: a call that was given up meanwhile must not be
   * sent later, and one that was never sent can say so.
   */
  whenReady(): Promise<void> {
    if (this.ready !== null) return Promise.resolve();
    if (this.#isClosed) return Promise.reject(new ConnectionFault('unsent', 'Error', 'The connection was closed'));
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
      // The next attempt doesn't wait for a call: whoever comes then finds a connection.
      if (this.#standing === null) this.#reopen();
    });
    return this.#opening;
  }

  /** Opens the first connection before anybody calls, so that the first call costs what any other does. */
  openEarly(): void {
    if (this.#model.isOpen) this.#reopen();
  }

  /** Opens another connection beside the one that stands, which may be dead; not more often than once in a while. */
  replace(): void {
    const now = this.#clock.now();
    // A clock that was set back is as far from then as one that went on.
    const isTooSoon = Math.abs(now - this.#lastReplaced) < replaceEvery;
    if (this.#isReplacing || this.#standing === null || this.#isClosed || isTooSoon) return;
    this.#isReplacing = true;
    this.#lastReplaced = now;
    this.#connect()
      .catch(() => {})
      .finally(() => (this.#isReplacing = false));
  }

  /** Ends what it opened. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopFollowing();
    this.#cancelPause();
    if (this.#standing !== null) this.#end(this.#standing);
    this.#standing = null;
    // A server that takes a connection and never answers would hold the process until it is given up.
    for (const connection of this.#connecting) this.#end(connection);
    await Promise.all(this.#ending);
  }

  async #open(): Promise<void> {
    if (this.#failures > 0) await this.#pause();
    try {
      await this.#connect();
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      throw error;
    }
  }

  #reopen(): void {
    if (!this.#isClosed) this.whenReady().catch(() => {});
  }

  #pause(): Promise<void> {
    const longest = Math.min(pauses.first * 2 ** (this.#failures - 1), pauses.longest);
    const ms = longest * (0.5 + Math.random() / 2);
    return new Promise((resolve) => (this.#cancelPause = this.#clock.after(ms, resolve, { background: true })));
  }

  async #connect(): Promise<void> {
    const identity = this.#model.identity();
    const connection = this.#openModel();
    this.#connecting.add(connection);
    try {
      const connecting = connection.connect().then(() => this.#options.prepare?.(connection));
      if (!(await this.#isInTime(connecting)))
        throw new ConnectionFault('unsent', 'Error', `No connection within ${patience} ms`);
      if (this.#isClosed) throw new ConnectionFault('unsent', 'Error', 'The connection was closed');
    } catch (error) {
      // Closed meanwhile: it was ended with all others.
      if (!this.#isClosed) this.#end(connection);
      throw faultOf(error, 'unsent');
    } finally {
      this.#connecting.delete(connection);
    }
    this.#take(connection, identity);
  }

  async #isInTime(connecting: Promise<void>): Promise<boolean> {
    const connected = connecting.then(() => true);
    for (let wait = 0; wait < waits; wait += 1) {
      if (await within(connected, this.#clock, patience / waits)) return true;
    }
    return false;
  }

  #openModel(): Connection {
    try {
      return this.#model.open() as unknown as Connection;
    } catch (error) {
      // An option that the user has changed to something that the client refuses.
      throw faultOf(error, 'unsent');
    }
  }

  #take(connection: Connection, identity: string): void {
    const before = this.#standing;
    this.#standing = connection;
    this.#identity = identity;
    this.#pulses = new Pulses();
    connection.onEnd(() => {
      if (this.#standing !== connection) return;
      this.#standing = null;
      this.#end(connection);
      this.#reopen();
    });
    if (before !== null) this.#end(before);
    this.#options.onStanding?.(connection);
  }

  /** The user's client has connected: with the options that ours was opened with, or others. */
  #followModel(): void {
    if (this.#standing === null) return this.#reopen();
    if (this.#model.identity() === this.#identity) return;
    this.#lastReplaced = -Infinity;
    this.replace();
  }

  #end(connection: Connection): void {
    const ending = connection.end().catch(() => {});
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }
}
