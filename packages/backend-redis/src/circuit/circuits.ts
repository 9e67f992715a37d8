import {
  assertName,
  type CallOptions,
  type Change,
  type CircuitRecord,
  type Delta,
  type Reading,
  type StoreOptions,
  type WriteOptions,
} from '@circuitry/core';
import { counterOverflow, type PendingCalls } from '@circuitry/core/backend';
import type { Connection, Requests } from '../connection/requests.js';
import { readWithClock } from '../connection/plain-read.js';
import { runScript } from '../connection/run-script.js';
import type { Attempt } from '../connection/storage-failure.js';
import type { TroubledIndex } from '../listing/troubled-index.js';
import type { TokenFloor } from '../lock/token-floor.js';
import type { ShardChannels } from '../push/shard-channels.js';
import { LastSeen, type Forecast } from '../record/last-seen.js';
import { readAnswer, type Answer } from '../record/read-answer.js';
import { beginningOf, deltaText, expectArguments, ttlArgument, writeRecord } from '../record/write-record.js';
import { applyScript, retrieveScript, storeScript } from '../scripts/embedded.js';
import type { KeyNames } from './key-names.js';

/** What {@link Circuits} is made of. */
export interface CircuitsOptions {
  readonly requests: Requests;
  readonly calls: PendingCalls;
  readonly keys: KeyNames;
  readonly shardChannels: ShardChannels;
  readonly index: TroubledIndex;
  /** Hears the server's clock. */
  readonly tokenFloor: TokenFloor;
  /** Whether answers carry the server's clock. */
  readonly givesNow: boolean;
}

/**
 * The records. `apply` and `store` are one Lua script each, so what they promise of concurrent calls holds by Redis running
 * one script at a time. `retrieve` is a GET beside a TIME. Each takes one round trip.
 */
export class Circuits {
  readonly #options: CircuitsOptions;
  readonly #lastSeen = new LastSeen();

  constructor(options: CircuitsOptions) {
    this.#options = options;
  }

  retrieve(name: string, options?: CallOptions): Promise<Reading> {
    const attempt = { verb: 'read', name, writes: false };
    return this.#ask(attempt, options?.signal, read, this.#reading);
  }

  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const attempt = { verb: 'apply counts to', name, writes: true };
    let forecast: Forecast | undefined;
    const work = (connection: Connection, key: string): Promise<unknown> => {
      forecast = this.#lastSeen.forecast(name, beginningOf(revision), delta);
      const args = [forecast.seen, ttlArgument(options.ttl), forecast.written, deltaText(delta)];
      return runScript(connection, applyScript, [key], args);
    };
    return this.#ask(attempt, options.signal, work, (_, answer) => this.#change(name, answer, forecast));
  }

  async store(name: string, revision: number | null, next: CircuitRecord, options: StoreOptions): Promise<Change> {
    assertName(name);
    const { calls, keys, shardChannels, index } = this.#options;
    calls.begin(options.signal);
    const attempt = { verb: 'store', name, writes: true };
    const args = (connection: Connection): string[] => {
      const head = [
        revision === null ? '' : String(revision),
        ttlArgument(options.ttl),
        writeRecord(next),
        name,
        index.stepOf(revision, next),
        keys.channel,
        connection.cluster === null ? '' : shardChannels.beside(keys.record(name), connection.cluster),
      ];
      return expectArguments(head, options.expect);
    };
    await index.before(name, next, options.signal);
    const work = (connection: Connection, key: string): Promise<unknown> =>
      runScript(connection, storeScript, [key, ...index.keysOfStore], args(connection));
    const change = await this.#ask(attempt, options.signal, work, (_, answer) => this.#change(name, answer));
    if (change.applied) index.after(name, revision, next);
    return change;
  }

  async delete(name: string, { signal }: CallOptions = {}): Promise<void> {
    assertName(name);
    const { calls, keys, requests } = this.#options;
    calls.begin(signal);
    const key = keys.record(name);
    const attempt = { verb: 'delete', name, writes: true };
    await requests.send({ attempt, signal, key, work: (connection) => connection.send(key, ['del', key]) });
  }

  /** Not async: each promise more stands in every call's way. */
  #ask<T>(
    attempt: Attempt & { readonly name: string },
    signal: AbortSignal | undefined,
    work: (connection: Connection, key: string) => Promise<unknown>,
    valueOf: (name: string, answer: Answer) => T,
  ): Promise<T> {
    const { name } = attempt;
    const { calls, keys, requests, tokenFloor } = this.#options;
    try {
      assertName(name);
      calls.begin(signal);
      const key = keys.record(name);
      return requests.send({
        attempt,
        signal,
        key,
        work: (connection) => work(connection, key),
        onValue: (reply) => {
          const answer = readAnswer(name, reply);
          tokenFloor.noteClock(answer.now);
          return valueOf(name, answer);
        },
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readonly #reading = (name: string, answer: Answer): Reading => {
    const record = this.#lastSeen.read(name, answer);
    return this.#options.givesNow ? { record, now: answer.now } : { record };
  };

  #change(name: string, answer: Answer, forecast?: Forecast): Change {
    const record = this.#lastSeen.read(name, answer, forecast);
    const { outcome, now } = answer;
    if (outcome === 'overflow') throw counterOverflow(name);
    const applied = outcome !== '0';
    return this.#options.givesNow ? { record, now, applied } : { record, applied };
  }
}

/** On a Cluster a TIME beside the GET could come from another server. */
function read(connection: Connection, key: string): Promise<unknown> {
  return connection.cluster === null
    ? readWithClock(connection, key)
    : runScript(connection, retrieveScript, [key], noArguments);
}

const noArguments: readonly string[] = [];
