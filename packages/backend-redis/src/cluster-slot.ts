/** How many slots a Redis Cluster has. */
export const slotCount = 16_384;

/** The slot that a key, or a sharded channel, belongs to: CRC16 (XMODEM) of its hash tag, as every server reckons it. */
export function slotOf(key: string): number {
  let crc = 0;
  for (const byte of encoder.encode(hashTag(key))) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return crc & (slotCount - 1);
}

const encoder = new TextEncoder();

/** What stands between the first `{` and the first `}` after it; all of the key where that is nothing. */
function hashTag(key: string): string {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}
