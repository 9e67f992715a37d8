import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import * as bullmq6 from 'bullmq';
import * as bullmq5 from 'bullmq-5';
import { isHandedBack, protectProcessor } from '../src/index.js';
import { Mails, until, type MailJob } from './support/mails.js';
import { missing, openRedis } from './support/redis.js';

// The tests are written against 6's types; 5 has the same of what they use.
const majors = { 5: bullmq5 as unknown as typeof bullmq6, 6: bullmq6 };
const suite = missing === null ? describe : describe.skip;
const title = missing === null ? '' : ` (skipped: ${missing})`;

suite.each(['5', '6'] as const)(`BullMQ %s${title}`, (major) => {
  const library = majors[major];
  let redis: Awaited<ReturnType<typeof openRedis>>;
  let mails: Mails;
  beforeAll(async () => {
    redis = await openRedis();
  });
  afterAll(async () => redis.close());
  afterEach(async () => mails.close());

  const make = (options?: ConstructorParameters<typeof Mails>[2]): Mails => {
    mails = new Mails(library, redis.url, options);
    return mails;
  };
  const send = async ({ data }: MailJob): Promise<string> => `sent for ${data.tenantId}`;

  describe('A refused job', () => {
    test('is delayed by retryAfter, uses up no attempt, and is done once the circuit lets it through', async () => {
      const { factory } = make();
      const delays: { readonly jobId: string; readonly delay: number }[] = [];
      mails.events.on('delayed', (event) => delays.push(event));
      await mails.open('acme');
      mails.work(mails.processor(send), { concurrency: 2 });
      // One attempt: were it used up by the refusal, the job would have failed.
      const job = await mails.add('acme', { attempts: 1, removeOnFail: true });
      const other = await mails.add('globex', { attempts: 1 });
      expect(await mails.done(other)).toBe('sent for globex');
      expect(await mails.done(job)).toBe('sent for acme');
      const waits = delays.filter(({ jobId }) => jobId === job.id);
      expect(waits.length).toBeGreaterThanOrEqual(1);
      expect(mails.refused.map(({ tenantId }) => tenantId)).toEqual(waits.map(() => 'acme'));
      for (const [index, { delay }] of waits.entries()) {
        // Not before the circuit said so; what the machine took in between is given.
        expect(Number(delay) - Number(mails.refused[index]?.until)).toBeGreaterThanOrEqual(-1);
      }
      expect(await mails.now(job)).toMatchObject({ attemptsMade: 1, attemptsStarted: waits.length + 1 });
      expect(await mails.now(other)).toMatchObject({ attemptsMade: 1, attemptsStarted: 1 });
      expect(await factory.breakerFor('send-mail', { tenantId: 'acme' }).state()).toBe('closed');
    });

    test('waits a minute while its circuit is forced open without end, or as long as `delay` says', async () => {
      make();
      await mails.breaker('acme').forceOpen({ reason: 'invoice unpaid' });
      await mails.breaker('globex').forceOpen({ reason: 'invoice unpaid' });
      const byTenant = mails.processor(send, {
        delay: (_refusal, { data }) => (data.tenantId === 'acme' ? '5m' : NaN),
      });
      mails.work(byTenant);
      const [acme, globex] = [await mails.add('acme'), await mails.add('globex')];
      await until('both are delayed', async () => (await mails.queue.getDelayedCount()) === 2);
      // BullMQ reads the clock once more than we do.
      expect(Math.abs((await mails.now(acme)).delay - 300_000)).toBeLessThan(5_000);
      expect(Math.abs((await mails.now(globex)).delay - 60_000)).toBeLessThan(5_000);
      expect(await mails.now(acme)).toMatchObject({ attemptsMade: 0, attemptsStarted: 1 });
      await mails.breaker('acme').release();
      await (await mails.now(acme)).promote();
      expect(await mails.done(acme)).toBe('sent for acme');
    });

    test('waits a minute, and uses up no attempt, where `delay` throws; that is told', async () => {
      make();
      await mails.breaker('acme').forceOpen();
      const told = jest.spyOn(console, 'error').mockImplementation(() => {});
      const bug = new Error('a bug');
      mails.work(mails.processor(send, { delay: () => Promise.reject(bug) }));
      const job = await mails.add('acme', { attempts: 1 });
      await until('it is delayed', async () => (await mails.queue.getDelayedCount()) === 1);
      expect(Math.abs((await mails.now(job)).delay - 60_000)).toBeLessThan(5_000);
      expect(await mails.now(job)).toMatchObject({ attemptsMade: 0, attemptsStarted: 1 });
      expect(told.mock.calls).toEqual([[expect.stringContaining(`delay threw for job ${job.id}`), bug]]);
      told.mockRestore();
    });

    test('comes back after those refused before it, where the factory has a retryPace', async () => {
      make({ allowAfter: '1h', retryJitter: 0, retryPace: 2 });
      const due: number[] = [];
      mails.events.on('delayed', ({ delay }) => due.push(Number(delay)));
      await mails.events.waitUntilReady();
      await mails.open('acme');
      mails.work(mails.processor(send), { concurrency: 5 });
      await mails.queue.addBulk([1, 2, 3, 4, 5, 6].map(() => ({ name: 'mail', data: { tenantId: 'acme' } })));
      await until('all are delayed', () => due.length === 6);
      // Half a second apart, whatever passed between the refusals.
      expect(Math.max(...due) - Math.min(...due)).toBeGreaterThan(1_500);
    });

    test('keeps its priority, and comes back before others of a lower one', async () => {
      make({ allowAfter: '500ms' });
      await mails.open('acme', { isHeld: true });
      const order: string[] = [];
      const processor = mails.processor(async ({ data }) => {
        order.push(data.tenantId);
        return 'sent';
      });
      const worker = mails.work(processor);
      const job = await mails.add('acme', { priority: 2 });
      await until('it is delayed', async () => (await mails.queue.getDelayedCount()) === 1);
      expect(await mails.now(job)).toMatchObject({ priority: 2 });
      await worker.pause();
      const later = await mails.add('globex', { priority: 9 });
      mails.goOn();
      const due = Math.max(Date.now() + 500, Number(mails.refused.at(-1)?.until));
      await until('it is due', () => Date.now() > due + 50);
      await worker.resume();
      await Promise.all([mails.done(job), mails.done(later)]);
      // BullMQ moves what is due before it takes the next one.
      expect(order).toEqual(['acme', 'globex']);
    });

    test('is one of maxStartedAttempts, which counts how often a job began', async () => {
      make({ allowAfter: '1h' });
      await mails.open('acme');
      mails.work(mails.processor(send), { maxStartedAttempts: 1 });
      const job = await mails.add('acme');
      await until('it is delayed', async () => (await mails.queue.getDelayedCount()) === 1);
      await (await mails.now(job)).promote();
      await expect(mails.done(job)).rejects.toThrow('job started more than allowable limit');
    });

    test("is one of a limiter's jobs: a refusal uses up a place in its period", async () => {
      make({ allowAfter: '1h' });
      await mails.open('acme');
      mails.work(mails.processor(send), { limiter: { max: 1, duration: 60_000 } });
      await mails.add('acme');
      await until('it is delayed', async () => (await mails.queue.getDelayedCount()) === 1);
      expect(await mails.queue.getRateLimitTtl(1)).toBeGreaterThan(0);
    });

    test('of a flow keeps its parent waiting', async () => {
      make({ allowAfter: '500ms' });
      await mails.open('acme');
      mails.work(mails.processor(send));
      const flows = new library.FlowProducer({ connection: { url: redis.url } });
      await mails.events.waitUntilReady();
      const { job } = await flows.add({
        name: 'report',
        queueName: mails.name,
        data: { tenantId: 'globex' },
        children: [{ name: 'mail', queueName: mails.name, data: { tenantId: 'acme' }, opts: { attempts: 1 } }],
      });
      expect(await mails.done(job as MailJob)).toBe('sent for globex');
      expect(mails.refused.length).toBeGreaterThanOrEqual(1);
      await flows.close();
    });

    test('of a job scheduler is done late, and the next one comes as planned', async () => {
      make({ allowAfter: '300ms', retryJitter: 0 });
      await mails.open('acme');
      mails.work(mails.processor(send), { concurrency: 4 });
      await mails.queue.upsertJobScheduler('hourly', { every: 700 }, { name: 'mail', data: { tenantId: 'acme' } });
      await until('three are done', async () => (await mails.queue.getCompletedCount()) >= 3);
      await mails.queue.removeJobScheduler('hourly');
      expect(mails.refused.length).toBeGreaterThanOrEqual(1);
      expect(await mails.queue.getFailedCount()).toBe(0);
    });

    test('without a token tells what to do', async () => {
      make();
      await mails.open('acme');
      const job = await mails.add('acme');
      const refused = Promise.resolve(mails.processor(send)(job));
      await expect(refused).rejects.toMatchObject({
        code: 'ERR_MISSING_TOKEN',
        cause: { code: 'ERR_CIRCUIT_OPEN' },
        message: expect.stringContaining('(job, token, signal)'),
      });
      // One that is let through needs none.
      expect(await mails.processor(send)(await mails.add('globex'))).toBe('sent for globex');
    });

    test('of a group is put back and its group paused, where the worker can (a stand-in for Pro: a Worker with rateLimitGroup)', async () => {
      make({ allowAfter: '30s', retryJitter: 0 });
      await mails.open('acme');
      const paused: { readonly id: string | undefined; readonly ms: number }[] = [];
      const worker = mails.work(mails.processor(send));
      Object.assign(worker, {
        async rateLimitGroup(job: MailJob, ms: number) {
          paused.push({ id: job.id, ms });
          await worker.rateLimit(ms);
        },
      });
      const job = await mails.add('acme', { group: { id: 'acme' } } as bullmq6.JobsOptions);
      await until('the group is paused', () => paused.length === 1);
      await until('it waits again', async () => (await job.getState()) === 'waiting');
      expect(paused[0]?.id).toBe(job.id);
      expect(paused[0]?.ms).toBeGreaterThan(10_000);
      expect((await mails.now(job)).attemptsMade).toBe(0);
    });
  });

  describe('Work that ran', () => {
    test('counts by its error, which is thrown as it came; attempts and backoff are those of BullMQ', async () => {
      make({ failureCountThreshold: 5 });
      mails.work(
        mails.processor(async () => {
          throw new Error('HTTP 503');
        }),
      );
      const job = await mails.add('acme', { attempts: 2, backoff: 1 });
      await expect(mails.done(job)).rejects.toThrow('HTTP 503');
      expect(mails.outcomes).toEqual(['acme: failure', 'acme: failure']);
      expect((await mails.now(job)).attemptsMade).toBe(2);
    });

    test('that hands its job back counts as nothing: DelayedError, RateLimitError, WaitingChildrenError', async () => {
      make();
      let begun = 0;
      const worker = mails.work(
        mails.processor(async (job, token) => {
          begun += 1;
          if (begun === 1) {
            await job.moveToDelayed(Date.now() + 1, token);
            throw new library.DelayedError();
          }
          if (begun === 2) {
            await worker.rateLimit(1);
            throw library.Worker.RateLimitError();
          }
          if (begun === 3) {
            await mails.queue.add(
              'mail',
              { tenantId: 'child' },
              { parent: { id: String(job.id), queue: job.queueQualifiedName } },
            );
            if (await job.moveToWaitingChildren(String(token))) throw new library.WaitingChildrenError();
          }
          return 'sent';
        }),
      );
      expect(await mails.done(await mails.add('acme'))).toBe('sent');
      expect(mails.outcomes).toEqual([
        ...['acme: ignored', 'acme: ignored', 'acme: ignored'],
        ...['child: success', 'acme: success'],
      ]);
    });

    test('that hands its job back is told to an errorMatcher too, which knows it by isHandedBack: WaitingError', async () => {
      const asked: boolean[] = [];
      make({
        failureCountThreshold: 5,
        errorMatcher: (error) => {
          asked.push(isHandedBack(error));
          return isHandedBack(error) ? 'ignored' : 'failure';
        },
      });
      let begun = 0;
      mails.work(
        mails.processor(async (job, token) => {
          begun += 1;
          if (begun === 1) {
            await job.moveToWait(token);
            throw new library.WaitingError();
          }
          if (begun === 2) throw new Error('HTTP 503');
          return 'sent';
        }),
      );
      expect(await mails.done(await mails.add('acme', { attempts: 2 }))).toBe('sent');
      expect(asked).toEqual([true, false]);
      expect(mails.outcomes).toEqual(['acme: ignored', 'acme: failure', 'acme: success']);
    });

    test('that is unrecoverable fails at once, and is a failure unless told otherwise', async () => {
      make({ failureCountThreshold: 5 });
      const unrecoverable = async (): Promise<string> => {
        throw new library.UnrecoverableError('no such address');
      };
      const worker = mails.work(mails.processor(unrecoverable));
      await expect(mails.done(await mails.add('acme', { attempts: 5 }))).rejects.toThrow('no such address');
      await worker.close();
      mails.work(mails.processor(unrecoverable, { ignoreUnrecoverable: true }));
      await expect(mails.done(await mails.add('globex', { attempts: 5 }))).rejects.toThrow('no such address');
      expect(mails.outcomes).toEqual(['acme: failure', 'globex: ignored']);
    });

    test('that BullMQ cancels is ignored', async () => {
      make();
      let begun = 0;
      const worker = mails.work(
        mails.processor((_job, _token, { signal }) => {
          begun += 1;
          return new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
          });
        }),
      );
      const job = await mails.add('acme', { attempts: 1 });
      await until('it runs', () => begun === 1);
      expect(worker.cancelJob(String(job.id), 'no longer needed')).toBe(true);
      await expect(mails.done(job)).rejects.toThrow('stopped');
      expect(mails.outcomes).toEqual(['acme: ignored']);
    });

    test('whose lock is lost is cancelled and ignored; the job is done by another try', async () => {
      make();
      let begun = 0;
      const processor = mails.processor((_job, _token, { signal }) => {
        begun += 1;
        if (begun > 1) return 'sent';
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
        });
      });
      // The lock outlives a busy machine, so that only the test takes it away; its loss is noticed at the next renewal.
      const lock = { lockDuration: 600_000, lockRenewTime: 50 };
      mails.work(processor, { ...lock, skipStalledCheck: true });
      const job = await mails.add('acme', { attempts: 1 });
      await until('it runs', () => begun === 1);
      expect(await mails.client.del(`bull:${mails.name}:${job.id}:lock`)).toBe(1);
      await until('it is cancelled', () => mails.outcomes.length === 1);
      // This one looks for jobs whose worker is gone.
      mails.work(processor, { ...lock, stalledInterval: 100 });
      expect(await mails.done(job)).toBe('sent');
      expect(mails.outcomes).toEqual(['acme: ignored', 'acme: success']);
    });
  });

  test('Wrong options are told all at once', () => {
    make();
    // A path, as a Worker takes it for a sandbox, is no work.
    expect(() => protectProcessor({} as never, { circuit: 'x' }, 'processor.js' as never)).toThrow(
      /factory: expected an object with breakerFor[^]*work: expected a function, got "processor.js"/,
    );
    expect(() => mails.processor(send, { circuit: '', delay: 'soon', group: true } as never)).toThrow(
      /3 settings are wrong[^]*circuit[^]*delay/,
    );
  });
});
