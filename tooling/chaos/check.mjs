// Compares what the workers wrote down with each other, and with what the store holds in the end.

/** @typedef {import('./ledger.mjs').Entry & { worker: string }} Entry */

/**
 * A time in which a server may have done what the store has lost since, as a failover does; ms since the epoch.
 *
 * @typedef {{ from: number, until: number }} Loss
 */

/** How much early a lease may be taken over where a clock is wrong, ms: what docs/dynamodb.md promises. */
const clockBound = 2_500;

/**
 * @param {readonly Entry[]} entries
 * @param {import('@circuitry/core').CircuitRecord | null} counted the record of the circuit that was counted in
 * @param {readonly Loss[]} [losses] none: nothing that was acknowledged may be lost
 */
export function check(entries, counted, losses = []) {
  /** @type {string[]} */
  const violations = [];
  const summary = { ...checkCounts(entries, counted, losses, violations), ...checkLocks(entries, losses, violations) };
  Object.assign(summary, checkCalls(entries, losses, violations));
  if (losses.length > 0) {
    const seconds = losses.reduce((sum, { from, until }) => sum + (until - from) / 1_000, 0);
    Object.assign(summary, { lossAllowedFor: `${seconds.toFixed(1)} s` });
  }
  for (const entry of entries) if (entry.type === 'fault') violations.push(`${entry.worker}: ${entry.message}`);
  return { summary, violations };
}

/**
 * Whether the store may have lost what was asked of it and acknowledged: the server did it at some moment in between.
 *
 * @param {readonly Loss[]} losses @param {{ asked: number, at: number }} entry
 */
function mayBeLost(losses, { asked, at }) {
  return losses.some((loss) => loss.from <= at && asked <= loss.until);
}

/**
 * @param {readonly Entry[]} entries
 * @param {import('@circuitry/core').CircuitRecord | null} counted
 * @param {readonly Loss[]} losses
 * @param {string[]} violations
 */
function checkCounts(entries, counted, losses, violations) {
  const applies = entries.filter((entry) => entry.type === 'apply');
  const withResult = (/** @type {string} */ wanted) => applies.filter(({ result }) => result === wanted);
  const acked = withResult('acked').length;
  // A worker that was killed under way doesn't know either.
  const begun = entries.filter(({ type }) => type === 'applying').length;
  const maybe = withResult('maybe').length + Math.max(0, begun - applies.length);
  const atRisk = withResult('acked').filter((entry) => mayBeLost(losses, entry)).length;
  const stored = counted?.counters['n'] ?? 0;
  // What was acknowledged is there; what was said not to have happened is not; nothing is there twice.
  if (stored < acked - atRisk) violations.push(`${acked} counts were acknowledged, and only ${stored} are stored`);
  if (stored > acked + maybe)
    violations.push(`${stored} counts are stored, and only ${acked} + ${maybe} can have been`);
  return {
    counts: acked,
    unknownCounts: maybe,
    stored,
    ...(losses.length > 0 && { countsAtRisk: atRisk, countsLostAtLeast: Math.max(0, acked - stored) }),
    refusedCounts: withResult('refused').length,
    failedCounts: withResult('no').length,
    ...checkTransitions(entries, losses, violations),
  };
}

/** @param {readonly Entry[]} entries @param {readonly Loss[]} losses @param {string[]} violations */
function checkTransitions(entries, losses, violations) {
  const stores = entries.filter((entry) => entry.type === 'store');
  /** @type {Map<number, (typeof stores)>} */
  const winners = new Map();
  for (const entry of stores) {
    if (entry.result === 'acked') winners.set(entry.from, [...(winners.get(entry.from) ?? []), entry]);
  }
  let replacedTwice = 0;
  for (const [revision, all] of winners) {
    if (all.length === 1) continue;
    // All but one were lost: those must be from such a time.
    if (all.filter((entry) => !mayBeLost(losses, entry)).length <= 1) replacedTwice += 1;
    else violations.push(`revision ${revision} was replaced by ${all.map(({ worker }) => worker).join(' and by ')}`);
  }
  return {
    transitions: winners.size,
    unknownTransitions: stores.filter(({ result }) => result === 'maybe').length,
    ...(losses.length > 0 && { transitionsLost: replacedTwice }),
  };
}

/** @param {readonly Entry[]} entries @param {readonly Loss[]} losses @param {string[]} violations */
function checkLocks(entries, losses, violations) {
  /** @type {{ worker: string, token: number, asked: number, sent: number, at: number, until: number }[]} */
  const holds = [];
  for (const entry of entries) {
    // It was asked for again and again; the last time, which got it, is as long ago as its lease has run.
    if (entry.type === 'lock')
      holds.push({ ...entry, until: entry.at + entry.left, sent: entry.at - (entry.lease - entry.left) });
    if (entry.type === 'unlock') {
      const held = holds.find(({ token, worker }) => token === entry.token && worker === entry.worker);
      if (held !== undefined) held.until = Math.min(held.until, entry.at);
    }
  }
  holds.sort((one, other) => one.token - other.token);
  let heldTwice = 0;
  for (let index = 1; index < holds.length; index += 1) {
    const [before, after] = /** @type {[(typeof holds)[0], (typeof holds)[0]]} */ ([holds[index - 1], holds[index]]);
    const pair = `${before.worker} (token ${before.token}) and ${after.worker} (token ${after.token})`;
    if (before.token === after.token) violations.push(`${pair} hold the lock with one token`);
    if (after.at < before.asked) violations.push(`${pair}: the smaller token was asked for after the greater was had`);
    else if (after.at < before.until - clockBound) {
      // The store forgot the lock while it was held.
      if (mayBeLost(losses, { asked: before.sent, at: before.at })) heldTwice += 1;
      else violations.push(`${pair} hold the lock at once, for ${Math.round(before.until - after.at)} ms`);
    }
  }
  return { leases: holds.length, ...(losses.length > 0 && { leasesLost: heldTwice }) };
}

/** @param {readonly Entry[]} entries @param {readonly Loss[]} losses @param {string[]} violations */
function checkCalls(entries, losses, violations) {
  /** @type {Map<string, number>} */
  const runs = new Map();
  /** Each when it was announced last. @type {Map<string, { asked: number, at: number }>} */
  const changes = new Map();
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
    const first = changes.get(entry.what);
    // Once lost, a transition is made again from the same record.
    if (first !== undefined && !mayBeLost(losses, first.at < entry.at ? first : entry)) {
      violations.push(`${entry.worker}: ${entry.what} was announced a second time`);
    }
    changes.set(entry.what, entry);
  }
  for (const [id, times] of runs) if (times > 1) violations.push(`the work of call ${id} ran ${times} times`);
  return { calls, refused, announced: changes.size };
}
