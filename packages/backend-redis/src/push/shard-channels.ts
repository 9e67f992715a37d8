import type { KeyNames } from '../circuit/key-names.js';
import { shardTags, slotOf } from '../connection/cluster-slot.js';
import type { ClusterView } from '../connection/redis-connection.js';

/** A sharded channel, and the slot that it lives in. */
export interface ShardChannel {
  readonly channel: string;
  readonly slot: number;
}

/**
 * The sharded channels of a prefix on a Cluster: the same for everybody, whatever the Cluster looks like.
 *
 * A script reaches every slot of its own node, so it publishes on any of these that lives where its record lives; and
 * whoever watches subscribes to all of them. So no two processes need to agree on who owns what: one that names a
 * channel of another node is told so by the server, and takes the ordinary channel.
 */
export class ShardChannels {
  readonly #keys: KeyNames;
  #all: readonly ShardChannel[] | null = null;

  constructor(keys: KeyNames) {
    this.#keys = keys;
  }

  /** Reckoned at the first need: who has no Cluster has none. */
  get all(): readonly ShardChannel[] {
    this.#all ??= shardTags().map((tag) => {
      const channel = this.#keys.shardChannel(tag);
      return { channel, slot: slotOf(channel) };
    });
    return this.#all;
  }

  /** The channel that lives on the master of `key`, by what the client knows; `''` where that master has none. */
  beside(key: string, cluster: ClusterView): string {
    const owner = cluster.ownerOf(slotOf(key));
    if (owner === undefined) return '';
    return this.all.find(({ slot }) => cluster.ownerOf(slot) === owner)?.channel ?? '';
  }
}
