// What a worker of the chaos runs does, on whatever store: it counts, transitions, locks and calls, and writes down what it
// is told.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CircuitBreakerFactory, isCircuitryError, systemClock } from '@circuitry/core';
import { openLedger } from './ledger.mjs';

/** Longer than is recommended: the machine that all this runs on is busy. Ms. */
export const storageTimeout = 4_000;
const ttl = 3_600_000;
/** The circuit whose calls are protected. */
const called = 'called';
const { name, folder, skew, ...setup } = JSON.parse(process.argv[2] ?? '{}');
const note = openLedger(folder, name);
const now = () => performance.timeOrigin + performance.now();

/** What this worker was told besides. */
export { setup };

/** This worker's clock, which is off by what it was told. @type {import('@circuitry/core').Clock} */
export const clock = {
  now: () => systemClock.now() + skew,
  after: (ms, callback, options) => systemClock.after(ms, callback, options),
};
// Whoever started it is gone.
process.on('disconnect', () => process.exit());
let isHealthy = true;
let isOver = false;

for (const event of ['unhandledRejection', 'uncaughtException']) {
  process.on(event, (error) => note({ type: 'fault', message: `${event}: ${error?.stack ?? error}` }));
}
process.on('message', (/** @type {{ healthy?: boolean, end?: boolean }} */ { healthy, end }) => {
  if (healthy !== undefined) isHealthy = healthy;
  if (end === true) isOver = true;
});

const withTime = () => ({ ttl, signal: AbortSignal.timeout(storageTimeout) });

/** What an error says of a write. @param {unknown} error @returns {'maybe' | 'no'} */
function resultOf(error) {
  if (!isCircuitryError(error)) {
    note({ type: 'fault', message: `an error of a stranger's: ${/** @type {Error} */ (error)?.stack ?? error}` });
    return 'maybe';
  }
  return /** @type {{ ambiguous?: boolean }} */ (/** @type {unknown} */ (error)).ambiguous === true ? 'maybe' : 'no';
}

/** Counts, and now and then replaces the record, with the counts carried over. @param {import('@circuitry/core').StorageBackend} backend */
async function countOn(backend) {
  const { record } = await backend.retrieve('counted', { signal: AbortSignal.timeout(storageTimeout) });
  const revision = record?.revision ?? null;
  if (revision === null || Math.random() < 0.05) {
    const next = {
      revision: Math.max(Date.now() * 1_024 + Math.floor(Math.random() * 1_024), (revision ?? 0) + 1),
      state: /** @type {const} */ ('closed'),
      generation: 0,
      openings: 0,
      since: 0,
      expiresAt: null,
      override: null,
      by: randomUUID(),
      lastFailure: null,
      counters: record?.counters ?? {},
    };
    const asked = now();
    // A counter that is not there yet is carried over as well: without it the first count of another worker would be lost.
    const expect = { n: 0, ...record?.counters };
    const options = { ...withTime(), ...(record !== null && { expect }) };
    const result = await backend
      .store('counted', revision, next, options)
      .then(({ applied }) => (applied ? 'acked' : 'refused'), resultOf);
    note({ type: 'store', from: revision ?? 0, to: next.revision, result, asked, at: now() });
    return;
  }
  const id = randomUUID();
  note({ type: 'applying', id });
  const asked = now();
  const result = await backend
    .apply('counted', revision, { add: { n: 1 } }, withTime())
    .then(({ applied }) => (applied ? 'acked' : 'refused'), resultOf);
  note({ type: 'apply', id, result, asked, at: now() });
}

/** Takes the lock, holds it for a while, and gives it back. @param {import('@circuitry/core').StorageBackend} backend */
async function lockOn(backend) {
  const asked = now();
  const length = 9_000;
  const lease = await backend.lock('job', { lease: length, wait: 2_000, signal: AbortSignal.timeout(12_000) });
  note({ type: 'lock', token: lease.token, asked, at: now(), lease: length, left: lease.left });
  await sleep(Math.random() * 500);
  // The lease ends with the request, not with its answer.
  note({ type: 'unlock', token: lease.token, at: now() });
  await lease.release();
}

/** A protected call of a dependency that comes and goes. @param {import('@circuitry/core').CircuitBreaker} breaker */
async function callOn(breaker) {
  const id = randomUUID();
  note({ type: 'call', id });
  const { status } = await breaker.settle(async () => {
    note({ type: 'ran', id });
    if (!isHealthy) throw new Error('the dependency is down');
  });
  note({ type: 'settled', id, status });
}

/** @param {() => Promise<void>} round */
async function goOn(round) {
  while (!isOver) {
    await round().catch((error) => {
      if (!isCircuitryError(error) && /** @type {Error} */ (error).name !== 'TimeoutError') {
        note({ type: 'fault', message: String(/** @type {Error} */ (error)?.stack ?? error) });
      }
    });
    await sleep(5 + Math.random() * 20);
  }
}

/**
 * Works on `backend` until it is told to end, and closes it.
 *
 * @param {import('@circuitry/core').StorageBackend} backend
 */
export async function work(backend) {
  const { store } = backend;
  /** When the transition was asked for that was answered last: it is announced then. */
  let asked = now();
  backend.store = async (...args) => {
    const sent = now();
    const change = await store.apply(backend, args);
    if (args[0] === called) asked = sent;
    return change;
  };
  const factory = new CircuitBreakerFactory({
    backend,
    clock,
    storageTimeout,
    failureCountThreshold: 3,
    allowAfter: '1s',
    trialLease: '2s',
    onStateChange: ({ name: circuit, from, to, information: { generation, openings, since } }) =>
      note({
        type: 'change',
        asked,
        at: now(),
        what: `${circuit} ${from} -> ${to} (${generation}, ${openings}, ${JSON.stringify(since)})`,
      }),
  });
  const breaker = factory.breakerFor(called);
  process.send?.('ready');
  const counting = () => countOn(backend);
  const calling = () => callOn(breaker);
  await Promise.all([counting, counting, () => lockOn(backend), calling, calling].map(goOn));
  await factory.close();
  await backend.close();
  process.disconnect();
}
