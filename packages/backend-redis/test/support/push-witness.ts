import { expect } from '@jest/globals';
import type { StorageBackend } from '@circuitry/core';
import { until } from '../../../../tooling/servers/redis.mjs';
import { glideName, type Library } from './clients.js';
import { libraries } from './glide.js';
import { aRecord, minute } from './records.js';
import { uniquePrefix } from './servers.js';
import { subscribers } from './shards.js';
import type { UsedCluster } from './use-cluster.js';

/** Stores one new circuit after the other, in slots all over the Cluster, and knows what a watcher heard of them. */
export class PushWitness {
  /** When the watcher was told that it may have missed something, ms since the epoch. */
  readonly told: number[] = [];
  /** When the store of each circuit began, if it was applied. */
  readonly #stored = new Map<string, number>();
  readonly #heard = new Map<string, number>();
  readonly #writer: StorageBackend;
  /** With whose client it writes and watches. */
  readonly library: Library;
  #count = 0;

  private constructor(writer: StorageBackend, library: Library) {
    this.#writer = writer;
    this.library = library;
  }

  static async of(
    writer: StorageBackend,
    watcher: StorageBackend,
    library: Library = 'ioredis 6',
  ): Promise<PushWitness> {
    const witness = new PushWitness(writer, library);
    const listen = async (): Promise<boolean> => {
      await watcher.watch?.((event) => {
        if (event.type === 'missed') witness.told.push(Date.now());
        else witness.#heard.set(event.name, (witness.#heard.get(event.name) ?? 0) + 1);
      });
      return true;
    };
    // Again where a server of a busy machine did not answer in the library's time.
    await until(`${library} to listen`, listen, 60_000);
    return witness;
  }

  /** Stores circuits until `condition` holds. A store that fails is not counted. */
  async storeUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
    await until(
      what,
      async () => {
        await this.#store();
        return condition();
      },
      120_000,
    );
  }

  /** Stores forty circuits since it was last told, and waits until it was told, or heard, of everything. */
  async storeForty(): Promise<void> {
    const since = (): number => [...this.#stored.values()].filter((at) => at > this.#lastTold).length;
    await this.storeUntil('forty stores', async () => since() >= 40);
    // What this waits for is the test's to expect: it then shows which were lost.
    await until('the last message', async () => this.lostWithoutAWord.length === 0).catch(() => {});
  }

  /** Circuits that the watcher did not hear of, and was not told either that it may have missed something since. */
  get lostWithoutAWord(): string[] {
    const unheard = [...this.#stored].filter(([name, at]) => !this.#heard.has(name) && at > this.#lastTold);
    return unheard.map(([name]) => name);
  }

  /** Circuits that the watcher heard of more often than once. */
  get heardTwice(): string[] {
    return [...this.#heard].filter(([, times]) => times > 1).map(([name]) => name);
  }

  get #lastTold(): number {
    return Math.max(...this.told, 0);
  }

  async #store(): Promise<void> {
    this.#count += 1;
    const name = `circuit ${this.#count}`;
    const at = Date.now();
    // Short: a master that hangs would have every third store wait for so long.
    const signal = AbortSignal.timeout(300);
    const { applied } = await this.#writer.store(name, null, aRecord(), { ...minute, signal });
    if (applied) this.#stored.set(name, at);
  }
}

/** One for each library, on prefixes of their own. */
export function witnessesOf(cluster: UsedCluster): Promise<PushWitness[]> {
  return Promise.all(
    libraries.map(async (library) => {
      const prefix = uniquePrefix();
      const [writer, watcher] = [cluster.backendWith(library, prefix), cluster.backendWith(library, prefix)];
      return PushWitness.of(await writer, await watcher, library);
    }),
  );
}

export function expectNothingLost({ library, lostWithoutAWord, heardTwice }: PushWitness): void {
  expect({ library, lostWithoutAWord, heardTwice }).toEqual({ library, lostWithoutAWord: [], heardTwice: [] });
}

/**
 * Whether each of the three masters has one connection of each witness that listens, but for valkey-glide's: that library opens
 * and ends its connections by itself, in its own time.
 */
export async function hasConnections(cluster: UsedCluster, witnesses: readonly PushWitness[]): Promise<boolean> {
  const counted = witnesses.filter(({ library }) => library !== 'valkey-glide');
  return (await subscribers(cluster.servers, glideName)) === 3 * counted.length;
}
