/**
 * Writes jobs.jsonl: five minutes of a queue's life. The same seed gives the same file, byte by byte.
 *
 *     node scripts/generate-jobs.mjs [COUNT] > jobs.jsonl
 */
const count = Number(process.argv[2] ?? 2_000);
const span = 300_000;

/** How many of a hundred jobs each tenant has. */
const tenants = {
  northwind: 20,
  globex: 18,
  contoso: 15,
  initech: 13,
  tailspin: 12,
  umbrella: 10,
  fabrikam: 8,
  hooli: 4,
};

/** What the jobs do: how many of a hundred, and the medians of how long that takes (ms) and what is sent (bytes). */
const tasks = {
  webhook: { share: 38, takes: 220, bytes: 1_800, spread: 0.5 },
  'send-mail': { share: 34, takes: 430, bytes: 9_000, spread: 0.5 },
  'sync-contacts': { share: 19, takes: 1_100, bytes: 24_000, spread: 0.6 },
  'render-report': { share: 9, takes: 2_900, bytes: 5_000, spread: 0.4 },
};

const random = generator(20_251);

/** @param {number} seed mulberry32 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A value around the median, mostly near it, seldom several times as large. @param {number} median @param {number} spread */
function around(median, spread) {
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Math.round(median * Math.exp(spread * Math.max(-2.5, Math.min(2.5, normal))));
}

/**
 * @template T
 * @param {[string, T][]} entries
 * @param {(value: T) => number} shareOf
 * @returns {[string, T]}
 */
function pick(entries, shareOf) {
  let left = random() * entries.reduce((sum, [, value]) => sum + shareOf(value), 0);
  for (const entry of entries) {
    left -= shareOf(entry[1]);
    if (left < 0) return entry;
  }
  return /** @type {[string, T]} */ (entries[0]);
}

/** When each job comes: evenly spread but for a rush in the middle. */
const times = Array.from({ length: count }, () => {
  const isRush = random() < 0.12;
  return Math.round(isRush ? span * (0.38 + 0.2 * random()) : span * random());
}).sort((a, b) => a - b);

const lines = times.map((at, index) => {
  const [tenant] = pick(Object.entries(tenants), (share) => share);
  const [task, { takes, bytes, spread }] = pick(Object.entries(tasks), ({ share }) => share);
  const id = `job-${String(index + 1).padStart(4, '0')}`;
  return JSON.stringify({ id, tenant, task, at, takes: around(takes, spread), bytes: around(bytes, spread) });
});

process.stdout.write(`${lines.join('\n')}\n`);
