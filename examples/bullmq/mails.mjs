/** Two tenants, two workers, and a mail provider that is down for one tenant, then back. run.mjs starts it. */
import { Queue } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { startMailWorker } from './mail-worker.mjs';
import { openRedis } from './open-redis.mjs';

const redis = await openRedis();
const names = { queue: `mails-${randomUUID()}`, prefix: `bullmq-example-${randomUUID()}` };
const down = new Set(['acme']);

/** @type {Parameters<typeof startMailWorker>[0]['sendMail']} */
const sendMail = async ({ data }) => {
  if (down.has(data.tenantId)) throw new Error('HTTP 503');
  return `sent for ${data.tenantId}`;
};

const queue = new Queue(names.queue, { connection: { url: redis.url } });
const workers = [1, 2].map(() => startMailWorker({ url: redis.url, ...names, sendMail }));
const refused = { acme: 0, globex: 0 };
for (const { worker, factory } of workers) {
  factory.on('stateChange', ({ name, from, to }) => {
    console.log(`${name}: ${from} -> ${to}`);
    // The provider is repaired while its circuit is open.
    if (to === 'open') down.delete('acme');
  });
  factory.on('refused', ({ context }) => {
    refused[/** @type {'acme' | 'globex'} */ (context.tenantId)] += 1;
  });
  worker.on('failed', (job, error) =>
    console.log(`${job?.name} failed, attempt ${job?.attemptsMade}: ${error.message}`),
  );
}

console.log('20 mails of two tenants; the provider is down for acme');
const finished = new Promise((resolve) => {
  let left = 20;
  for (const { worker } of workers) worker.on('completed', () => (left -= 1) === 0 && resolve(undefined));
});
const jobs = await queue.addBulk(
  Array.from({ length: 20 }, (_, index) => {
    const tenantId = index % 2 === 0 ? 'acme' : 'globex';
    const data = { tenantId };
    return { name: `mail ${index + 1} of ${tenantId}`, data, opts: { attempts: 3, backoff: 500 } };
  }),
);
await finished;

for (const tenantId of /** @type {const} */ (['acme', 'globex'])) {
  const own = await Promise.all(
    jobs.filter(({ data }) => data.tenantId === tenantId).map(({ id }) => queue.getJob(String(id))),
  );
  const most = Math.max(...own.map((job) => job?.attemptsMade ?? 0));
  console.log(`${tenantId}: all ${own.length} sent, refused ${refused[tenantId]} times, at most ${most} attempts each`);
}

for (const worker of workers) await worker.close();
await queue.obliterate({ force: true });
await queue.close();
await redis.close();
