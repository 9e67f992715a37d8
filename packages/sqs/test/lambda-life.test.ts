import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChangeMessageVisibilityBatchCommandInput } from '@aws-sdk/client-sqs';
import { CircuitBreakerFactory, MemoryBackend } from '@circuitry/core';
import { VirtualClock } from '@circuitry/core/testing';
import type { SQSEvent } from 'aws-lambda';
import { protectBatch } from '../src/index.js';
import { Queues } from './support/queues.js';
import { fifoEvent, standardEvent } from './support/recorded-events.js';

let queues: Queues;
beforeAll(async () => {
  queues = await Queues.start();
});
afterAll(async () => queues.close());

const ids = ({ Records }: SQSEvent) => Records.map(({ messageId }) => ({ itemIdentifier: messageId }));

async function factoryThatIs(state: 'open' | 'closed'): Promise<CircuitBreakerFactory> {
  const factory = new CircuitBreakerFactory({ backend: new MemoryBackend(), failureCountThreshold: 1 });
  if (state === 'open') await factory.breakerFor('mail').trip({ for: '30m', reason: 'test' });
  return factory;
}

describe('Events as AWS documents them', () => {
  test('of a standard queue: a message that failed is told by its id, the other is done', async () => {
    const handler = protectBatch(
      await factoryThatIs('closed'),
      { circuit: ({ messageId }) => messageId, onFailure: () => {} },
      ({ messageAttributes }) => {
        if (messageAttributes.myAttribute?.stringValue === 'myValue') throw new Error('no such address');
      },
    );
    expect((await handler(standardEvent)).batchItemFailures).toEqual(ids(standardEvent).slice(0, 1));
  });

  test("what is refused is put off at the queue of the event's ARN, each message by its own handle", async () => {
    const asked: ChangeMessageVisibilityBatchCommandInput[] = [];
    const errors: unknown[] = [];
    // The real client on a real server, which has no such queue.
    const client = queues.another();
    client.middlewareStack.add(
      (next) => async (args) => {
        asked.push(args.input as ChangeMessageVisibilityBatchCommandInput);
        return next(args);
      },
      { step: 'initialize' },
    );
    const onError = (error: unknown) => void errors.push(error);
    const handler = protectBatch(await factoryThatIs('open'), { circuit: 'mail', client, onError }, () => {});
    expect((await handler(standardEvent)).batchItemFailures).toEqual(ids(standardEvent));
    expect(asked.map(({ QueueUrl }) => QueueUrl)).toEqual([
      'https://sqs.us-east-2.amazonaws.com/123456789012/my-queue',
    ]);
    expect(asked[0]?.Entries?.map(({ ReceiptHandle }) => ReceiptHandle)).toEqual(
      standardEvent.Records.map(({ receiptHandle }) => receiptHandle),
    );
    expect(errors).toHaveLength(1);
    client.destroy();
  });

  test('of a FIFO queue: behind a message that failed nothing of its group is tried', async () => {
    const tried: string[] = [];
    const handler = protectBatch(
      await factoryThatIs('closed'),
      { circuit: 'mail', onFailure: () => {} },
      ({ messageId }) => {
        tried.push(messageId);
        throw new Error('no such address');
      },
    );
    expect((await handler(fifoEvent)).batchItemFailures).toEqual(ids(fifoEvent));
    expect(tried).toEqual(['11d6ee51-4cc7-4302-9e22-7cd8afdaadf5']);
  });

  test.each([
    ['standard', {}, standardEvent],
    ['FIFO', { FifoQueue: 'true' }, fifoEvent],
  ] as const)('have the fields of those that the other tests make of a %s queue', async (_kind, attributes, sample) => {
    const queue = await queues.create(attributes);
    await queue.send([{ tenantId: 'acme', ...('FifoQueue' in attributes ? { group: 'a' } : {}) }]);
    const made: SQSEvent[] = [];
    await queue.invoke(async (event) => {
      made.push(event);
      return { batchItemFailures: [] };
    });
    const fields = ([record]: SQSEvent['Records']) => [
      Object.keys(record ?? {}).sort(),
      Object.keys(record?.attributes ?? {}).sort(),
    ];
    expect(fields(made[0]?.Records ?? [])).toEqual(fields(sample.Records));
  });
});

describe('A process that Lambda froze', () => {
  test('asks the store before its first message, whatever it knew before', async () => {
    const clock = new VirtualClock();
    const memory = new MemoryBackend({ clock });
    const backend = memory.connect();
    const consistency = { maxStaleness: '1s' } as const;
    const frozen = new CircuitBreakerFactory({ backend, clock, consistency });
    const sent: string[] = [];
    const handler = protectBatch(frozen, { circuit: 'mail' }, ({ messageId }) => void sent.push(messageId));
    expect((await handler(standardEvent)).batchItemFailures).toEqual([]);

    // It is frozen as soon as it has answered: time goes on, none of its timers runs. The others see the circuit open.
    const other = new CircuitBreakerFactory({ backend: memory.connect(), clock, failureCountThreshold: 1 });
    expect(await other.breakerFor('mail').information()).toMatchObject({ totalSuccesses: 2 });
    await other.breakerFor('mail').trip({ for: '1h', reason: 'test' });
    clock.step(300_000);

    expect((await handler(standardEvent)).batchItemFailures).toEqual(ids(standardEvent));
    expect(sent).toHaveLength(2);
  });
});
