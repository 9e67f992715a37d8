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

/** @param {unknown} refusal */
const retryAfterOf = (refusal) => Number(/** @type {{ retryAfter?: number }} */ (refusal).retryAfter);

/** Two failures in a row open the circuit of a tenant, for three seconds; see mail-worker.mjs. */
const untilOpen = 2;

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

  /** @param {string} tenantId @param {number} attempts */
  const add = (tenantId, attempts) => queue.add('mail', { tenantId }, { attempts });

  /** @param {string | undefined} id */
  const jobNow = async (id) => (await queue.getJob(String(id))) ?? { attemptsMade: -1, attemptsStarted: -1, delay: -1 };

  test('A refused job is delayed by retryAfter, uses up no attempt, and is done once the circuit lets it through', async () => {
    down.add('acme');
    for (let failures = 0; failures < untilOpen; failures += 1) {
      const job = await add('acme', 1);
      await expect(job.waitUntilFinished(events)).rejects.toThrow('HTTP 503');
    }
    expect(changes).toEqual(['closed -> open']);
    down.delete('acme');

    /** @type {{ jobId: string, delay: number }[]} when each job that was delayed may run, ms since the epoch */
    const delayed = [];
    events.on('delayed', ({ jobId, delay }) => delayed.push({ jobId, delay }));
    /** @type {{ tenantId: string | undefined, until: number }[]} the same by what the circuit said */
    const refused = [];
    for (const { factory } of workers) {
      factory.on('refused', ({ context, error }) => {
        refused.push({ tenantId: context.tenantId, until: Date.now() + retryAfterOf(error) });
      });
    }
    // One attempt: were it used up by the refusal, the job would have failed.
    const job = await add('acme', 1);
    const other = await add('globex', 1);
    expect(await other.waitUntilFinished(events)).toBe('sent for globex');
    expect(await job.waitUntilFinished(events)).toBe('sent for acme');

    const waits = delayed.filter(({ jobId }) => jobId === job.id);
    expect(waits.length).toBeGreaterThanOrEqual(1);
    expect(refused.map(({ tenantId }) => tenantId)).toEqual(waits.map(() => 'acme'));
    for (const [index, { delay }] of waits.entries()) {
      // Not before the circuit said; what the machine took between the two is given.
      const late = delay - Number(refused[index]?.until);
      expect(late).toBeGreaterThanOrEqual(-1);
      expect(late).toBeLessThan(5_000);
    }
    const done = await jobNow(job.id);
    expect(done).toMatchObject({ attemptsMade: 1, attemptsStarted: waits.length + 1 });
    expect(await jobNow(other.id)).toMatchObject({ attemptsMade: 1, attemptsStarted: 1 });
    expect(changes).toEqual(['closed -> open', 'open -> half-open', 'half-open -> closed']);
  });

  test('While a job is delayed by its circuit it has made no attempt; forced open without end it waits for a minute', async () => {
    const [{ factory }] = /** @type {[typeof workers[0], ...typeof workers]} */ (workers);
    const breaker = factory.breakerFor('send-mail', { tenantId: 'initech' });
    await breaker.forceOpen({ reason: 'invoice unpaid' });
    const refused = new Promise((resolve) => events.once('delayed', resolve));
    const job = await add('initech', 1);
    await refused;
    expect(await job.getState()).toBe('delayed');
    const waiting = await jobNow(job.id);
    expect(waiting).toMatchObject({ attemptsMade: 0, attemptsStarted: 1 });
    // BullMQ reads the clock once more than we do.
    expect(Math.abs(waiting.delay - 60_000)).toBeLessThan(5_000);

    await breaker.release();
    await job.promote();
    expect(await job.waitUntilFinished(events)).toBe('sent for initech');
    expect(await jobNow(job.id)).toMatchObject({ attemptsMade: 1, attemptsStarted: 2 });
  });

  const built = existsSync(new URL('../../../packages/backend-redis/dist/index.js', import.meta.url));
  (built ? test : test.skip)(`The example runs by itself${built ? '' : ' (skipped: nothing is built)'}`, async () => {
    const program = fileURLToPath(new URL('../run.mjs', import.meta.url));
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { timeout: 120_000 });
    expect(stderr).toBe('');
    expect(stdout).toContain('send-mail/acme: half-open -> closed');
    expect(stdout).toMatch(/acme: all 10 sent, refused [1-9]\d* times/);
    expect(stdout).toContain('globex: all 10 sent, refused 0 times, at most 1 attempts each');
  });
});
