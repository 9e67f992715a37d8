import {
  assertName,
  StorageError,
  systemClock,
  type CallOptions,
  type Change,
  type CircuitRecord,
  type Delta,
  type Lease,
  type ListOptions,
  type LockOptions,
  type NamedRecord,
  type Reading,
  type StorageBackend,
  type StoreOptions,
  type Unwatch,
  type WatchListener,
  type WriteOptions,
} from '@circuitry/core';
import { checkOptions, type RedisBackendOptions } from './backend-options.js';
import { Connection, isCluster } from './connection.js';
import { KeyNames } from './key-names.js';
import { listRecords } from './listing.js';
import { Locks } from './locks.js';
import { parseReply, type ParsedReply } from './parse-reply.js';
import { PendingCalls } from '@circuitry/core/backend';
import { deltaArguments, expectArguments, fieldsOf, ttlArgument } from './record-fields.js';
import { runScript } from './script-runner.js';
import { applyScript, retrieveScript, storeScript, type Script } from './scripts/embedded.js';
import { ShardChannels } from './shard-channels.js';
import { notConnected, outOfTime, storageFailure, type Attempt } from './storage-failure.js';
import { Watchers } from './watchers.js';

/**
 * Circuits on Redis or Valkey: one server, Sentinel or Cluster.
 *
 * Each circuit is one hash, `prefix:{name}`, that a person can read with `HGETALL`. `retrieve`, `apply` and `store` are
 * one Lua script and one round trip each, so what they promise of concurrent calls holds by Redis running one script
 * at a time.
 */
export class RedisBackend implements StorageBackend {
  readonly contractVersion = 1;
  readonly #connection: Connection;
  readonly #keys: KeyNames;
  readonly #shardChannels: ShardChannels;
  readonly #givesNow: boolean;
  readonly #calls: PendingCalls;
  readonly #locks: Locks;
  readonly #watchers: Watchers;

