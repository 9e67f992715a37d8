import assert from 'node:assert';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ChangeMessageVisibilityBatchCommand, SendMessageBatchCommand, type Message } from '@aws-sdk/client-sqs';
import { CircuitBreakerFactory, MemoryBackend, circuitName, type FactoryOptions } from '@circuitry/core';
import middy from '@middy/core';
import type { SQSHandler, SQSRecord } from 'aws-lambda';
import { HeldClock } from '../../../tooling/servers/held-clock.mjs';
import { protectBatch, protectMessages, type BatchOptions } from '../src/index.js';
import { Queues, type Queue } from './support/queues.js';

type Context = { readonly tenantId: string };

let queues: Queues;
beforeAll(async () => {
  queues = await Queues.start();
});
afterAll(async () => queues.close());

const tenantOf = (body: string | undefined): Context => JSON.parse(String(body)) as Context;

/** A factory whose circuit of each tenant in `open` is open, for `allowAfter` from when a circuit first refused. */
async function factoryWith(
  open: readonly string[],
  options: Partial<FactoryOptions<Context>> = {},
): Promise<CircuitBreakerFactory<Context>> {
  const clock = new HeldClock();
  const factory = new CircuitBreakerFactory<Context>({
    backend: new MemoryBackend({ clock }),
    clock,
    nameFor: (circuit, { tenantId }) => circuitName(circuit, tenantId),
    failureCountThreshold: 1,
    allowAfter: '1h',
    retryJitter: 0,
    ...options,
  });
  if (open.length > 0) clock.hold();
  factory.on('refused', () => clock.goOn());
  for (const tenantId of open) {
    await factory.breakerFor('send-mail', { tenantId }).settle(() => Promise.reject(new Error('HTTP 503')));
  }
  return factory;
}

/** A handler, and the texts of the mails that it sent. */
function mailer(
  factory: CircuitBreakerFactory<Context>,
  queue: Queue,
  options: Partial<BatchOptions<SQSRecord, Context>> = {},
) {
  const sent: string[] = [];
  const failures: string[] = [];
  const handler = protectBatch(
    factory,
    {
      onFailure: (error, { messageId }) => void failures.push(`${messageId}: ${String(error)}`),
      circuit: 'send-mail',
      context: (record: SQSRecord) => tenantOf(record.body),
      client: queues.client,
      queueUrl: queue.url,
      ...options,
    },
    (record) => {
      const { tenantId, text } = JSON.parse(record.body) as { tenantId: string; text?: string };
      if (text === 'bad') throw new Error('no such address');
      sent.push(text ?? tenantId);
    },
  );
  return { handler, sent, failures };
}

/** How many messages are there, invisible or not. */
async function held(queue: Queue): Promise<number> {
  const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = await queue.attributes();
  // This server counts the invisible among all, AWS doesn't.
  return Math.max(Number(ApproximateNumberOfMessages), Number(ApproximateNumberOfMessagesNotVisible));
}

/** How many messages are invisible. */
async function hidden(queue: Queue): Promise<number> {
  return Number((await queue.attributes()).ApproximateNumberOfMessagesNotVisible);
}

