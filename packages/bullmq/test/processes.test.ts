import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { RedisBackend } from '@circuitry/backend-redis';
import { CircuitBreakerFactory } from '@circuitry/core';
import * as bullmq6 from 'bullmq';
import * as bullmq5 from 'bullmq-5';
import { Redis } from 'ioredis';
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { bundle } from './support/bundle.js';
import { until } from './support/mails.js';
import { missing, openRedis } from './support/redis.js';

const majors = { 5: bullmq5 as unknown as typeof bullmq6, 6: bullmq6 };
const suite = missing === null ? describe : describe.skip;
const title = missing === null ? '' : ` (skipped: ${missing})`;

suite.each(['5', '6'] as const)(`BullMQ %s, workers in processes of their own${title}`, (major) => {
  const { Queue, Worker } = majors[major];
  let redis: Awaited<ReturnType<typeof openRedis>>;
  let program: Awaited<ReturnType<typeof bundle>>;
  let client: Redis;
  let children: ChildProcess[] = [];

  beforeAll(async () => {
    redis = await openRedis();
    client = new Redis(redis.url, { maxRetriesPerRequest: 0 });
  });
  afterEach(async () => {
    for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    children = [];
    await program.remove();
  });
  afterAll(async () => {
    client.disconnect();
    await redis.close();
  });

  test('A worker that is killed in the middle of a trial holds nobody up: the job and the circuit go on elsewhere', async () => {
    const name = `mails-${randomUUID()}`;
    program = await bundle('worker.ts');
    children = [1, 2, 3].map(() => fork(program.file, [JSON.stringify({ url: redis.url, queue: name, major })]));
    await Promise.all(children.map((child) => once(child, 'message')));
    const queue = new Queue<object, string>(name, { connection: { url: redis.url } });
    const backend = new RedisBackend({ client, prefix: name });
    const breaker = new CircuitBreakerFactory({ backend, storageTimeout: '1m' }).breakerFor('send-mail');

    await client.set(`${name}:down`, 1);
    await queue.addBulk([1, 2].map(() => ({ name: 'mail', data: {}, opts: { attempts: 1 } })));
    await until('the circuit is open', async () => (await breaker.state()) !== 'closed');
    await until('both have failed', async () => (await queue.getFailedCount()) === 2);

    await client.set(`${name}:slow`, 1);
    await client.del(`${name}:down`);
    const jobs = await queue.addBulk([1, 2, 3].map(() => ({ name: 'mail', data: {}, opts: { attempts: 1 } })));
    await until('one is the trial', async () => (await client.hlen(`${name}:running`)) > 0);
    await until('the others wait for their circuit', async () => (await queue.getDelayedCount()) === 2);
    const running = Object.values(await client.hgetall(`${name}:running`));
    expect(running).toHaveLength(1);

    await client.del(`${name}:slow`);
    const killed = children.find(({ pid }) => pid === Number(running[0])) as ChildProcess;
    killed.kill('SIGKILL');
    await once(killed, 'exit');

    await until('all are done', async () => (await queue.getCompletedCount()) === 3);
    const done = await Promise.all(jobs.map(({ id }) => queue.getJob(String(id))));
    expect(done.map((job) => job?.attemptsMade)).toEqual([1, 1, 1]);
    expect(done.map((job) => job?.returnvalue)).toContain('sent by a trial');
    expect(await breaker.state()).toBe('closed');
    expect(await queue.getFailedCount()).toBe(2);
    await queue.close();
    await backend.close();
  });

  test('A sandboxed processor gets its token, and delays what is refused', async () => {
    const name = `mails-${randomUUID()}`;
    program = await bundle('sandboxed.ts');
    const connection = { url: redis.url };
    const queue = new Queue<object, string>(name, { connection });
    const worker = new Worker<object, string>(name, program.file, { connection, drainDelay: 1 });
    worker.on('error', () => {});
    const [first, second] = await queue.addBulk([1, 2].map(() => ({ name: 'mail', data: {}, opts: { attempts: 1 } })));
    await until('the second is delayed', async () => (await queue.getDelayedCount()) === 1);
    expect(await first?.getState()).toBe('failed');
    expect(await second?.getState()).toBe('delayed');
    expect((await queue.getJob(String(second?.id)))?.attemptsMade).toBe(0);
    await worker.close(true);
    await queue.close();
  });
});
