import type { CircuitRecord } from '@circuitry/core';
import { isTroubled } from '@circuitry/core/backend';
import type { KeyNames } from '../circuit/key-names.js';
import { shardOf, shardTags, slotOf } from '../connection/cluster-slot.js';
import type { Requests } from '../connection/requests.js';
import { runScript } from '../connection/run-script.js';
import { mendIndexScript } from '../scripts/embedded.js';

/** What {@link TroubledIndex} is made of. */
export interface TroubledIndexOptions {
  readonly keys: KeyNames;
  readonly requests: Requests;
  readonly isCluster: boolean;
}

const attempt = { verb: 'keep the index of troubled circuits for', writes: true };

/**
 * The names of the troubled circuits, beside their records.
 *
 * On one server it is one set, written by the same script as the record: the two never differ but for records that expired.
 * On a Cluster no script reaches both. There a name is written before its record, and once more after it, and is taken off
 * after a record that is fine: a worker that dies on the way leaves a name too many, never one too few. Who lists finds
 * those, and takes them off.
 */
export class TroubledIndex {
  readonly #options: TroubledIndexOptions;

  constructor(options: TroubledIndexOptions) {
    this.#options = options;
  }

  /** The keys that `store.lua` needs beside the record's. */
  get keysOfStore(): readonly string[] {
    return this.#options.isCluster ? [] : [this.#options.keys.troubled];
  }

  /** What `store.lua` does to the index. */
  stepOf(revision: number | null, next: CircuitRecord): 'add' | 'remove' | '' {
    if (this.#options.isCluster) return '';
    if (isTroubled(next)) return 'add';
    return revision === null ? '' : 'remove';
  }

  /** On a Cluster: before a store. */
  async before(name: string, next: CircuitRecord, signal: AbortSignal | undefined): Promise<void> {
    if (this.#options.isCluster && isTroubled(next)) await this.#ignoringFaults(this.#put('sadd', name, signal));
  }

  /** On a Cluster: after a store that was applied. Nobody waits for it. */
  after(name: string, revision: number | null, next: CircuitRecord): void {
    if (!this.#options.isCluster) return;
    if (isTroubled(next)) void this.#ignoringFaults(this.#put('sadd', name, undefined));
    else if (revision !== null) void this.#ignoringFaults(this.mend(name, undefined));
  }

  /** Takes the name off, unless its circuit is troubled now. */
  async mend(name: string, signal: AbortSignal | undefined): Promise<void> {
    const { keys, requests, isCluster } = this.#options;
    const key = keys.record(name);
    if (!isCluster) {
      const work = (connection: Parameters<typeof runScript>[0]): Promise<unknown> =>
        runScript(connection, mendIndexScript, [key, keys.troubled], [name]);
      await requests.send({ attempt: { ...attempt, name }, signal, key, work });
      return;
    }
    await this.#put('srem', name, signal);
    // Somebody may have opened it meanwhile, and put the name there before it was taken off.
    const read = (connection: { send(key: string, words: readonly string[]): Promise<unknown> }): Promise<unknown> =>
      connection.send(key, ['get', key]);
    const text = await requests.send({ attempt: { verb: 'read', name, writes: false }, signal, key, work: read });
    if (typeof text === 'string' && !/^1 \d+ closed (?![^|]* \[)/.test(text)) await this.#put('sadd', name, signal);
  }

  /** The sets that names are in. */
  get sets(): readonly string[] {
    const { keys, isCluster } = this.#options;
    return isCluster ? shardTags().map((tag) => keys.shardTroubled(tag)) : [keys.troubled];
  }

  async #put(command: 'sadd' | 'srem', name: string, signal: AbortSignal | undefined): Promise<void> {
    const { keys, requests } = this.#options;
    const key = keys.shardTroubled(shardTags()[shardOf(slotOf(keys.record(name)))] as string);
    const work = (connection: { send(key: string, words: readonly string[]): Promise<unknown> }): Promise<unknown> =>
      connection.send(key, [command, key, name]);
    await requests.send({ attempt: { ...attempt, name }, signal, key, work });
  }

  /** Where the index can't be written the record still can: a user without the right keeps a working store. */
  async #ignoringFaults(work: Promise<void>): Promise<void> {
    await work.catch(() => {});
  }
}
