import { CircuitBreakerFactory, MemoryBackend, circuitName, systemClock, type FactoryOptions } from '@circuitry/core';
import type * as bullmq from 'bullmq';
import { Redis } from 'ioredis';
import { randomUUID } from 'node:crypto';
import { protectProcessor, type ProcessorOptions, type ProtectedWork } from '../../src/index.js';

export interface Mail {
  readonly tenantId: string;
}
type Context = { readonly tenantId: string };
export type MailJob = bullmq.Job<Mail, string>;

/** One queue of mails on a real Redis, with circuits of this process; what it opened is closed by `close`. */
export class Mails {
  readonly name: string = `mails-${randomUUID()}`;
  readonly factory: CircuitBreakerFactory<Context>;
  readonly queue: bullmq.Queue<Mail, string>;
  readonly events: bullmq.QueueEvents;
  /** Each settled call as `tenant: outcome`. */
  readonly outcomes: string[] = [];
  /** Each refusal, with when its call may come back, ms since the epoch. */
  readonly refused: { readonly tenantId: string; readonly until: number }[] = [];
  readonly #bullmq: typeof bullmq;
  readonly #connection: bullmq.ConnectionOptions;
  readonly #client: Redis;
  readonly #workers: bullmq.Worker[] = [];
  /** What the circuits' clock shows while it stands still, ms since the epoch. */
  #heldAt: number | null = null;

  /** @param connection what BullMQ is given; default: the URL, for its own ioredis */
  constructor(
    library: typeof bullmq,
    url: string,
    options: Partial<FactoryOptions<Context>> = {},
    connection: bullmq.ConnectionOptions = { url },
  ) {
    this.#bullmq = library;
    this.#connection = connection;
    this.#client = new Redis(url);
    this.factory = new CircuitBreakerFactory<Context>({
      backend: new MemoryBackend(),
      nameFor: (circuit, { tenantId }) => circuitName(circuit, tenantId),
      failureCountThreshold: 1,
      allowAfter: '1s',
      trialLease: '1s',
      clock: { now: () => this.#heldAt ?? systemClock.now(), after: (ms, then) => systemClock.after(ms, then) },
      ...options,
    });
    this.factory.on('settled', ({ context, outcome }) => this.outcomes.push(`${context.tenantId}: ${outcome}`));
    this.factory.on('refused', ({ context, error }) => {
      const { retryAfter } = error as { retryAfter?: number };
      this.#heldAt = null;
      this.refused.push({ tenantId: context.tenantId, until: Date.now() + Number(retryAfter) });
    });
    this.queue = new library.Queue<Mail, string>(this.name, { connection: this.#connection });
    this.events = new library.QueueEvents(this.name, { connection: this.#connection });
  }

  processor(
    work: ProtectedWork<Mail, string, string>,
    options: Partial<ProcessorOptions<Mail, Context>> = {},
  ): bullmq.Processor<Mail, string> {
    return protectProcessor<Mail, string, string, Context>(
      this.factory,
      { circuit: 'send-mail', context: ({ data }) => ({ tenantId: data.tenantId }), ...options },
      work,
    );
  }

  /** A worker of this queue, or of another one. */
  work(
    processor: bullmq.Processor<Mail, string> | string | URL | null,
    options: Partial<bullmq.WorkerOptions> = {},
    name: string = this.name,
  ): bullmq.Worker<Mail, string> {
    const worker = new this.#bullmq.Worker<Mail, string>(name, processor, {
      connection: this.#connection,
      drainDelay: 1,
      ...options,
    });
    // A worker without such a listener throws.
    worker.on('error', () => {});
    this.#workers.push(worker);
    return worker;
  }

  async add(tenantId: string, options: bullmq.JobsOptions = {}): Promise<MailJob> {
    await this.events.waitUntilReady();
    return await this.queue.add('mail', { tenantId }, options);
  }

  done(job: MailJob): Promise<string> {
    return job.waitUntilFinished(this.events);
  }

  async now(job: { readonly id?: string | undefined }): Promise<MailJob> {
    const found = await this.queue.getJob(String(job.id));
    if (found === undefined) throw new Error(`job ${job.id} is gone`);
    return found;
  }

  /**
   * Opens the circuit of a tenant, for `allowAfter` from its first refusal on: until then the circuits' clock stands still,
   * so that no machine is too slow for a job to be refused.
   */
  async open(tenantId: string): Promise<void> {
    this.#heldAt = systemClock.now();
    await this.breaker(tenantId).settle(() => Promise.reject(new Error('HTTP 503')));
    this.outcomes.length = 0;
  }

  breaker(tenantId: string): ReturnType<CircuitBreakerFactory<Context>['breakerFor']> {
    return this.factory.breakerFor('send-mail', { tenantId });
  }

  get client(): Redis {
    return this.#client;
  }

  async close(): Promise<void> {
    for (const worker of this.#workers) await worker.close(true);
    await this.events.close();
    await this.queue.obliterate({ force: true });
    await this.queue.close();
    await this.factory.close();
    this.#client.disconnect();
  }
}

/** Polls until it holds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