  /** @throws TypeError that names every option that is wrong. */
  constructor(options: RedisBackendOptions) {
    checkOptions(options);
    const { client, prefix = 'circuitry', serverTime = true, lockClients, subscriber, clock = systemClock } = options;
    this.#connection = new Connection(client, clock);
    this.#calls = new PendingCalls('This RedisBackend', clock);
    this.#keys = new KeyNames(this.#connection.keyPrefix + prefix);
    this.#shardChannels = new ShardChannels(this.#keys);
    this.#givesNow = serverTime;
    this.#locks = new Locks({
      keys: this.#keys,
      calls: this.#calls,
      clock,
      clients: lockClients ?? null,
      run: (attempt, work) => this.#send(attempt, undefined, work),
      client: this.#connection.client,
    });
    this.#watchers = new Watchers({
      connection: this.#connection,
      channel: this.#keys.channel,
      shardChannels: this.#shardChannels,
      clock,
      subscriber: subscriber ?? null,
    });
  }

  retrieve(name: string, options?: CallOptions): Promise<Reading> {
    return this.#ask(
      { verb: 'read', name, writes: false },
      options?.signal,
      retrieveScript,
      noArguments,
      this.#reading,
    );
  }

  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const attempt = { verb: 'apply counts to', name, writes: true };
    const args = (): string[] => deltaArguments([String(revision), ttlArgument(options.ttl)], delta);
    return this.#ask(attempt, options.signal, applyScript, args, this.#change);
  }

  store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    const attempt = { verb: 'store', name, writes: true };
    const args = (): string[] => [
      revision === null ? '' : String(revision),
      ttlArgument(options.ttl),
      this.#keys.channel,
      this.#shardChannelOf(name),
      name,
      ...expectArguments(options.expect),
      ...fieldsOf(next),
    ];
    return this.#ask(attempt, options.signal, storeScript, args, this.#change);
  }

  async lock(name: string, options: LockOptions): Promise<Lease> {
    assertName(name);
    this.#calls.begin(options.signal);
    return this.#locks.acquire(name, options);
  }

  async delete(name: string, options?: CallOptions): Promise<void> {
    assertName(name);
    this.#calls.begin(options?.signal);
    const attempt = { verb: 'delete', name, writes: true };
    await this.#send(attempt, options?.signal, () => this.#connection.client.del(this.#keys.record(name)));
  }

  /** In no order. `pageSize` is what SCAN is given as COUNT; default 100. */
  async *list(options: ListOptions = {}): AsyncGenerator<NamedRecord> {
    const { prefix = '', pageSize = 100, signal } = options;
    const attempt = { verb: 'list circuits', writes: false };
    const step = <T>(work: () => Promise<T>): Promise<T> => {
      this.#calls.begin(signal);
      return this.#send(attempt, signal, work);
    };
    const records = listRecords({
      client: this.#connection.client,
      keys: this.#keys,
      namePrefix: prefix,
      pageSize,
      step,
      read: async (names) => {
        const page = await Promise.all(names.map((name) => this.#named(name, options)));
        return page.filter((entry) => entry !== null);
      },
    });
    for await (const entry of records) {
      yield entry;
      this.#calls.begin(signal);
    }
  }

  async watch(listener: WatchListener, options?: CallOptions): Promise<Unwatch> {
    this.#calls.begin(options?.signal);
    const attempt = { verb: 'watch circuits', writes: false };
    return this.#calls.track(this.#watchers.add(listener, attempt, options?.signal), options?.signal, {
      onAbort: (reason) => outOfTime(reason, attempt),
    });
  }

  /** Ends the connections that this backend opened; those that it was given go on. */
  async close(): Promise<void> {
    await Promise.all([this.#calls.close(), this.#watchers.close(), this.#connection.close()]);
  }

  async #named(name: string, options: CallOptions): Promise<NamedRecord | null> {
    const { record } = await this.retrieve(name, options);
    return record && { name, record };
  }

  /** Not async, like all that follows: each promise more stands in every call's way. */
  #ask<T>(
    attempt: Attempt & { readonly name: string },
    signal: AbortSignal | undefined,
    script: Script,
    argumentsOf: () => readonly string[],
    answerOf: (reply: ParsedReply) => T,
  ): Promise<T> {
    const { name } = attempt;
    try {
      assertName(name);
      this.#calls.begin(signal);
      const args = argumentsOf();
      const key = this.#keys.record(name);
      const work = (): Promise<unknown> => runScript(this.#connection.client, script, [key], args);
      return this.#send(attempt, signal, work, (reply) => answerOf(parseReply(name, reply)));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Runs one command, once there is a connection, and makes its failure one of this library's errors. */
  #send<T, R = T>(
    attempt: Attempt,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
    onValue?: (value: T) => R,
  ): Promise<R> {
    return this.#connection.ready
      ? this.#dispatch(attempt, signal, work, onValue)
      : this.#connectFirst(attempt, signal).then(() => this.#dispatch(attempt, signal, work, onValue));
  }

  #dispatch<T, R>(
    attempt: Attempt,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
    onValue: ((value: T) => R) | undefined,
  ): Promise<R> {
    return this.#calls.track<T, R>(work(), signal, {
      onAbort: (reason) => outOfTime(reason, attempt),
      onFailure: (error) => {
        this.#connection.noteFailure(error);
        return storageFailure(error, attempt);
      },
      ...(onValue && { onValue }),
    });
  }

  async #connectFirst(attempt: Attempt, signal: AbortSignal | undefined): Promise<void> {
    const connected = this.#connection.whenReady().catch((error: Error) => {
      throw notConnected(error, attempt, !this.#connection.ended);
    });
    await this.#calls.track(connected, signal, {
      onAbort: (reason) => outOfTime(reason, { ...attempt, writes: false }),
    });
  }

  /** The sharded channel that `store.lua` can publish on for this circuit; '' where there is none. */
  #shardChannelOf(name: string): string {
    const { client } = this.#connection;
    return isCluster(client) ? this.#shardChannels.beside(this.#keys.record(name), client.slots) : '';
  }

  readonly #reading = ({ record, now }: ParsedReply): Reading => (this.#givesNow ? { record, now } : { record });

  readonly #change = ({ outcome, record, now }: ParsedReply): Change => {
    if (outcome === 'overflow') {
      throw new StorageError(
        'A counter would have passed ±(2^53 − 1), so nothing was applied. Store the circuit afresh.',
        { retriable: false },
      );
    }
    const applied = outcome === '1';
    return this.#givesNow ? { record, now, applied } : { record, applied };
  };
}

const noArguments = (): readonly string[] => [];
