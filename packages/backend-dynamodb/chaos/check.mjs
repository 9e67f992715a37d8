// Compares what the workers wrote down with each other, and with what the table holds in the end.

/** @typedef {import('./ledger.mjs').Entry & { worker: string }} Entry */

/** How much early a lease may be taken over by a worker whose clock is wrong, ms: what docs/dynamodb.md promises. */
const clockBound = 2_500;

/**
 * @param {readonly Entry[]} entries
 * @param {import('@circuitry/core').CircuitRecord | null} counted the record of the circuit that was counted in
 */
export function check(entries, counted) {
  /** @type {string[]} */
  const violations = [];
  const summary = { ...checkCounts(entries, counted, violations), ...checkLocks(entries, violations) };
  Object.assign(summary, checkCalls(entries, violations));
  for (const entry of entries) if (entry.type === 'fault') violations.push(`${entry.worker}: ${entry.message}`);
  return { summary, violations };
}

/** @param {readonly Entry[]} entries @param {import('@circuitry/core').CircuitRecord | null} counted @param {string[]} violations */
function checkCounts(entries, counted, violations) {
  const applies = entries.filter(({ type }) => type === 'apply');
  const resultOf = (/** @type {string} */ wanted) =>
    applies.filter((entry) => entry.type === 'apply' && entry.result === wanted).length;
  const [acked, maybe] = [resultOf('acked'), resultOf('maybe')];
  const stored = counted?.counters['n'] ?? 0;
  // What was acknowledged is there; what was said not to have happened is not; nothing is there twice.
  if (stored < acked) violations.push(`${acked} counts were acknowledged, and only ${stored} are stored`);
  if (stored > acked + maybe)
    violations.push(`${stored} counts are stored, and only ${acked} + ${maybe} can have been`);
  /** @type {Map<number, string[]>} */
  const winners = new Map();
  let maybeStored = 0;
  for (const entry of entries) {
    if (entry.type !== 'store') continue;
    if (entry.result === 'maybe') maybeStored += 1;
    if (entry.result === 'acked') winners.set(entry.from, [...(winners.get(entry.from) ?? []), entry.worker]);
  }
  for (const [revision, names] of winners) {
    if (names.length > 1) violations.push(`revision ${revision} was replaced by ${names.join(' and by ')}`);
  }
  const [lost, failed] = [resultOf('refused'), resultOf('no')];
  return {
    counts: acked,
    unknownCounts: maybe,
    stored,
    lostCounts: lost,
    failedCounts: failed,
    transitions: winners.size,
    unknownTransitions: maybeStored,
  };
}

/** @param {readonly Entry[]} entries @param {string[]} violations */
function checkLocks(entries, violations) {
  /** @type {{ worker: string, token: number, at: number, until: number }[]} */
  const holds = [];
  for (const entry of entries) {
    if (entry.type === 'lock') holds.push({ ...entry, until: entry.at + entry.left });
    if (entry.type === 'unlock') {
      const held = holds.find(({ token, worker }) => token === entry.token && worker === entry.worker);
      if (held !== undefined) held.until = Math.min(held.until, entry.at);
    }
  }
  holds.sort((one, other) => one.token - other.token);
  for (let index = 1; index < holds.length; index += 1) {
    const [before, after] = /** @type {[(typeof holds)[0], (typeof holds)[0]]} */ ([holds[index - 1], holds[index]]);
    const pair = `${before.worker} (token ${before.token}) and ${after.worker} (token ${after.token})`;
    if (before.token === after.token) violations.push(`${pair} hold the lock with one token`);
    if (after.at < before.until - clockBound) {
      violations.push(`${pair} hold the lock at once, for ${Math.round(before.until - after.at)} ms`);
    }
  }
  return { leases: holds.length };
}

/** @param {readonly Entry[]} entries @param {string[]} violations */
function checkCalls(entries, violations) {
  /** @type {Map<string, number>} */
  const runs = new Map();
  /** @type {Set<string>} */
  const changes = new Set();
  let calls = 0;
  let refused = 0;
  for (const entry of entries) {
    if (entry.type === 'ran') runs.set(entry.id, (runs.get(entry.id) ?? 0) + 1);
    if (entry.type === 'settled') calls += 1;
    if (entry.type === 'settled' && entry.status === 'refused') {
      refused += 1;
      if (runs.has(entry.id)) violations.push(`${entry.worker}: the work of a refused call ran`);
    }
    if (entry.type !== 'change') continue;
    if (changes.has(entry.what)) violations.push(`${entry.worker}: ${entry.what} was announced a second time`);
    changes.add(entry.what);
  }
  for (const [id, times] of runs) if (times > 1) violations.push(`the work of call ${id} ran ${times} times`);
  return { calls, refused, announced: changes.size };
}
