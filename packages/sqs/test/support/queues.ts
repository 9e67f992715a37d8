import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
  SendMessageBatchCommand,
  type Message,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { createSqsServer } from 'local-aws-sqs';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { freePort } from '../../../../tooling/servers/redis.mjs';
import type { BatchResponse } from '../../src/index.js';

type Server = Awaited<ReturnType<typeof createSqsServer>>;

/** SQS as `local-aws-sqs` has it, a server from the registry that speaks the protocol of the AWS SDK. */
export class Queues {
  readonly client: SQSClient;
  readonly #server: Server;
  readonly #port: number;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
    this.client = this.another();
  }

  /** A client of its own. */
  another(): SQSClient {
    return new SQSClient({
      endpoint: `http://localhost:${this.#port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
  }

  static async start(): Promise<Queues> {
    const port = await freePort();
    return new Queues(await createSqsServer({ port }), port);
  }

  async create(attributes: Record<string, string> = {}): Promise<Queue> {
    const suffix = attributes.FifoQueue === 'true' ? '.fifo' : '';
    const created = await this.client.send(
      new CreateQueueCommand({ QueueName: `mails-${randomUUID()}${suffix}`, Attributes: attributes }),
    );
    return new Queue(this.client, String(created.QueueUrl));
  }

  async close(): Promise<void> {
    this.client.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

export class Queue {
  readonly url: string;
  readonly #client: SQSClient;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.url = url;
  }

  async arn(): Promise<string> {
    return (await this.attributes()).QueueArn as string;
  }

  async attributes(): Promise<Record<string, string>> {
    const command = new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: ['All'] });
    return (await this.#client.send(command)).Attributes ?? {};
  }

  /** Sends tenants' mails; `group` for a FIFO queue. */
  async send(
    mails: readonly { readonly tenantId: string; readonly group?: string; readonly text?: string }[],
  ): Promise<void> {
    for (let from = 0; from < mails.length; from += 10) {
      const Entries = mails.slice(from, from + 10).map(({ group, ...mail }, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify(mail),
        MessageAttributes: { trace: { DataType: 'String', StringValue: 't-1' } },
        ...(group === undefined ? {} : { MessageGroupId: group, MessageDeduplicationId: randomUUID() }),
      }));
      await this.#client.send(new SendMessageBatchCommand({ QueueUrl: this.url, Entries }));
    }
  }

  async receive(visibility?: number): Promise<Message[]> {
    const { Messages = [] } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.url,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 0,
        // The older name of MessageSystemAttributeNames, which this server knows.
        AttributeNames: ['All'],
        MessageAttributeNames: ['All'],
        ...(visibility === undefined ? {} : { VisibilityTimeout: visibility }),
      }),
    );
    return Messages;
  }

  async delete(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    const Entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await this.#client.send(new DeleteMessageBatchCommand({ QueueUrl: this.url, Entries }));
  }

  /** What Lambda does with ReportBatchItemFailures: receives, calls the handler, deletes what is not reported. */
  async invoke(handler: (event: SQSEvent) => Promise<BatchResponse>, visibility?: number): Promise<Invocation> {
    const messages = await this.receive(visibility);
    const arn = await this.arn();
    const event = { Records: messages.map((message) => recordOf(message, arn)) };
    const response = await handler(event);
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    await this.delete(messages.filter(({ MessageId }) => !failed.has(String(MessageId))));
    return { received: messages, failed: messages.filter(({ MessageId }) => failed.has(String(MessageId))) };
  }
}

export interface Invocation {
  readonly received: readonly Message[];
  readonly failed: readonly Message[];
}

/** A message as Lambda writes it into an event. */
function recordOf(message: Message, arn: string): SQSRecord {
  const { MessageId, ReceiptHandle, Body, MD5OfBody, Attributes, MessageAttributes } = message;
  const messageAttributes = Object.entries(MessageAttributes ?? {}).map(([name, { DataType, StringValue }]) => [
    name,
    { dataType: DataType, stringValue: StringValue, stringListValues: [], binaryListValues: [] },
  ]);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    md5OfBody: MD5OfBody,
    attributes: Attributes,
    messageAttributes: Object.fromEntries(messageAttributes),
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: 'us-east-1',
  } as unknown as SQSRecord;
}