describe('A Lambda handler', () => {
  test('answers what failed and what was refused; the rest is done', async () => {
    const queue = await queues.create();
    const factory = await factoryWith(['acme'], { failureCountThreshold: 1 });
    const { handler, sent, failures } = mailer(factory, queue);
    await queue.send([{ tenantId: 'acme' }, { tenantId: 'globex', text: 'one' }, { tenantId: 'initech', text: 'bad' }]);
    const { failed } = await queue.invoke(handler);
    const bad = failed.find(({ Body }) => tenantOf(Body).tenantId === 'initech');
    expect(failures).toEqual([`${bad?.MessageId}: Error: no such address`]);
    expect(failed.map(({ Body }) => tenantOf(Body).tenantId).sort()).toEqual(['acme', 'initech']);
    expect(sent).toEqual(['one']);
    expect(await hidden(queue)).toBe(2);
  });

  test('lets a refused message come back after retryAfter: before its timeout, or long after it', async () => {
    const queue = await queues.create({ VisibilityTimeout: '600' });
    const factory = await factoryWith(['acme'], { allowAfter: '1500ms' });
    const { handler, sent } = mailer(factory, queue);
    await queue.send([{ tenantId: 'acme' }]);
    expect((await queue.invoke(handler)).failed).toHaveLength(1);
    expect(await held(queue)).toBe(1);
    let received: readonly Message[] = [];
    for (const end = Date.now() + 30_000; received.length === 0 && Date.now() < end;) {
      ({ received } = await queue.invoke(handler));
    }
    expect(sent).toEqual(['acme']);
    // It has grown with the refusal; by how much is the server's own.
    expect(Number(received[0]?.Attributes?.ApproximateReceiveCount)).toBeGreaterThan(1);

    const short = await queues.create({ VisibilityTimeout: '1' });
    const other = mailer(await factoryWith(['acme']), short);
    await short.send([{ tenantId: 'acme' }]);
    await short.invoke(other.handler);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(await short.receive()).toEqual([]);
  });

  test('asks for ten changes a request, and never for more than SQS lets a message be invisible', async () => {
    const queue = await queues.create({ VisibilityTimeout: '1' });
    const asked: ChangeMessageVisibilityBatchCommand[] = [];
    // The real client, with a middleware of the SDK's own that looks on.
    const client = queues.another();
    client.middlewareStack.add(
      (next) => async (args) => {
        asked.push(args.input as ChangeMessageVisibilityBatchCommand);
        return next(args);
      },
      { step: 'initialize' },
    );
    const { handler } = mailer(await factoryWith(['acme'], { allowAfter: '2d' }), queue, { client });
    await queue.send(Array.from({ length: 25 }, () => ({ tenantId: 'acme' })));
    const records: SQSRecord[] = [];
    const collect = async ({ Records }: { readonly Records: readonly SQSRecord[] }) => {
      records.push(...Records);
      return { batchItemFailures: Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    };
    for (let batch = 0; batch < 50 && records.length < 25; batch += 1) await queue.invoke(collect, 60);
    expect((await handler({ Records: records })).batchItemFailures).toHaveLength(25);
    const entries = asked.map((input) => (input as unknown as { Entries: { VisibilityTimeout: number }[] }).Entries);
    expect(entries.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(new Set(entries.flat().map(({ VisibilityTimeout }) => VisibilityTimeout))).toEqual(new Set([42_600]));
    expect(await hidden(queue)).toBe(25);
    client.destroy();
  });

  test('a refusal is a receipt: with a low maxReceiveCount the message ends in the dead-letter queue', async () => {
    const dead = await queues.create();
    const redrive = JSON.stringify({ deadLetterTargetArn: await dead.arn(), maxReceiveCount: 2 });
    const queue = await queues.create({ RedrivePolicy: redrive });
    const factory = await factoryWith([]);
    await factory.breakerFor('send-mail', { tenantId: 'acme' }).forceOpen({ reason: 'invoice unpaid' });
    let refusals = 0;
    factory.on('refused', () => (refusals += 1));
    const { handler, sent } = mailer(factory, queue, { delay: '1s' });
    await queue.send([{ tenantId: 'acme' }]);
    let buried: readonly Message[] = [];
    for (const end = Date.now() + 30_000; buried.length === 0 && Date.now() < end;) {
      await queue.invoke(handler);
      buried = await dead.receive();
    }
    expect(buried).toHaveLength(1);
    // AWS lets it be received twice before, this server once.
    expect(refusals).toBeGreaterThanOrEqual(1);
    expect(sent).toEqual([]);
  });

  test("refused: 'copy' sends a delayed copy with its attributes and is done with the original: receipts begin anew", async () => {
    const queue = await queues.create();
    const delays: (number | undefined)[] = [];
    const client = queues.another();
    client.middlewareStack.add(
      (next) => async (args) => {
        const { Entries = [] } = args.input as Partial<SendMessageBatchCommand['input']>;
        delays.push(...Entries.map(({ DelaySeconds }) => DelaySeconds));
        return next(args);
      },
      { step: 'initialize' },
    );
    const factory = await factoryWith(['acme'], { allowAfter: '1s' });
    const { handler, sent } = mailer(factory, queue, { refused: 'copy', client });
    await queue.send([{ tenantId: 'acme' }]);
    const first = await queue.invoke(handler);
    expect([first.received.length, first.failed.length]).toEqual([1, 0]);
    expect(delays).toEqual([1]);
    let received: readonly Message[] = [];
    for (const end = Date.now() + 30_000; received.length === 0 && Date.now() < end;) {
      ({ received } = await queue.invoke(handler));
    }
    expect(sent).toEqual(['acme']);
    expect(received[0]).toMatchObject({
      Attributes: { ApproximateReceiveCount: '1' },
      MessageAttributes: { trace: { StringValue: 't-1' } },
    });
    expect(received[0]?.MessageId).not.toBe(first.received[0]?.MessageId);
    client.destroy();
  });

  test("refused: 'copy' keeps the group by which a standard queue is fair to its tenants", async () => {
    const entries: unknown[] = [];
    const client = queues.another();
    client.middlewareStack.add(
      (next) => async (args) => {
        entries.push(...((args.input as Partial<SendMessageBatchCommand['input']>).Entries ?? []));
        return next(args);
      },
      { step: 'initialize' },
    );
    const queue = await queues.create();
    const { handler } = mailer(await factoryWith(['acme']), queue, { refused: 'copy', client });
    await queue.send([{ tenantId: 'acme' }]);
    // The server of this test knows groups of FIFO queues alone, so the event says what AWS would.
    await queue.invoke(({ Records }) =>
      handler({
        Records: Records.map((each) => ({ ...each, attributes: { ...each.attributes, MessageGroupId: 'acme' } })),
      }),
    );
    expect(entries).toEqual([expect.objectContaining({ MessageGroupId: 'acme' })]);
    client.destroy();
  });

  test('a FIFO group stops at its first message that is not done, in order; other groups go on', async () => {
    const queue = await queues.create({ FifoQueue: 'true', VisibilityTimeout: '600' });
    const { handler, sent } = mailer(await factoryWith(['acme'], { allowAfter: '1s' }), queue, { refused: 'copy' });
    await queue.send([
      { tenantId: 'globex', group: 'a', text: 'a1' },
      { tenantId: 'acme', group: 'a', text: 'a2' },
      { tenantId: 'globex', group: 'a', text: 'a3' },
      { tenantId: 'globex', group: 'b', text: 'b1' },
    ]);
    const { received } = await queue.invoke(handler);
    expect(received).toHaveLength(4);
    expect([...sent].sort()).toEqual(['a1', 'b1']);
    // Those behind the refused one wait as long as it, or nobody could receive it before their own timeouts.
    for (const end = Date.now() + 30_000; sent.length < 4 && Date.now() < end;) await queue.invoke(handler);
    expect(sent.filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  test('without a client a refused message comes back after the queue’s own timeout', async () => {
    const queue = await queues.create({ VisibilityTimeout: '1' });
    const factory = await factoryWith(['acme']);
    const handler = protectBatch(
      factory,
      { circuit: 'send-mail', context: (record: SQSRecord) => tenantOf(record.body) },
      () => {},
    );
    await queue.send([{ tenantId: 'acme' }]);
    expect((await queue.invoke(handler)).failed).toHaveLength(1);
    for (const end = Date.now() + 30_000; Date.now() < end;) if ((await queue.receive()).length === 1) return;
    throw new Error('it never came back');
  });

  test('what keeps a message from being put off is told, and the answer is right all the same', async () => {
    const queue = await queues.create();
    const errors: unknown[] = [];
    const { handler } = mailer(await factoryWith(['acme']), queue, {
      queueUrl: `${queue.url}-of-somebody-else`,
      onError: (error) => errors.push(error),
    });
    await queue.send([{ tenantId: 'acme' }]);
    expect((await queue.invoke(handler)).failed).toHaveLength(1);
    expect(errors).toHaveLength(1);
  });

  test('a message whose circuit can’t be told is a failed message, not a failed batch', async () => {
    const queue = await queues.create();
    const factory = await factoryWith([]);
    const { handler, sent } = mailer(factory, queue, {
      circuit: ({ body }) => {
        if (body.includes('odd')) throw new Error('no circuit');
        return 'send-mail';
      },
    });
    await queue.send([
      { tenantId: 'acme', text: 'odd' },
      { tenantId: 'acme', text: 'fine' },
    ]);
    expect((await queue.invoke(handler)).failed).toHaveLength(1);
    expect(sent).toEqual(['fine']);
  });

  test('under bounded staleness everything is in the store before the handler has answered', async () => {
    const queue = await queues.create();
    const backend = new MemoryBackend();
    const factory = await factoryWith([], { backend, consistency: { maxStaleness: '1h' } });
    const { handler } = mailer(factory, queue);
    await queue.send(Array.from({ length: 5 }, () => ({ tenantId: 'acme' })));
    await queue.invoke(handler);
    // Another process, which sees the store alone; this one might be frozen by now.
    const other = await factoryWith([], { backend: backend.connect() });
    expect(await other.breakerFor('send-mail', { tenantId: 'acme' }).information()).toMatchObject({
      totalSuccesses: 5,
    });
  });

  test('runs at most `concurrency` messages at once', async () => {
    const queue = await queues.create();
    let running = 0;
    let most = 0;
    const handler = protectBatch(
      await factoryWith([]),
      { circuit: 'x', context: () => ({ tenantId: 'acme' }), concurrency: 3 },
      async () => {
        most = Math.max(most, (running += 1));
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      },
    );
    await queue.send(Array.from({ length: 10 }, () => ({ tenantId: 'acme' })));
    await queue.invoke(handler);
    expect(most).toBe(3);
  });

  test('has the type of a Lambda handler, and works inside middy', async () => {
    const queue = await queues.create();
    const { handler, sent } = mailer(await factoryWith(['acme']), queue);
    const typed: SQSHandler = handler;
    expect(typeof typed).toBe('function');
    const wrapped = middy().handler(handler as never) as unknown as (
      event: unknown,
      context: unknown,
    ) => ReturnType<typeof handler>;
    await queue.send([{ tenantId: 'acme' }, { tenantId: 'globex' }]);
    const { failed } = await queue.invoke((event) => wrapped(event, {}));
    expect(failed).toHaveLength(1);
    expect(sent).toEqual(['globex']);
  });
});

describe('A polling worker', () => {
  test('gets back what is done and may be deleted; what was refused comes back by itself', async () => {
    const queue = await queues.create({ VisibilityTimeout: '600' });
    const factory = await factoryWith(['acme'], { allowAfter: '1s' });
    const sent: string[] = [];
    const work = protectMessages(
      factory,
      {
        circuit: 'send-mail',
        context: ({ Body }: Message) => tenantOf(Body),
        client: queues.client,
        queueUrl: queue.url,
      },
      ({ Body }) => {
        sent.push(tenantOf(Body).tenantId);
      },
    );
    await queue.send([{ tenantId: 'acme' }, { tenantId: 'globex' }]);
    for (const end = Date.now() + 30_000; sent.length < 2 && Date.now() < end;)
      await queue.delete(await work(await queue.receive()));
    expect(sent).toEqual(['globex', 'acme']);
    expect(await hidden(queue)).toBe(0);
  });
});

test('An event of something else is told, and where nothing was received nothing is done', async () => {
  const factory = await factoryWith([]);
  const handler = protectBatch(factory, { circuit: 'x' }, () => {});
  for (const event of [undefined, { httpMethod: 'GET' }, { Records: [{ EventSource: 'aws:sns', Sns: {} }] }])
    await expect(handler(event as never)).rejects.toThrow(/takes events of SQS.*Look what invokes the function/);
  const work = protectMessages(factory, { circuit: 'x', queueUrl: 'http://localhost/q' }, () => {});
  expect(await work(undefined)).toEqual([]);
});

test.each<[string, () => unknown]>([
  [
    'throws',
    () => {
      throw new Error('a bug');
    },
  ],
  ['answers what throws when it is waited for', () => Object.defineProperty({}, 'then', { get: () => assert.fail() })],
])('An onError that %s changes nothing of the answer: what is done does not come back', async (_how, onError) => {
  const queue = await queues.create();
  const { handler } = mailer(await factoryWith(['acme']), queue, {
    queueUrl: `${queue.url}-of-somebody-else`,
    onError,
  });
  await queue.send([{ tenantId: 'acme' }, { tenantId: 'globex' }]);
  expect((await queue.invoke(handler)).failed.map(({ Body }) => tenantOf(Body).tenantId)).toEqual(['acme']);
});

test('A promise of a listener that rejects is heard: it does not end the function', async () => {
  const queue = await queues.create();
  let heard = 0;
  const rejecting = { then: (_done: unknown, failed: unknown) => void (heard += typeof failed === 'function' ? 1 : 0) };
  const { handler } = mailer(await factoryWith(['acme']), queue, {
    queueUrl: `${queue.url}-of-somebody-else`,
    onError: () => rejecting,
    onFailure: () => rejecting,
  });
  await queue.send([{ tenantId: 'acme' }, { tenantId: 'globex', text: 'bad' }]);
  await queue.invoke(handler);
  expect(heard).toBe(2);
});

test('A client that throws at once is told like one that rejects', async () => {
  const queue = await queues.create();
  const errors: unknown[] = [];
  const client = {
    send: () => {
      throw new TypeError('no credentials');
    },
  };
  const { handler } = mailer(await factoryWith(['acme']), queue, { client, onError: (error) => errors.push(error) });
  await queue.send([{ tenantId: 'acme' }, { tenantId: 'globex' }]);
  expect((await queue.invoke(handler)).failed.map(({ Body }) => tenantOf(Body).tenantId)).toEqual(['acme']);
  expect(errors.map(String)).toEqual(['TypeError: no credentials']);
});

test('An onFailure that throws changes nothing of the answer', async () => {
  const queue = await queues.create();
  const { handler } = mailer(await factoryWith([]), queue, {
    onFailure: () => {
      throw new Error('a bug');
    },
  });
  await queue.send([{ tenantId: 'acme', text: 'bad' }, { tenantId: 'globex' }]);
  expect((await queue.invoke(handler)).failed.map(({ Body }) => tenantOf(Body).tenantId)).toEqual(['acme']);
});

test('Wrong options are told all at once', async () => {
  const factory = await factoryWith([]);
  expect(() => protectBatch(undefined as never, { circuit: 'x' }, undefined as never)).toThrow(
    /factory: expected an object with breakerFor, flush[^]*work: expected a function/,
  );
  const wrong = { circuit: '', refused: 'copy', concurrency: 0 } as never;
  expect(() => protectBatch(factory, wrong, () => {})).toThrow(
    /3 settings are wrong[^]*circuit[^]*concurrency[^]*client/,
  );
  expect(() => protectMessages(factory, { circuit: 'x' } as never, () => {})).toThrow(/queueUrl/);
});
