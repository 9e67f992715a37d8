import { RedisBackend } from '@circuitry/backend-redis';
import { protectProcessor } from '@circuitry/bullmq';
import { CircuitBreakerFactory, circuitName } from '@circuitry/core';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';

/** @typedef {{ tenantId: string }} MailData */

/**
 * One worker of the queue, as a process of its own would have it: connections, circuits and all.
 *
 * @param {object} options
 * @param {string} options.url of the Redis that holds the queue and the circuits
 * @param {string} options.queue
 * @param {string} options.prefix of the circuits
 * @param {(job: import('bullmq').Job<MailData, string>, options: { signal: AbortSignal }) => Promise<string>} options.sendMail
 */
export function startMailWorker({ url, queue, prefix, sendMail }) {
  // BullMQ waits for ever for a Redis that is away; the circuits must not, so the backend has a connection of its own.
  const client = new Redis(url, { maxRetriesPerRequest: 0 });
  const backend = new RedisBackend({ client, prefix });
  const factory = new CircuitBreakerFactory({
    backend,
    nameFor: (circuit, /** @type {{ tenantId: string }} */ { tenantId }) => circuitName(circuit, tenantId),
    failureCountThreshold: 2,
    allowAfter: '3s',
    // Jobs that come while another one is the circuit's trial are delayed by as much. It may be shorter than a job: it is
    // renewed while the trial runs.
    trialLease: '2s',
  });
  const processor = protectProcessor(
    factory,
    {
      circuit: 'send-mail',
      context: (/** @type {import('bullmq').Job<MailData>} */ { data }) => ({ tenantId: data.tenantId }),
    },
    (/** @type {import('bullmq').Job<MailData, string>} */ job, _token, { signal }) => sendMail(job, { signal }),
  );
  const worker = new Worker(queue, processor, { connection: { url }, concurrency: 2 });
  for (const emitter of [client, worker]) emitter.on('error', (/** @type {Error} */ error) => console.error(error));

  return {
    worker,
    factory,
    /** In this order no outcome is lost: no more jobs, then what the circuits were still told, then the connections. */
    async close() {
      await worker.close();
      await factory.close();
      await backend.close();
      client.disconnect();
    },
  };
}
