import type { CircuitBreakerFactory, DefaultContext, Duration, SettingsProblem } from '@circuitry/core';
import {
  callable,
  duration,
  integer,
  isObject,
  objectWith,
  oneOf,
  optional,
  readOptions,
  type Reader,
} from '@circuitry/core/backend';

/** An SQSClient of the AWS SDK 3, as far as it is used. */
export interface SQSClientLike {
  /** Sends one command: to change messages' visibility, or to send copies. A rejection goes to `onError`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the SDK's own overloads by command
  send(command: any, options?: any): Promise<any>;
}

/** Options of `protectBatch` and `protectMessages`. */
export interface BatchOptions<Message, Context = DefaultContext> {
  /** The circuit of a message: a name, or a function of it. */
  readonly circuit: string | ((message: Message) => string);
  /** What `breakerFor` gets as context, the tenant for example. Default: `{}`. */
  readonly context?: ((message: Message) => Context) | undefined;
  /**
   * Changes the visibility of what was refused, so that it comes back after `retryAfter`. It stays the caller's. Without one a
   * refused message comes back after the queue's own visibility timeout.
   */
  readonly client?: SQSClientLike | undefined;
  /** The queue's URL. Default: made from the record's ARN, for AWS' public endpoints. Give it for any other endpoint. */
  readonly queueUrl?: string | undefined;
  /**
   * `'visibility'`: a refused message stays, invisible for `retryAfter`, at most 12 hours; its receive count grows with every
   * refusal. `'copy'`: a copy is sent that comes after `retryAfter`, at most 15 minutes, and the original is done with; the
   * receive count begins anew. Needs `client`; a FIFO queue has no such delay and keeps to `'visibility'`. Default `'visibility'`.
   */
  readonly refused?: 'visibility' | 'copy' | undefined;
  /** How long a refused message waits whose refusal names no time (forced open without end), from `'1s'`. Default `'1m'`. */
  readonly delay?: Duration | undefined;
  /** How many messages run at once; messages of one FIFO group never do. From 1. Default 10. */
  readonly concurrency?: number | undefined;
  /** Told what kept messages from being put off: they come back earlier than they need to. Default: `console.warn`. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /**
   * Told of each message that failed, and why: its work, `circuit` or `context` threw. Nobody else hears of it, for the answer
   * to Lambda holds ids alone. Default: `console.error`.
   */
  readonly onFailure?: ((error: unknown, message: Message) => void) | undefined;
}

/** {@link BatchOptions}, checked, in ms. */
export interface BatchRules<Message> {
  readonly circuit: string | ((message: Message) => string);
  readonly context: ((message: Message) => unknown) | undefined;
  readonly client: SQSClientLike | undefined;
  readonly queueUrl: string | undefined;
  readonly refused: 'visibility' | 'copy';
  readonly delay: number;
  readonly concurrency: number;
  readonly onError: (error: unknown) => void;
  readonly onFailure: (error: unknown, message: Message) => void;
}

const nonEmpty = <Read>(expected: string, isRight: (value: unknown) => boolean): Reader<Read> => {
  return (name, value, problems) => {
    if (!isRight(value)) problems.push({ name, value, expected });
    return value as Read;
  };
};

const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

function warn(error: unknown): void {
  console.warn(
    '@circuitry/sqs: refused messages could not be put off, and come back early. See that the function may call ' +
      'sqs:ChangeMessageVisibility, and give queueUrl unless the queue is at a public endpoint of AWS.',
    error,
  );
}

/** A message's id: Lambda's records and ReceiveMessage spell it differently. */
function complain(error: unknown, message: unknown): void {
  const { messageId, MessageId } = message as { readonly messageId?: string; readonly MessageId?: string };
  console.error(`@circuitry/sqs: message ${messageId ?? MessageId ?? '?'} failed and comes back.`, error);
}

/** What is no factory or no work is told where it is made, not at the first message. @throws InvalidSettingsError */
export function checkGiven(factory: unknown, work: unknown): void {
  const readers = { factory: objectWith<CircuitBreakerFactory>('breakerFor', 'flush'), work: callable<unknown>() };
  readOptions(readers, { factory, work });
}

/** @throws InvalidSettingsError with every fault at once */
export function readBatchOptions<Message>(options: unknown, needed: readonly 'queueUrl'[] = []): BatchRules<Message> {
  const readers = {
    circuit: nonEmpty<BatchRules<Message>['circuit']>(
      'a name or a function of the message',
      (value) => typeof value === 'function' || isText(value),
    ),
    context: optional(callable<(message: Message) => unknown>(), undefined),
    client: optional(objectWith<SQSClientLike>('send'), undefined),
    queueUrl: optional(nonEmpty<string>('the URL of a queue', isText), undefined),
    refused: optional(oneOf('visibility', 'copy'), 'visibility'),
    delay: optional(duration(1_000), 60_000),
    concurrency: optional(integer(), 10),
    onError: optional(callable<(error: unknown) => void>(), warn),
    onFailure: optional(callable<(error: unknown, message: Message) => void>(), complain),
  };
  const given = isObject(options) ? options : { circuit: options };
  return readOptions(readers, given, ({ refused, client, queueUrl }, problems: SettingsProblem[]) => {
    if (needed.includes('queueUrl') && queueUrl === undefined)
      problems.push({
        name: 'queueUrl',
        value: queueUrl,
        expected: 'the URL of the queue that the messages came from',
      });
    const expected = "with refused: 'copy' an SQSClient, which sends the copies";
    if (refused === 'copy' && client === undefined) problems.push({ name: 'client', value: client, expected });
  });
}
