import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Queue, QueueEvents } from 'bullmq';
import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { redisServer } from '../../../tooling/servers/redis.mjs';
import { startMailWorker } from '../mail-worker.mjs';
import { openRedis } from '../open-redis.mjs';

jest.setTimeout(180_000);

const found = process.env['REDIS_URL'] ? { path: '' } : redisServer();
const missing = 'path' in found ? undefined : found.missing;
const suite = missing === undefined ? describe : describe.skip;

suite(`Circuits in BullMQ workers${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  /** @type {Awaited<ReturnType<typeof openRedis>>} */
  let redis;
  /** @type {Queue<{ tenantId: string }, string>} */
  let queue;
  /** @type {QueueEvents} */
  let events;
  /** @type {ReturnType<typeof startMailWorker>[]} */
  let workers = [];
  const down = new Set();
  /** @type {string[]} */
  const changes = [];

  beforeAll(async () => {
    redis = await openRedis();
    const names = { queue: `mails-${randomUUID()}`, prefix: `bullmq-test-${randomUUID()}` };
    const connection = { url: redis.url };
    queue = new Queue(names.queue, { connection });
    events = new QueueEvents(names.queue, { connection });
    await events.waitUntilReady();
    workers = [1, 2].map(() =>
      startMailWorker({
        url: redis.url,
        ...names,
        async sendMail({ data }) {
          if (down.has(data.tenantId)) throw new Error('HTTP 503');
          return `sent for ${data.tenantId}`;
        },
      }),
    );
    for (const { factory } of workers) factory.on('stateChange', ({ from, to }) => changes.push(`${from} -> ${to}`));
  });

  afterAll(async () => {
    for (const worker of workers) await worker.close();
    await events.close();
    await queue.obliterate({ force: true });
    await queue.close();
    await redis.close();
  });

  test('Two tenants: one provider down, and every mail is sent in the end; the other tenant never waits', async () => {
    down.add('acme');
    const first = await queue.add('mail', { tenantId: 'acme' }, { attempts: 1 });
    await expect(first.waitUntilFinished(events)).rejects.toThrow('HTTP 503');
    const jobs = await queue.addBulk(
      ['acme', 'globex', 'acme', 'globex'].map((tenantId) => ({
        name: 'mail',
        data: { tenantId },
        // One for the second failure, and one for each trial that comes before the provider is back.
        opts: { attempts: 50, backoff: 1 },
      })),
    );
    const sent = jobs.map((job) => job.waitUntilFinished(events));
    await Promise.all([sent[1], sent[3]]);
    down.delete('acme');
    expect(await Promise.all(sent)).toEqual(['acme', 'globex', 'acme', 'globex'].map((tenant) => `sent for ${tenant}`));
    const trials = changes.filter((change) => change === 'open -> half-open').length;
    const failed = Array.from({ length: trials - 1 }, () => ['open -> half-open', 'half-open -> open']).flat();
    expect(changes).toEqual(['closed -> open', ...failed, 'open -> half-open', 'half-open -> closed']);
  });

  const built = existsSync(new URL('../../../packages/bullmq/dist/index.js', import.meta.url));
  (built ? test : test.skip)(`The example runs by itself${built ? '' : ' (skipped: nothing is built)'}`, async () => {
    const program = fileURLToPath(new URL('../mails.mjs', import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { timeout: 120_000 });
    expect(stderr).toBe('');
    expect(stdout).toContain('send-mail/acme: half-open -> closed');
    expect(stdout).toMatch(/acme: all 10 sent, refused [1-9]\d* times/);
    expect(stdout).toContain('globex: all 10 sent, refused 0 times, at most 1 attempts each');
  });
});
