import { setTimeout as pause } from 'node:timers/promises';
import { CircuitBreakerFactory } from '@circuitry/core';
import { RedisBackend } from '@circuitry/backend-redis';
import { connect } from '../../processes/redis-client.mjs';
import { modes } from './modes.mjs';

/** ms between two calls of one process: the measurement is no finer than that. */
const between = 1;

/** One process of the fleet. The first one trips the circuit; each says when it was first refused. */
export async function run({ id, url, rounds }, { index, barrier }) {
  const { options, watches } = modes.find((mode) => mode.id === id);
  const client = await connect(url);
  const backend = new RedisBackend({ client });
  // A backend need not be able to watch.
  if (!watches) backend.watch = undefined;
  const factory = new CircuitBreakerFactory({ backend, failureCountThreshold: 1, storageTimeout: '10s', ...options });
  const answers = [];
  for (let round = 0; round < rounds; round += 1) {
    const breaker = factory.breakerFor(`propagation-${round}`);
    await breaker.settle(async () => 42);
    await barrier(`ready-${round}`);
    const trip = index === 0 ? tripLater(breaker, options) : Promise.resolve(null);
    const admitted = await callUntilRefused(breaker);
    const refusedAt = microseconds();
    answers.push({ refusedAt, admitted, failedAt: await trip });
    await barrier(`done-${round}`);
  }
  await factory.close();
  await backend.close();
  client.disconnect();
  return answers;
}

/** Anywhere in the life of the others' views. Answers when the failure was reported. */
async function tripLater(breaker, { consistency }) {
  await pause(30 + Math.random() * (consistency === undefined ? 50 : Number(consistency.maxStaleness)));
  let failedAt = 0;
  await breaker.settle(async () => {
    failedAt = microseconds();
    throw new Error('down');
  });
  return failedAt;
}

/** When each admitted call began, µs. */
async function callUntilRefused(breaker) {
  const admitted = [];
  for (;;) {
    const began = microseconds();
    const { status } = await breaker.settle(async () => 42);
    if (status === 'refused') return admitted.slice(-5_000);
    admitted.push(began);
    await pause(between);
  }
}

/** The machine's monotonic clock: one for all processes. */
function microseconds() {
  return Number(process.hrtime.bigint() / 1_000n);
}
