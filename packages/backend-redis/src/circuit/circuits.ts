import {
  assertName,
  StorageError,
  type CallOptions,
  type Change,
  type CircuitRecord,
  type Delta,
  type Reading,
  type StoreOptions,
  type WriteOptions,
} from '@circuitry/core';
import type { PendingCalls } from '@circuitry/core/backend';
import type { Connection, Requests } from '../connection/requests.js';
import { runScript } from '../connection/run-script.js';
import type { Attempt } from '../connection/storage-failure.js';
import type { TroubledIndex } from '../listing/troubled-index.js';
import type { TokenFloor } from '../lock/token-floor.js';
import type { ShardChannels } from '../push/shard-channels.js';
import { readAnswer, type Answer } from '../record/read-answer.js';
import { deltaArguments, expectArguments, ttlArgument, writeRecord } from '../record/write-record.js';
import { applyScript, retrieveScript, storeScript, type Script } from '../scripts/embedded.js';
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
 * The records: `retrieve`, `apply` and `store` are one Lua script and one round trip each, so what they promise of
 * concurrent calls holds by Redis running one script at a time.
 */
export class Circuits {
  readonly #options: CircuitsOptions;

  constructor(options: CircuitsOptions) {
    this.#options = options;
  }

  retrieve(name: string, options?: CallOptions): Promise<Reading> {
    const attempt = { verb: 'read', name, writes: false };
    return this.#ask(attempt, options?.signal, retrieveScript, noArguments, this.#reading);
  }

  apply(name: string, revision: number, delta: Delta, options: WriteOptions): Promise<Change> {
    const attempt = { verb: 'apply counts to', name, writes: true };
    const args = (): string[] => deltaArguments([String(revision), ttlArgument(options.ttl)], delta);
    return this.#ask(attempt, options.signal, applyScript, args, this.#change);
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
    const change = await this.#ask(attempt, options.signal, storeScript, args, this.#change, index.keysOfStore);
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
    script: Script,
    argumentsFor: (connection: Connection) => readonly string[],
    answerOf: (answer: Answer) => T,
    moreKeys: readonly string[] = noKeys,
  ): Promise<T> {
    const { name } = attempt;
    const { calls, keys, requests, tokenFloor } = this.#options;
    try {
      assertName(name);
      calls.begin(signal);
      const key = keys.record(name);
      const all = moreKeys.length === 0 ? [key] : [key, ...moreKeys];
      return requests.send({
        attempt,
        signal,
        key,
        work: (connection) => runScript(connection, script, all, argumentsFor(connection)),
        onValue: (reply) => {
          const answer = readAnswer(name, reply);
          tokenFloor.noteClock(answer.now);
          return answerOf(answer);
        },
      });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  readonly #reading = ({ record, now }: Answer): Reading => (this.#options.givesNow ? { record, now } : { record });

  readonly #change = ({ outcome, record, now }: Answer): Change => {
    if (outcome === 'overflow') {
      throw new StorageError(
        'A counter would have passed ±(2^53 − 1), so nothing was applied. Store the circuit afresh.',
        { retriable: false, scope: 'circuit' },
      );
    }
    const applied = outcome === '1';
    return this.#options.givesNow ? { record, now, applied } : { record, applied };
  };
}

const noArguments = (): readonly string[] => [];
const noKeys: readonly string[] = [];
