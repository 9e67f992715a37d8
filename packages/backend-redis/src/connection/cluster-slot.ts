/** How many slots a Redis Cluster has. */
export const slotCount = 16_384;

/** The slot that a key, or a sharded channel, belongs to: CRC16 (XMODEM) of its hash tag, as every server reckons it. */
export function slotOf(key: string): number {
  let crc = 0;
  for (const byte of encoder.encode(hashTag(key))) {
    crc = ((crc << 8) & 0xffff) ^ (table[(crc >> 8) ^ byte] as number);
  }
  return crc & (slotCount - 1);
}

const encoder = new TextEncoder();

const table: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

/** What stands between the first `{` and the first `}` after it; all of the key where that is nothing. */
function hashTag(key: string): string {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}

/** As many as share the slots evenly: a master that owns 511 slots in a row has at least one of them. */
const shardCount = 64;

let tags: readonly string[] | null = null;

/** For each 64th of the slots the smallest number that, as a hash tag, falls into it. */
export function shardTags(): readonly string[] {
  if (tags !== null) return tags;
  const found = new Map<number, string>();
  for (let number = 0; found.size < shardCount; number += 1) {
    const tag = String(number);
    const shard = shardOf(slotOf(tag));
    if (!found.has(shard)) found.set(shard, tag);
  }
  tags = [...found.keys()].sort((one, other) => one - other).map((shard) => found.get(shard) as string);
  return tags;
}

/** Which of the {@link shardTags} is the one around that slot. */
export function shardOf(slot: number): number {
  return Math.floor((slot * shardCount) / slotCount);
}
