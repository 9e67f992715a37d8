import type { CircuitBreakerFactory, DefaultContext } from '@circuitry/core';
import { hear } from './hear.js';
import { itemOfMessage, itemOfRecord, type Item, type MessageLike, type SQSRecordLike } from './item.js';
import { checkGiven, readBatchOptions, type BatchOptions, type BatchRules } from './options.js';
import { putOff } from './put-off.js';
import { runBatch, type BatchWork } from './run-batch.js';

/** What Lambda reads with `ReportBatchItemFailures`: these come back, all others are deleted. */
export interface BatchResponse {
  /** Messages that were not done, by their `messageId`. Empty: all are done. */
  batchItemFailures: { itemIdentifier: string }[];
}

/** A Lambda handler of SQS events. Lambda's context is taken, as every handler's, and not looked at. */
export type BatchHandler<Message extends SQSRecordLike> = (
  event: { readonly Records: readonly Message[] },
  context?: unknown,
) => Promise<BatchResponse>;

/**
 * A Lambda handler for SQS, each of whose messages runs behind its circuit.
 *
 * The function's event source mapping must have `ReportBatchItemFailures`: without it Lambda reads no answer and deletes all
 * messages, also those that were refused. A message whose work throws comes back after the queue's visibility timeout, a
 * refused one after `retryAfter`. In a FIFO queue a group stops at its first message that is not done.
 *
 * @throws InvalidSettingsError with every faulty option
 */
export function protectBatch<Message extends SQSRecordLike = SQSRecordLike, Context = DefaultContext>(
  factory: CircuitBreakerFactory<Context>,
  options: BatchOptions<Message, Context>,
  work: BatchWork<Message>,
): BatchHandler<Message> {
  checkGiven(factory, work);
  const rules = readBatchOptions<Message>(options);
  return async (event) => {
    const items = recordsOf(event).map((record) => itemOfRecord(record, rules.queueUrl));
    const done = await handled(factory, rules, work, items);
    const left = items.filter((item) => !done.has(item));
    return { batchItemFailures: left.map(({ id }) => ({ itemIdentifier: id })) };
  };
}

/** What a polling worker is made of: the URL must be known, for messages don't tell where they came from. */
export type MessagesOptions<Message, Context = DefaultContext> = BatchOptions<Message, Context> & {
  readonly queueUrl: string;
};

/**
 * The same for a worker that polls: takes what ReceiveMessage answered, and answers the messages that are done, which are to
 * be deleted. The others come back by themselves. It fits sqs-consumer's `handleMessageBatch`.
 *
 * Where nothing was received, the SDK answers undefined in place of messages: that is taken too.
 *
 * A FIFO queue's messages must have been received with their `MessageGroupId`.
 *
 * @throws InvalidSettingsError with every faulty option
 */
export function protectMessages<Message extends MessageLike = MessageLike, Context = DefaultContext>(
  factory: CircuitBreakerFactory<Context>,
  options: MessagesOptions<Message, Context>,
  work: BatchWork<Message>,
): (messages: readonly Message[] | undefined) => Promise<Message[]> {
  checkGiven(factory, work);
  const rules = readBatchOptions<Message>(options, ['queueUrl']);
  return async (messages = []) => {
    const items = messages.map((message) => itemOfMessage(message, rules.queueUrl as string));
    const done = await handled(factory, rules, work, items);
    return items.filter((item) => done.has(item)).map(({ source }) => source);
  };
}

/** @throws TypeError for an event of something else: the function hangs on the wrong source */
function recordsOf<Message extends SQSRecordLike>(event: { readonly Records: readonly Message[] }): readonly Message[] {
  const { Records } = (event ?? {}) as { readonly Records?: readonly Partial<Message>[] };
  const isOfQueue =
    Array.isArray(Records) && Records.every((record?: Partial<Message>) => typeof record?.eventSourceARN === 'string');
  if (isOfQueue) return event.Records;
  throw new TypeError(
    'The handler of protectBatch takes events of SQS, with Records that have an eventSourceARN; this one has none, and nothing ' +
      'was done with it. Look what invokes the function: only the event source mapping of a queue should.',
  );
}

/** The messages that are done with. */
async function handled<Message, Context>(
  factory: CircuitBreakerFactory<Context>,
  rules: BatchRules<Message>,
  work: BatchWork<Message>,
  items: readonly Item<Message>[],
): Promise<ReadonlySet<Item<Message>>> {
  const outcomes = await runBatch(factory, rules, work, items);
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind === 'failed') hear(() => rules.onFailure(outcome.reason, (items[index] as Item<Message>).source));
  }
  const copied = await putOff(items, outcomes, rules);
  // The process may be frozen as soon as the handler has answered.
  await factory.flush();
  return new Set(items.filter((item, index) => copied.has(item) || outcomes[index]?.kind === 'done'));
}
