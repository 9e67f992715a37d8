import { slotCount, slotOf } from './cluster-slot.js';
import type { KeyNames } from './key-names.js';

/** A sharded channel, and the slot that it lives in. */
export interface ShardChannel {
  readonly channel: string;
  readonly slot: number;
}

/** As many as share the slots evenly: a master that owns 511 slots in a row has at least one channel. */
const channelCount = 64;

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
    this.#all ??= tagsOf().map((tag) => {
      const channel = this.#keys.shardChannel(tag);
      return { channel, slot: slotOf(channel) };
    });
    return this.#all;
  }

  /**
   * The channel that lives on the master of `key`, by what the client knows; `''` where that master has none.
   *
   * @param owners as in ioredis: for each slot its nodes, the master first
   */
  beside(key: string, owners: SlotOwners): string {
    const owner = owners[slotOf(key)]?.[0];
    if (owner === undefined) return '';
    return this.all.find(({ slot }) => owners[slot]?.[0] === owner)?.channel ?? '';
  }
}

/** What ioredis knows of a Cluster: for each slot the `host:port` of its nodes, the master first. */
export type SlotOwners = readonly (readonly string[] | undefined)[];

let tags: readonly string[] | null = null;

/** For each 64th of the slots the smallest number that, as a hash tag, falls into it. */
function tagsOf(): readonly string[] {
  if (tags !== null) return tags;
  const found = new Map<number, string>();
  for (let number = 0; found.size < channelCount; number += 1) {
    const tag = String(number);
    const share = Math.floor((slotOf(tag) * channelCount) / slotCount);
    if (!found.has(share)) found.set(share, tag);
  }
  tags = [...found.keys()].sort((one, other) => one - other).map((share) => found.get(share) as string);
  return tags;
}
