import { RedisBackend } from '@circuitry/backend-redis';
import { CircuitBreakerFactory } from '@circuitry/core';
import type * as bullmq from 'bullmq';
import { Redis } from 'ioredis';
import { protectProcessor } from '../../src/index.js';

/** A worker process. Its dependency is a few keys of Redis: down, slow, or well. */
const { url, queue, major } = JSON.parse(String(process.argv[2])) as Record<'url' | 'queue' | 'major', string>;
const library = (await import(major === '5' ? 'bullmq-5' : 'bullmq')) as typeof bullmq;

const client = new Redis(url, { maxRetriesPerRequest: 0 });
const factory = new CircuitBreakerFactory({
  backend: new RedisBackend({ client, prefix: queue }),
  failureCountThreshold: 2,
  allowAfter: '400ms',
  // This and BullMQ's lock below end when their worker was killed, not when it stands still for some seconds.
  trialLease: '9s',
  retryJitter: 0,
  storageTimeout: '1m',
});

const worker = new library.Worker<object, string>(
  queue,
  protectProcessor<object, string>(factory, { circuit: 'send-mail' }, async (job, _token, { isTrial }) => {
    if ((await client.get(`${queue}:down`)) !== null) throw new Error('HTTP 503');
    if ((await client.get(`${queue}:slow`)) !== null) {
      await client.hset(`${queue}:running`, String(job.id), process.pid);
      await new Promise(() => {});
    }
    return isTrial ? 'sent by a trial' : 'sent';
  }),
  {
    connection: { url },
    concurrency: 2,
    lockDuration: 8_000,
    lockRenewTime: 1_000,
    stalledInterval: 500,
    maxStalledCount: 1_000,
    drainDelay: 1,
  },
);
worker.on('error', () => {});
await worker.waitUntilReady();
process.send?.('ready');
