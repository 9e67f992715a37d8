// A worker process: calls its circuits without a pause, and checks what comes back, until its parent ends it. Bundled and
// started by breaker-fleet.ts.
import { CircuitBreakerFactory, isCircuitryError, type FactoryOptions } from '@circuitry/core';
import { Redis } from 'ioredis';
import { existsSync } from 'node:fs';
import { RedisBackend } from '../../src/index.js';
import type { BreakerReport, Order, WorkerConfig } from './breaker-fleet.js';

const config = JSON.parse(process.argv[2] ?? '{}') as WorkerConfig;
const client = new Redis({ port: config.port });
client.on('error', () => {});
const backend = new RedisBackend({ client, prefix: config.prefix });
if (!config.push) Object.defineProperty(backend, 'watch', { value: undefined });

const ended: Record<string, number> = {};
const problems: string[] = [];
const changes: string[] = [];
const admittedAt: number[] = [];
let storageFailures = 0;
let storageRecovered = 0;
let failuresToCome = 0;
let failing = 0;
let stopping = false;

const options: FactoryOptions = {
  backend,
  failureCountThreshold: config.failureCountThreshold,
  allowAfter: config.allowAfter,
  closeThreshold: 2,
  storageTimeout: config.storageTimeout,
  onStorageFailure: 'local',
  onStateChange: ({ name, from, to }) => changes.push(`${name} ${from}>${to}`),
  ...(config.maxStaleness === null ? {} : { consistency: { maxStaleness: config.maxStaleness } }),
};
const factory = new CircuitBreakerFactory(options);
factory.on('storageFailure', () => (storageFailures += 1));
factory.on('storageRecovered', () => (storageRecovered += 1));

/** One job: its work says who it is, and fails while the dependency is down. */
async function call(circuit: string): Promise<void> {
  const token = {};
  const failure = new Error('the dependency is down');
  let runs = 0;
  let how = 'refused';
  const began = Date.now();
  const fails = existsSync(config.downFile) || failuresToCome > 0;
  if (fails) failing += 1;
  const work = async ({ decidedBy }: { readonly decidedBy: string }): Promise<object> => {
    runs += 1;
    how = decidedBy;
    if (fails) failuresToCome = Math.max(0, failuresToCome - 1);
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (fails) throw failure;
    return token;
  };
  try {
    const value = await factory.breakerFor(circuit).execute(work);
    if (value !== token || runs !== 1 || fails) problem(`resolved with another value, or after ${runs} runs`);
  } catch (error) {
    if (runs === 0 ? !isRefusal(error) : error !== failure) problem(`${runs} runs, then ${String(error)}`);
    if (runs > 1) problem(`${runs} runs`);
  }
  if (fails) failing -= 1;
  ended[how] = (ended[how] ?? 0) + 1;
  // What a process decides for itself while it can't reach the store is another matter.
  if (runs === 0 || how === 'local') return;
  admittedAt.push(began);
  if (admittedAt.length > 20_000) admittedAt.splice(0, 10_000);
}

function isRefusal(error: unknown): boolean {
  return isCircuitryError(error, 'ERR_CIRCUIT_OPEN') || isCircuitryError(error, 'ERR_TOO_MANY_TRIALS');
}

function problem(text: string): void {
  if (problems.length < 10) problems.push(text);
}

function report(): BreakerReport {
  return { ended, failing, problems, storageFailures, storageRecovered, changes, admittedAt };
}

process.on('message', (order: Order) => {
  if (order === 'fail-once') failuresToCome = 1;
  if (order === 'stop') stopping = true;
  else process.send?.(report());
});
process.on('disconnect', () => process.exit());

/** One of the jobs that run side by side. */
async function keepCalling(): Promise<void> {
  for (let index = 0; !stopping; index += 1) {
    await call(config.circuits[index % config.circuits.length] as string);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

await Promise.all(Array.from({ length: 4 }, keepCalling));
await factory.close();
await backend.close();
client.disconnect();
process.send?.(report(), () => process.disconnect());
