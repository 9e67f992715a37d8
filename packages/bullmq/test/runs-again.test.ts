import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as bullmq6 from 'bullmq';
import * as bullmq5 from 'bullmq-5';
import { createClient } from 'redis';
import { Mails, until, type MailJob } from './support/mails.js';
import { missing, openRedis } from './support/redis.js';

// The tests are written against 6's types; 5 has the same of what they use.
const majors = { 5: bullmq5 as unknown as typeof bullmq6, 6: bullmq6 };
const suite = missing === null ? describe : describe.skip;
const title = missing === null ? '' : ` (skipped: ${missing})`;

const send = async ({ data }: MailJob): Promise<string> => `sent for ${data.tenantId}`;

let redis: Awaited<ReturnType<typeof openRedis>>;
beforeAll(async () => {
  if (missing === null) redis = await openRedis();
});
afterAll(async () => redis?.close());

suite.each(['5', '6'] as const)(`BullMQ %s${title}`, (major) => {
  const library = majors[major];
  let mails: Mails;
  let closeClient = async (): Promise<unknown> => undefined;
  afterEach(async () => {
    await mails.close();
    // BullMQ closes no connection that it was given.
    await closeClient();
    closeClient = async () => undefined;
  });

  test('A job that stalled and runs twice counts twice: two calls did reach the dependency', async () => {
    mails = new Mails(library, redis.url, { failureCountThreshold: 5 });
    let begun = 0;
    let endFirst = (): void => {};
    const first = new Promise<void>((resolve) => (endFirst = resolve));
    // A worker whose lock nobody renews, as one whose event loop is blocked: BullMQ takes the job for stalled.
    const options = { lockDuration: 300, stalledInterval: 200, skipLockRenewal: true, maxStalledCount: 1_000 };
    mails.work(
      mails.processor(async (job) => {
        begun += 1;
        if (begun === 1) await first;
        return await send(job);
      }),
      { ...options, concurrency: 2 },
    );
    const job = await mails.add('acme', { attempts: 1 });
    expect(await mails.done(job)).toBe('sent for acme');
    // On a machine that is slow itself a later run is taken for stalled as well.
    expect(begun).toBeGreaterThanOrEqual(2);
    endFirst();
    await until('each run has ended, the first too', () => mails.outcomes.length === begun);
    expect(new Set(mails.outcomes)).toEqual(new Set(['acme: success']));
    expect(await mails.breaker('acme').information()).toMatchObject({ totalSuccesses: begun });
  });

  test('On node-redis, which BullMQ takes in the place of ioredis, a refused job is delayed and done as well', async () => {
    const client = createClient({ url: redis.url });
    // Without a listener node-redis throws what happens at the end.
    client.on('error', () => {});
    await client.connect();
    closeClient = () => client.close();
    mails = new Mails(library, redis.url, {}, library.createNodeRedisClient(client));
    await mails.open('acme');
    mails.work(mails.processor(send));
    const job = await mails.add('acme', { attempts: 1 });
    expect(await mails.done(job)).toBe('sent for acme');
    expect(mails.refused.length).toBeGreaterThanOrEqual(1);
    expect(await mails.now(job)).toMatchObject({ attemptsMade: 1, attemptsStarted: mails.refused.length + 1 });
  });
});

suite(`BullMQ 5${title}`, () => {
  // 6 has job schedulers alone.
  test('A repeatable job that is refused is done late, and the next one comes as planned', async () => {
    const mails = new Mails(majors['5'], redis.url, { allowAfter: '300ms', retryJitter: 0 });
    try {
      await mails.open('acme');
      mails.work(mails.processor(send), { concurrency: 4 });
      await mails.add('acme', { repeat: { every: 700 } } as bullmq6.JobsOptions);
      await until('three are done', async () => (await mails.queue.getCompletedCount()) >= 3);
      expect(mails.refused.length).toBeGreaterThanOrEqual(1);
      expect(await mails.queue.getFailedCount()).toBe(0);
    } finally {
      // Or its connections would keep this process alive when the server is gone.
      await mails.close();
    }
  });
});
