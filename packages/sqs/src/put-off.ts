import { ChangeMessageVisibilityBatchCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { hear } from './hear.js';
import type { Item } from './item.js';
import type { BatchRules } from './options.js';
import type { Outcome } from './run-batch.js';

/** SQS takes so many entries in one request. */
const entriesPerRequest = 10;
/**
 * How long SQS lets a message be invisible, s: 12 hours from its receipt, and an error beyond. Ten minutes are left for what
 * has passed since: five for Lambda's longest batching window, five for the work before this message.
 */
const longestInvisible = 12 * 3_600 - 600;
/** The longest DelaySeconds, s. */
const longestDelay = 900;
/** A request's messages may be so large together, bytes; with some room for the envelope. */
const bytesPerRequest = 200_000;

/** What SQS says of a batch's entries. */
interface Answer {
  readonly Successful?: readonly { readonly Id?: string }[];
  readonly Failed?: readonly unknown[];
}

interface Waiting<Source> {
  readonly item: Item<Source>;
  /** s, from 1 */
  readonly wait: number;
}

/**
 * Lets what was refused come back when its circuit may let it through. Messages of a FIFO group that stand behind a refused
 * one wait as long, or the first could not be received before their own timeouts are over.
 *
 * @returns the messages that are done with, because a copy of them was sent
 */
export async function putOff<Source>(
  items: readonly Item<Source>[],
  outcomes: readonly Outcome[],
  rules: BatchRules<Source>,
): Promise<ReadonlySet<Item<Source>>> {
  const copied = new Set<Item<Source>>();
  const { client } = rules;
  if (client === undefined) return copied;
  const waiting = items.flatMap((item, index) => {
    const refusal = refusalIn(outcomes[index] as Outcome);
    return refusal === null ? [] : [{ item, wait: waitOf(refusal.error, rules.delay) }];
  });
  const toCopy = (each: Waiting<Source>): boolean => rules.refused === 'copy' && each.item.group === null;
  // Async, so that a client which throws is a client whose call was rejected.
  const send = async (command: unknown): Promise<Answer> => (await client.send(command)) as Answer;
  const changes = byQueue(waiting.filter((each) => !toCopy(each))).map(([url, batch]) =>
    send(visibilityCommand(url, batch)).then((answer) => told(answer, rules)),
  );
  const copies = byQueue(waiting.filter(toCopy)).map(([url, batch]) =>
    send(copyCommand(url, batch)).then((answer) => {
      for (const { Id } of answer.Successful ?? []) copied.add((batch[Number(Id)] as Waiting<Source>).item);
      told(answer, rules);
    }),
  );
  for (const result of await Promise.allSettled([...changes, ...copies]))
    if (result.status === 'rejected') hear(() => rules.onError(result.reason));
  return copied;
}

function refusalIn(outcome: Outcome): { readonly error: unknown } | null {
  if (outcome.kind === 'untried') return refusalIn(outcome.behind);
  return outcome.kind === 'refused' ? outcome : null;
}

function waitOf(refusal: unknown, delay: number): number {
  const { retryAfter } = (refusal ?? {}) as { retryAfter?: unknown };
  return Math.max(1, Math.ceil((typeof retryAfter === 'number' ? retryAfter : delay) / 1_000));
}

/** Batches that one request can take. A queue whose URL nobody knows has none. */
function byQueue<Source>(waiting: readonly Waiting<Source>[]): [url: string, batch: readonly Waiting<Source>[]][] {
  const batches: [string, Waiting<Source>[]][] = [];
  const last = new Map<string, { batch: Waiting<Source>[]; bytes: number }>();
  for (const each of waiting) {
    const url = each.item.queueUrl;
    if (url === null) continue;
    const bytes = sizeOf(each.item);
    const open = last.get(url);
    if (open !== undefined && open.batch.length < entriesPerRequest && open.bytes + bytes <= bytesPerRequest) {
      open.batch.push(each);
      open.bytes += bytes;
    } else {
      const batch = [each];
      last.set(url, { batch, bytes });
      batches.push([url, batch]);
    }
  }
  return batches;
}

function sizeOf({ body, attributes }: Item<unknown>): number {
  // A character has at most three bytes of UTF-8 for each of its code units.
  return 3 * (body.length + JSON.stringify(attributes).length);
}

function visibilityCommand<Source>(url: string, batch: readonly Waiting<Source>[]): unknown {
  return new ChangeMessageVisibilityBatchCommand({
    QueueUrl: url,
    Entries: batch.map(({ item, wait }, index) => ({
      Id: String(index),
      ReceiptHandle: item.receiptHandle,
      VisibilityTimeout: Math.min(wait, longestInvisible),
    })),
  });
}

function copyCommand<Source>(url: string, batch: readonly Waiting<Source>[]): unknown {
  return new SendMessageBatchCommand({
    QueueUrl: url,
    Entries: batch.map(({ item, wait }, index) => ({
      Id: String(index),
      MessageBody: item.body,
      DelaySeconds: Math.min(wait, longestDelay),
      ...(Object.keys(item.attributes).length === 0 ? {} : { MessageAttributes: item.attributes }),
      ...(item.fairGroup === null ? {} : { MessageGroupId: item.fairGroup }),
    })),
  });
}

/** A request that succeeded may have failed for some of its messages. */
function told({ Failed = [] }: Answer, { onError }: BatchRules<never>): void {
  if (Failed.length > 0) {
    const fault = new Error(`SQS put ${Failed.length} refused messages off no further. See the cause.`, {
      cause: Failed,
    });
    hear(() => onError(fault));
  }
}
